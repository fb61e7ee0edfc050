//! Keys that sign access tokens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use domain::time::Timestamp;
use sqlx::{AssertSqlSafe, Pool, SqlSafeStr, SqlStr};

use super::{Backend, Connection, Db, READ_VERSION, Row, Version, Versions, activity, columns::Columns, deployment};
use crate::{EntryFor, Error, Hash, SigningKey, SigningKeys, coalesce::Coalesced, steady::steadily};

const RING: &str = "kid, algorithm, wrapped_private, created_at, activates_at, gone_at \
     FROM signing_keys ORDER BY activates_at, created_at, kid";

const YOUNGEST: &str = "SELECT kid FROM signing_keys ORDER BY activates_at DESC, created_at DESC, kid DESC LIMIT 1";

const INSERT: &str = "INSERT INTO signing_keys (kid, algorithm, wrapped_private, created_at, activates_at) \
     VALUES ($1, $2, $3, $4, $5)";

const END_OTHERS: &str = "UPDATE signing_keys SET gone_at = $2 WHERE kid <> $1 AND (gone_at IS NULL OR gone_at > $2)";

const WRAP_ANEW: &str = "UPDATE signing_keys SET wrapped_private = $2 WHERE kid = $1";

const DELETE_GONE: &str = "DELETE FROM signing_keys WHERE gone_at < $1";

/// The keys as they were read last, for as long as nothing has been committed since.
pub(super) struct Ring {
    reading: Coalesced<(), Read>,
    versions: Arc<Versions>,
    held: Mutex<(Option<Version>, Arc<[SigningKey]>)>,
}

/// The keys, and the version they were read at, where that could be told.
type Read = (Option<Version>, Vec<SigningKey>);

impl Ring {
    pub(super) fn new(readers: Pool<Db>, versions: Arc<Versions>) -> Self {
        let (statement, before) = (ring(READ_VERSION), Arc::clone(&versions));
        let reading = Coalesced::by(move |_| {
            let (readers, statement, versions) = (readers.clone(), statement.clone(), Arc::clone(&before));
            async move {
                let version = versions.before_reading();
                let rows = steadily(|| sqlx::query(statement.clone()).fetch_all(&readers)).await?;
                let version = rows.first().map(|row| Versions::read_at(row, version.as_ref())).transpose()?.flatten();
                let keys = rows.iter().map(signing_key).collect::<Result<_, _>>()?;
                Ok(HashMap::from([((), (version, keys))]))
            }
        });
        Self { reading, versions, held: Mutex::default() }
    }

    async fn held(&self) -> Result<Option<Arc<[SigningKey]>>, Error> {
        let (version, keys) = self.lock().clone();
        Ok((version.is_some() && self.versions.now().await? == version).then_some(keys))
    }

    fn hold(&self, (version, keys): Read) -> Arc<[SigningKey]> {
        let mut held = self.lock();
        let same = *held.1 == *keys;
        *held = (version, if same { Arc::clone(&held.1) } else { keys.into() });
        Arc::clone(&held.1)
    }

    fn lock(&self) -> MutexGuard<'_, (Option<Version>, Arc<[SigningKey]>)> {
        // Nothing in it is ever half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SigningKeys for Backend {
    async fn signing_keys(&self) -> Result<Arc<[SigningKey]>, Error> {
        if let Some(keys) = self.ring.held().await? {
            return Ok(keys);
        }
        let read = self.ring.reading.find(()).await?;
        Ok(self.ring.hold(read.unwrap_or_default()))
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
            // The first one takes nobody's place.
            if youngest.is_some() {
                activity::append_everywhere(&mut tx, &mut entry_for).await?;
            }
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
    sqlx::query(ring("")).fetch_all(connection).await?.iter().map(signing_key).collect()
}

/// The statement that reads the ring, and `first` in each row.
fn ring(first: &str) -> SqlStr {
    // Constants, nothing else.
    AssertSqlSafe(format!("SELECT {first}{RING}")).into_sql_str()
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
