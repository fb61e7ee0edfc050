//! Keys that sign access tokens.

use async_trait::async_trait;
use domain::time::Timestamp;

use super::{Backend, Connection, Row, activity, columns::Columns, deployment};
use crate::{EntryFor, Error, Hash, SigningKey, SigningKeys};

const RING: &str = "SELECT kid, algorithm, wrapped_private, created_at, activates_at, gone_at \
     FROM signing_keys ORDER BY activates_at, created_at, kid";

const YOUNGEST: &str = "SELECT kid FROM signing_keys ORDER BY activates_at DESC, created_at DESC, kid DESC LIMIT 1";

const INSERT: &str = "INSERT INTO signing_keys (kid, algorithm, wrapped_private, created_at, activates_at) \
     VALUES ($1, $2, $3, $4, $5)";

const END_OTHERS: &str = "UPDATE signing_keys SET gone_at = $2 WHERE kid <> $1 AND (gone_at IS NULL OR gone_at > $2)";

const WRAP_ANEW: &str = "UPDATE signing_keys SET wrapped_private = $2 WHERE kid = $1";

const DELETE_GONE: &str = "DELETE FROM signing_keys WHERE gone_at < $1";

#[async_trait]
impl SigningKeys for Backend {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        all(&mut *self.readers.acquire().await?).await
    }

    async fn insert_signing_key(
        &self,
        key: SigningKey,
        succeeds: Option<String>,
        others_gone_at: Timestamp,
        wrapped_under: Hash,
        mut entry_for: EntryFor,
    ) -> Result<bool, Error> {
        self.write(async move |mut tx| {
            // Two processes that succeed the same key wait for each other here.
            deployment::lock(&mut tx).await?;
            if deployment::fingerprint(&mut tx).await? != Some(wrapped_under) {
                return Ok(false);
            }
            let youngest = sqlx::query(YOUNGEST).fetch_optional(&mut *tx).await?;
            let youngest: Option<String> = youngest.map(|row| row.get("kid")).transpose()?;
            if youngest != succeeds {
                return Ok(false);
            }
            sqlx::query(INSERT)
                .bind(&key.kid)
                .bind(&key.algorithm)
                .bind(&key.wrapped_private)
                .bind(key.created_at.as_millis())
                .bind(key.activates_at.as_millis())
                .execute(&mut *tx)
                .await?;
            sqlx::query(END_OTHERS).bind(&key.kid).bind(others_gone_at.as_millis()).execute(&mut *tx).await?;
            activity::append_everywhere(&mut tx, &mut entry_for).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn delete_gone_signing_keys(&self, before: Timestamp) -> Result<u64, Error> {
        self.change(sqlx::query(DELETE_GONE).bind(before.as_millis())).await
    }
}

/// Every key, oldest first.
pub(super) async fn all(connection: &mut Connection) -> Result<Vec<SigningKey>, Error> {
    sqlx::query(RING).fetch_all(connection).await?.iter().map(signing_key).collect()
}

/// Stores a key as another master key has wrapped it.
pub(super) async fn wrap_anew(connection: &mut Connection, kid: &str, wrapped: &[u8]) -> Result<(), Error> {
    sqlx::query(WRAP_ANEW).bind(kid).bind(wrapped).execute(connection).await?;
    Ok(())
}

fn signing_key(row: &Row) -> Result<SigningKey, Error> {
    Ok(SigningKey {
        kid: row.get("kid")?,
        algorithm: row.get("algorithm")?,
        wrapped_private: row.get("wrapped_private")?,
        created_at: row.time("created_at")?,
        activates_at: row.time("activates_at")?,
        gone_at: row.time_if_any("gone_at")?,
    })
}
