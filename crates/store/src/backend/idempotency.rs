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

/// What an idempotency key was used for earlier, within the time it is remembered.
pub(super) enum Earlier {
    /// The same request, about this key.
    Same(String),
    /// Another request.
    Other,
}

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
        .fetch_optional(connection)
        .await?;
    let Some(record) = record else { return Ok(None) };
    let same = record.hash("fingerprint")? == asked.fingerprint;
    Ok(Some(if same { Earlier::Same(record.get("key_id")?) } else { Earlier::Other }))
}

/// How the same creation ended earlier.
pub(super) async fn recall(
    connection: &mut Connection,
    new: &NewKey,
    asked: &Idempotency,
) -> Result<Option<InsertKey>, Error> {
    match earlier(connection, &new.organization, asked, new.created_at).await? {
        None => Ok(None),
        Some(Earlier::Other) => Ok(Some(InsertKey::IdempotencyReused)),
        Some(Earlier::Same(made)) => {
            let key = sqlx::query(MADE).bind(new.organization.as_str()).bind(made).fetch_one(connection).await?;
            Ok(Some(InsertKey::Replayed(Box::new(api_key(&key)?))))
        }
    }
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
