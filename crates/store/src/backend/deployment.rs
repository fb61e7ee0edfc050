//! What is true of the whole deployment. Its one row is also the lock for changes that no organization's lock covers.

use async_trait::async_trait;
use domain::time::Timestamp;

use super::{Backend, Connection, columns::Columns};
use crate::{Deployment, Error, Hash};

const LOCK: &str = "UPDATE deployment SET id = id WHERE id = 1";

const FINGERPRINT: &str =
    "SELECT master_key_fingerprint FROM deployment WHERE id = 1 AND master_key_fingerprint IS NOT NULL";

const CLAIM: &str = "UPDATE deployment SET master_key_fingerprint = COALESCE(master_key_fingerprint, $1), \
     master_key_claimed_at = COALESCE(master_key_claimed_at, $2) WHERE id = 1 RETURNING master_key_fingerprint";

/// Keeps other changes of the deployment out until the transaction ends.
pub(super) async fn lock(connection: &mut Connection) -> Result<(), Error> {
    sqlx::query(LOCK).execute(connection).await?;
    Ok(())
}

#[async_trait]
impl Deployment for Backend {
    async fn master_key_fingerprint(&self) -> Result<Option<Hash>, Error> {
        let row = sqlx::query(FINGERPRINT).fetch_optional(&self.readers).await?;
        row.map(|row| row.hash("master_key_fingerprint")).transpose()
    }

    async fn claim_master_key(&self, fingerprint: Hash, at: Timestamp) -> Result<Hash, Error> {
        self.write(async move |mut tx| {
            let row = sqlx::query(CLAIM).bind(fingerprint.as_slice()).bind(at.as_millis()).fetch_one(&mut *tx).await?;
            let claimed = row.hash("master_key_fingerprint")?;
            tx.commit().await?;
            Ok(claimed)
        })
        .await
    }
}
