//! What is done to a key that is there. The organization is locked, so what is read stays so.

use domain::{
    id::OrganizationId,
    key::{ApiKey, Status},
    name::{Description, Name},
    time::Timestamp,
};

use super::{Connection, idempotency};
use crate::{ChangeKey, Earlier, Error, Hash, IssuedTokens, KeyChange};

/// Every change counts, and raises the generation where tokens are to stop.
const TOUCH: &str = "UPDATE api_keys SET updated_at = $3, revision = revision + 1, gen = gen + $4 \
     WHERE org_id = $1 AND id = $2";

const EDIT: &str = "UPDATE api_keys SET name = $3, name_search = $4, name_key = $5, description = $6 \
     WHERE org_id = $1 AND id = $2";

const SUSPEND: &str = "UPDATE api_keys SET suspended_at = $3, suspended_reason = $4, suspended_by = $5 \
     WHERE org_id = $1 AND id = $2";

const REAPPROVE: &str = "UPDATE api_keys SET suspended_at = NULL, suspended_reason = NULL, suspended_by = NULL \
     WHERE org_id = $1 AND id = $2";

const NO_LONGER_EXPOSED: &str = "UPDATE api_keys SET suspended_reason = 'suspended_by_admin' \
     WHERE org_id = $1 AND id = $2 AND suspended_reason = 'exposed'";

const REVOKE: &str = "UPDATE api_keys SET revoked_at = $3, name_key = NULL, personal_of = NULL \
     WHERE org_id = $1 AND id = $2";

const SET_END: &str = "UPDATE api_keys SET expires_at = $3 WHERE org_id = $1 AND id = $2";

/// The secret of the version before is gone; nobody can look its hash up again.
const FORGET_PREVIOUS: &str = "DELETE FROM api_key_secrets WHERE org_id = $1 AND key_id = $2 AND ends_at IS NOT NULL";

const END_PRESENT: &str = "UPDATE api_key_secrets SET ends_at = $3 \
     WHERE org_id = $1 AND key_id = $2 AND ends_at IS NULL";

const INSERT_SECRET: &str = "INSERT INTO api_key_secrets \
     (org_id, key_id, version, secret_hash, hash_key_version, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

const END_PREVIOUS: &str = "UPDATE api_key_secrets SET ends_at = $3 \
     WHERE org_id = $1 AND key_id = $2 AND ends_at > $3";

const NAME_TAKEN: &str = concat!(
    "SELECT 1 FROM api_keys k WHERE k.org_id = $1 AND k.id <> $2 AND k.environment = $3 AND k.name_key = $4 AND ",
    live!("$5")
);

const FREE_NAME_OF_EXPIRED: &str = "UPDATE api_keys SET name_key = NULL \
     WHERE org_id = $1 AND id <> $2 AND environment = $3 AND name_key = $4";

/// Why the change is not made.
pub(super) async fn refusal(
    connection: &mut Connection,
    organization: &OrganizationId,
    key: &ApiKey,
    change: &KeyChange,
    expected_revision: Option<i64>,
    at: Timestamp,
) -> Result<Option<ChangeKey>, Error> {
    let as_it_is = || Box::new(key.clone());
    if let KeyChange::Rotate { idempotency: Some(asked), .. } = change {
        match idempotency::earlier(connection, organization, asked, at).await? {
            None => {}
            Some(Earlier::Same(_)) => return Ok(Some(ChangeKey::Replayed(as_it_is()))),
            Some(Earlier::Other) => return Ok(Some(ChangeKey::IdempotencyReused)),
        }
    }
    if expected_revision.is_some_and(|expected| expected != key.revision) {
        return Ok(Some(ChangeKey::Stale(as_it_is())));
    }
    if let Err(refused) = change.allowed_by(key, at) {
        return Ok(Some(ChangeKey::Refused(refused, as_it_is())));
    }
    match change {
        KeyChange::Edit { name: Some(name), .. } if name_is_taken(connection, organization, key, name, at).await? => {
            Ok(Some(ChangeKey::NameTaken))
        }
        _ => Ok(None),
    }
}

async fn name_is_taken(
    connection: &mut Connection,
    organization: &OrganizationId,
    key: &ApiKey,
    name: &Name,
    at: Timestamp,
) -> Result<bool, Error> {
    if !is_live(key, at) {
        return Ok(false);
    }
    let taken = sqlx::query(NAME_TAKEN)
        .bind(organization.as_str())
        .bind(key.id.as_str())
        .bind(key.environment.as_str())
        .bind(name.key())
        .bind(at.as_millis());
    Ok(taken.fetch_optional(connection).await?.is_some())
}

