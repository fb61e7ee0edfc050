//! How long the Activity Log is kept.

use async_trait::async_trait;
use domain::{id::OrganizationId, time::Timestamp};

use super::{Backend, activity::Chain, columns::Columns};
use crate::{Checkpoint, Error, Hash, Retention};

const WITH_OLD_ROWS: &str = "SELECT h.org_id FROM activity_heads h \
     WHERE (SELECT a.at FROM activity a WHERE a.org_id = h.org_id ORDER BY a.sequence LIMIT 1) < $1 \
     ORDER BY h.org_id LIMIT 1";

const OLDEST: &str = "SELECT sequence, hash, at FROM activity WHERE org_id = $1 ORDER BY sequence LIMIT $2";

const MOVE_CHECKPOINT: &str = "INSERT INTO activity_checkpoints (org_id, sequence, hash, made_at, signature) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, \
     made_at = excluded.made_at, signature = excluded.signature \
     WHERE excluded.sequence > activity_checkpoints.sequence";

const FORGET: &str = "DELETE FROM activity WHERE org_id = $1 AND sequence <= $2";

const CHECKPOINT: &str =
    "SELECT org_id, sequence, hash, made_at, signature FROM activity_checkpoints WHERE org_id = $1";

#[async_trait]
impl Retention for Backend {
    async fn old_activity(&self, before: Timestamp, limit: u32) -> Result<Option<(OrganizationId, i64, Hash)>, Error> {
        let found = sqlx::query(WITH_OLD_ROWS).bind(before.as_millis()).fetch_optional(&self.readers).await?;
        let Some(found) = found else { return Ok(None) };
        let organization = found.parsed("org_id", OrganizationId::parse)?;
        let oldest = sqlx::query(OLDEST).bind(organization.as_str()).bind(i64::from(limit));
        let mut last = None;
        for row in oldest.fetch_all(&self.readers).await? {
            if row.time("at")? >= before {
                break;
            }
            last = Some((organization.clone(), row.get("sequence")?, row.hash("hash")?));
        }
        Ok(last)
    }

    async fn forget_activity(&self, checkpoint: Checkpoint) -> Result<(), Error> {
        self.write(async move |mut tx| {
            let organization = &checkpoint.organization;
            if Chain::lock(&mut tx, organization).await?.is_none() {
                return Ok(());
            }
            let moved = sqlx::query(MOVE_CHECKPOINT)
                .bind(organization.as_str())
                .bind(checkpoint.sequence)
                .bind(checkpoint.hash.as_slice())
                .bind(checkpoint.made_at.as_millis())
                .bind(checkpoint.signature.as_slice())
                .execute(&mut *tx)
                .await?;
            if moved.rows_affected() == 1 {
                sqlx::query(FORGET).bind(organization.as_str()).bind(checkpoint.sequence).execute(&mut *tx).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn checkpoint(&self, organization: &OrganizationId) -> Result<Option<Checkpoint>, Error> {
        let found = sqlx::query(CHECKPOINT).bind(organization.as_str()).fetch_optional(&self.readers).await?;
        found
            .map(|row| {
                Ok(Checkpoint {
                    organization: row.parsed("org_id", OrganizationId::parse)?,
                    sequence: row.get("sequence")?,
                    hash: row.hash("hash")?,
                    made_at: row.time("made_at")?,
                    signature: row.hash("signature")?,
                })
            })
            .transpose()
    }
}
