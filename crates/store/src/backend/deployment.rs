//! What is true of the whole deployment. Its one row is also the lock for changes that no organization's lock covers.

use async_trait::async_trait;
use domain::time::Timestamp;

use super::{Backend, Connection, activity, columns::Columns, signing_keys};
use crate::{Deployment, EntryFor, Error, Hash, MasterKeyClaim, ReplaceMasterKey, Rewrap};

const LOCK: &str = "UPDATE deployment SET id = id WHERE id = 1";

const FINGERPRINT: &str =
    "SELECT master_key_fingerprint FROM deployment WHERE id = 1 AND master_key_fingerprint IS NOT NULL";

/// A hash key is stored only under the master key that the database belongs to.
const CLAIM: &str = "UPDATE deployment SET \
     wrapped_hash_key = CASE WHEN COALESCE(master_key_fingerprint, $1) = $1 THEN COALESCE(wrapped_hash_key, $2) \
         ELSE wrapped_hash_key END, \
     master_key_claimed_at = COALESCE(master_key_claimed_at, $3), \
     master_key_fingerprint = COALESCE(master_key_fingerprint, $1) \
     WHERE id = 1 RETURNING master_key_fingerprint, wrapped_hash_key";

const REPLACE: &str = "UPDATE deployment SET master_key_fingerprint = $1, wrapped_hash_key = $2, \
     master_key_claimed_at = $3 WHERE id = 1";

const TAKE_CLEAN_UP: &str = "UPDATE deployment SET clean_up_until = $2 WHERE id = 1 AND clean_up_until <= $1";

const GIVE_CLEAN_UP_BACK: &str = "UPDATE deployment SET clean_up_until = 0 WHERE id = 1 AND clean_up_until = $1";

/// Keeps other changes of the deployment out until the transaction ends.
pub(super) async fn lock(connection: &mut Connection) -> Result<(), Error> {
    sqlx::query(LOCK).execute(connection).await?;
    Ok(())
}

/// The master key the database belongs to.
pub(super) async fn fingerprint(connection: &mut Connection) -> Result<Option<Hash>, Error> {
    let row = sqlx::query(FINGERPRINT).fetch_optional(connection).await?;
    row.map(|row| row.hash("master_key_fingerprint")).transpose()
}

#[async_trait]
impl Deployment for Backend {
    async fn master_key_fingerprint(&self) -> Result<Option<Hash>, Error> {
        fingerprint(&mut *self.readers.acquire().await?).await
    }

    async fn claim_master_key(
        &self,
        claim: MasterKeyClaim,
        at: Timestamp,
    ) -> Result<Result<MasterKeyClaim, Hash>, Error> {
        self.write(async move |mut tx| {
            let row = sqlx::query(CLAIM)
                .bind(claim.fingerprint.as_slice())
                .bind(claim.wrapped_hash_key.as_slice())
                .bind(at.as_millis())
                .fetch_one(&mut *tx)
                .await?;
            let fingerprint = row.hash("master_key_fingerprint")?;
            if fingerprint != claim.fingerprint {
                return Ok(Err(fingerprint));
            }
            let wrapped_hash_key = row.get("wrapped_hash_key")?;
            tx.commit().await?;
            Ok(Ok(MasterKeyClaim { fingerprint, wrapped_hash_key }))
        })
        .await
    }

    async fn replace_master_key(
        &self,
        present: Hash,
        claim: MasterKeyClaim,
        rewrap: Rewrap,
        at: Timestamp,
        mut entry_for: EntryFor,
    ) -> Result<ReplaceMasterKey, Error> {
        self.write(async move |mut tx| {
            lock(&mut tx).await?;
            match fingerprint(&mut tx).await? {
                Some(fingerprint) if fingerprint == claim.fingerprint => return Ok(ReplaceMasterKey::Before),
                Some(fingerprint) if fingerprint == present => {}
                _ => return Ok(ReplaceMasterKey::Foreign),
            }
            for key in signing_keys::all(&mut tx).await? {
                let Some(wrapped) = rewrap(&key) else { return Ok(ReplaceMasterKey::Unreadable(key.kid)) };
                signing_keys::wrap_anew(&mut tx, &key.kid, &wrapped).await?;
            }
            sqlx::query(REPLACE)
                .bind(claim.fingerprint.as_slice())
                .bind(claim.wrapped_hash_key.as_slice())
                .bind(at.as_millis())
                .execute(&mut *tx)
                .await?;
            activity::append_everywhere(&mut tx, &mut entry_for).await?;
            tx.commit().await?;
            Ok(ReplaceMasterKey::Replaced)
        })
        .await
    }

    async fn take_clean_up(&self, now: Timestamp, until: Timestamp) -> Result<bool, Error> {
        let take = sqlx::query(TAKE_CLEAN_UP).bind(now.as_millis()).bind(until.as_millis());
        Ok(self.change(take).await? == 1)
    }

    async fn give_clean_up_back(&self, until: Timestamp) -> Result<(), Error> {
        self.change(sqlx::query(GIVE_CLEAN_UP_BACK).bind(until.as_millis())).await?;
        Ok(())
    }
}