/// Only live keys hold their names.
fn is_live(key: &ApiKey, at: Timestamp) -> bool {
    !matches!(key.status(at), Status::Revoked | Status::Expired)
}

/// Makes the change.
pub(super) async fn apply(
    connection: &mut Connection,
    organization: &OrganizationId,
    key: &ApiKey,
    change: &KeyChange,
    at: Timestamp,
) -> Result<(), Error> {
    let row = KeyRow { organization: organization.as_str(), key: key.id.as_str() };
    let mut issued_tokens = IssuedTokens::RunOut;
    match change {
        KeyChange::Edit { name, description } => {
            edit(connection, organization, key, name.as_ref(), description.as_ref(), at).await?;
        }
        KeyChange::Suspend { reason, by, issued_tokens: issued, .. } => {
            issued_tokens = *issued;
            row.at(SUSPEND, at).bind(reason.as_str()).bind(by.clone()).execute(&mut *connection).await?;
        }
        KeyChange::Reapprove => {
            row.of(REAPPROVE).execute(&mut *connection).await?;
        }
        KeyChange::Rotate {
            secret_hash,
            hash_key_version,
            present_ends_at,
            expires_at,
            issued_tokens: issued,
            idempotency,
        } => {
            issued_tokens = *issued;
            let new = NewSecret { hash: secret_hash, hash_key_version: *hash_key_version };
            rotate(connection, &row, key, &new, *present_ends_at, at).await?;
            row.of(NO_LONGER_EXPOSED).execute(&mut *connection).await?;
            if let Some(end) = expires_at {
                let end = end.map(Timestamp::as_millis);
                row.of(SET_END).bind(end).execute(&mut *connection).await?;
            }
            if let Some(asked) = idempotency {
                idempotency::remember(connection, organization, &key.id, asked).await?;
            }
        }
        KeyChange::EndPreviousSecret => {
            row.at(END_PREVIOUS, at).execute(&mut *connection).await?;
        }
        KeyChange::Revoke { issued_tokens: issued } => {
            issued_tokens = *issued;
            row.at(REVOKE, at).execute(&mut *connection).await?;
        }
    }
    let raise = i64::from(issued_tokens == IssuedTokens::Stop);
    row.at(TOUCH, at).bind(raise).execute(connection).await?;
    Ok(())
}

struct NewSecret<'a> {
    hash: &'a Hash,
    hash_key_version: i32,
}

async fn rotate(
    connection: &mut Connection,
    row: &KeyRow<'_>,
    key: &ApiKey,
    new: &NewSecret<'_>,
    present_ends_at: Timestamp,
    at: Timestamp,
) -> Result<(), Error> {
    let youngest = key.secrets.first().map_or(0, |secret| secret.version);
    row.of(FORGET_PREVIOUS).execute(&mut *connection).await?;
    row.at(END_PRESENT, present_ends_at).execute(&mut *connection).await?;
    row.of(INSERT_SECRET)
        .bind(i64::from(youngest) + 1)
        .bind(new.hash.as_slice())
        .bind(i64::from(new.hash_key_version))
        .bind(at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

async fn edit(
    connection: &mut Connection,
    organization: &OrganizationId,
    key: &ApiKey,
    name: Option<&Name>,
    description: Option<&Description>,
    at: Timestamp,
) -> Result<(), Error> {
    let name = name.unwrap_or(&key.name);
    let held = is_live(key, at).then(|| name.key());
    if let Some(held) = &held {
        // Whoever else has it has expired: a live key would have been in the way.
        sqlx::query(FREE_NAME_OF_EXPIRED)
            .bind(organization.as_str())
            .bind(key.id.as_str())
            .bind(key.environment.as_str())
            .bind(held)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(EDIT)
        .bind(organization.as_str())
        .bind(key.id.as_str())
        .bind(name.as_str())
        .bind(name.key())
        .bind(held)
        .bind(description.unwrap_or(&key.description).as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// One key's row, the condition of every statement here.
struct KeyRow<'a> {
    organization: &'a str,
    key: &'a str,
}

impl<'a> KeyRow<'a> {
    fn of(
        &self,
        statement: &'static str,
    ) -> sqlx::query::Query<'a, super::Db, <super::Db as sqlx::Database>::Arguments> {
        sqlx::query(statement).bind(self.organization).bind(self.key)
    }

    fn at(
        &self,
        statement: &'static str,
        at: Timestamp,
    ) -> sqlx::query::Query<'a, super::Db, <super::Db as sqlx::Database>::Arguments> {
        self.of(statement).bind(at.as_millis())
    }
}
