//! Keys that sign access tokens.

use async_trait::async_trait;

use super::{Backend, Row, columns::Columns};
use crate::{Error, SigningKey, SigningKeyState, SigningKeys};

const RING: &str = "SELECT kid, algorithm, state, public_jwk, wrapped_private, created_at, changed_at \
     FROM signing_keys WHERE state <> 'gone' ORDER BY created_at, kid";

/// The unique index of active keys refuses a second one of an algorithm.
const INSERT_FIRST: &str = "INSERT INTO signing_keys \
     (kid, algorithm, state, public_jwk, wrapped_private, created_at, changed_at) \
     VALUES ($1, $2, 'active', $3, $4, $5, $6) ON CONFLICT DO NOTHING";

#[async_trait]
impl SigningKeys for Backend {
    async fn signing_keys(&self) -> Result<Vec<SigningKey>, Error> {
        let rows = sqlx::query(RING).fetch_all(&self.readers).await?;
        rows.iter().map(signing_key).collect()
    }

    async fn insert_first_signing_key(&self, key: SigningKey) -> Result<bool, Error> {
        let insert = sqlx::query(INSERT_FIRST)
            .bind(key.kid)
            .bind(key.algorithm)
            .bind(key.public_jwk)
            .bind(key.wrapped_private)
            .bind(key.created_at.as_millis())
            .bind(key.changed_at.as_millis());
        Ok(self.change(insert).await? == 1)
    }
}

fn signing_key(row: &Row) -> Result<SigningKey, Error> {
    Ok(SigningKey {
        kid: row.get("kid")?,
        algorithm: row.get("algorithm")?,
        state: row.parsed("state", SigningKeyState::parse)?,
        public_jwk: row.get("public_jwk")?,
        wrapped_private: row.get("wrapped_private")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}
