//! How long the Activity Log is kept.

use store::{Checkpoint, Hash};

use crate::{Failure, Service, master_key::MasterKey};

/// Rows that are removed at once.
const BATCH: u32 = 1_000;

const DAY_S: i64 = 24 * 3600;

impl Service {
    /// Removes a batch of rows that are older than the deployment keeps them, of one organization, and leaves a signed
    /// checkpoint from which its chain goes on. Whether there were any.
    pub(crate) async fn forget_old_activity(&self) -> Result<bool, Failure> {
        let Some(days) = self.settings.activity_retention_days else { return Ok(false) };
        let made_at = self.now();
        let before = made_at.plus_seconds(-i64::from(days) * DAY_S);
        let Some((organization, sequence, hash)) = self.store.old_activity(before, BATCH).await? else {
            return Ok(false);
        };
        let mut checkpoint = Checkpoint { organization, sequence, hash, made_at, signature: Hash::default() };
        checkpoint.signature = signature(&self.master_key(), &checkpoint);
        self.store.forget_activity(checkpoint).await?;
        Ok(true)
    }

    /// Whether this deployment wrote a checkpoint.
    pub(crate) fn is_genuine(&self, checkpoint: &Checkpoint) -> bool {
        checkpoint.signature == signature(&self.master_key(), checkpoint)
    }
}

fn signature(master_key: &MasterKey, checkpoint: &Checkpoint) -> Hash {
    let Checkpoint { organization, sequence, hash, made_at, signature: _ } = checkpoint;
    master_key.record_tag(format!("checkpoint\0{organization}\0{sequence}\0{hash:?}\0{made_at}").as_bytes())
}
