//! Creations and rotations that happen once however often they are asked for. The organization is locked, so a record that is not
//! there cannot appear while the key is made.

use domain::{
    id::{KeyId, OrganizationId},
    time::Timestamp,
};

use super::{
    Connection, Statement,
    columns::Columns,
    keys::{api_key, select_keys},
};
use crate::{Earlier, Error, Idempotency};

const FORGET_ENDED: &str =
    "DELETE FROM idempotency WHERE org_id = $1 AND actor = $2 AND idempotency_key = $3 AND ends_at <= $4";

const FINGERPRINT: &str =
    "SELECT fingerprint, key_id FROM idempotency WHERE org_id = $1 AND actor = $2 AND idempotency_key = $3";

const MADE: &str = concat!(select_keys!(), " WHERE k.org_id = $1 AND k.id = $2");

const REMEMBER: &str = "INSERT INTO idempotency (org_id, actor, idempotency_key, fingerprint, key_id, ends_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

const DELETE_ENDED: &str = "DELETE FROM idempotency WHERE (org_id, actor, idempotency_key) IN \
     (SELECT org_id, actor, idempotency_key FROM idempotency WHERE ends_at <= $1 LIMIT $2)";

/// Looks an idempotency key up.
pub(super) async fn earlier(
    connection: &mut Connection,
    organization: &OrganizationId,
    asked: &Idempotency,
    at: Timestamp,
) -> Result<Option<Earlier>, Error> {
    sqlx::query(FORGET_ENDED)
        .bind(organization.as_str())
        .bind(&asked.actor)
        .bind(&asked.key)
        .bind(at.as_millis())
        .execute(&mut *connection)
        .await?;
    let record = sqlx::query(FINGERPRINT)
        .bind(organization.as_str())
        .bind(&asked.actor)
        .bind(&asked.key)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(record) = record else { return Ok(None) };
    if record.hash("fingerprint")? != asked.fingerprint {
        return Ok(Some(Earlier::Other));
    }
    let key: String = record.get("key_id")?;
    let key = sqlx::query(MADE).bind(organization.as_str()).bind(key).fetch_one(connection).await?;
    Ok(Some(Earlier::Same(Box::new(api_key(&key)?))))
}

/// Remembers what was done to a key.
pub(super) async fn remember(
    connection: &mut Connection,
    organization: &OrganizationId,
    key: &KeyId,
    asked: &Idempotency,
) -> Result<(), Error> {
    sqlx::query(REMEMBER)
        .bind(organization.as_str())
        .bind(&asked.actor)
        .bind(&asked.key)
        .bind(asked.fingerprint.as_slice())
        .bind(key.as_str())
        .bind(asked.ends_at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets up to `limit` records that have ended, of whatever tenant.
pub(super) fn delete_ended(now: Timestamp, limit: u32) -> Statement {
    sqlx::query(DELETE_ENDED).bind(now.as_millis()).bind(i64::from(limit))
}
