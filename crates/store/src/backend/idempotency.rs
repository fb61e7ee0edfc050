//! Creations that happen once however often they are asked for. The organization is locked, so a record that is not
//! there cannot appear while the key is made.

use domain::time::Timestamp;

use super::{
    Connection, Statement,
    columns::Columns,
    keys::{api_key, select_keys},
};
use crate::{Error, Idempotency, InsertKey, NewKey};

const FORGET_ENDED: &str =
    "DELETE FROM idempotency WHERE org_id = $1 AND actor = $2 AND idempotency_key = $3 AND ends_at <= $4";

const FINGERPRINT: &str =
    "SELECT fingerprint, key_id FROM idempotency WHERE org_id = $1 AND actor = $2 AND idempotency_key = $3";

const MADE: &str = concat!(select_keys!(), " WHERE k.org_id = $1 AND k.id = $2");

const REMEMBER: &str = "INSERT INTO idempotency (org_id, actor, idempotency_key, fingerprint, key_id, ends_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

const DELETE_ENDED: &str = "DELETE FROM idempotency WHERE (org_id, actor, idempotency_key) IN \
     (SELECT org_id, actor, idempotency_key FROM idempotency WHERE ends_at <= $1 LIMIT $2)";

/// How the same creation ended earlier, if it did within the time it is remembered.
pub(super) async fn recall(
    connection: &mut Connection,
    new: &NewKey,
    idempotency: &Idempotency,
) -> Result<Option<InsertKey>, Error> {
    sqlx::query(FORGET_ENDED)
        .bind(new.organization.as_str())
        .bind(&idempotency.actor)
        .bind(&idempotency.key)
        .bind(new.created_at.as_millis())
        .execute(&mut *connection)
        .await?;
    let record = sqlx::query(FINGERPRINT)
        .bind(new.organization.as_str())
        .bind(&idempotency.actor)
        .bind(&idempotency.key)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(record) = record else { return Ok(None) };
    if record.hash("fingerprint")? != idempotency.fingerprint {
        return Ok(Some(InsertKey::IdempotencyReused));
    }
    let made: String = record.get("key_id")?;
    let key = sqlx::query(MADE).bind(new.organization.as_str()).bind(made).fetch_one(connection).await?;
    Ok(Some(InsertKey::Replayed(Box::new(api_key(&key)?))))
}

/// Remembers that the key was made.
pub(super) async fn remember(
    connection: &mut Connection,
    new: &NewKey,
    idempotency: &Idempotency,
) -> Result<(), Error> {
    sqlx::query(REMEMBER)
        .bind(new.organization.as_str())
        .bind(&idempotency.actor)
        .bind(&idempotency.key)
        .bind(idempotency.fingerprint.as_slice())
        .bind(new.id.as_str())
        .bind(idempotency.ends_at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets up to `limit` records that have ended, of whatever tenant.
pub(super) fn delete_ended(now: Timestamp, limit: u32) -> Statement {
    sqlx::query(DELETE_ENDED).bind(now.as_millis()).bind(i64::from(limit))
}
