//! How long the Activity Log is kept.

use async_trait::async_trait;
use domain::{id::OrganizationId, time::Timestamp};

use crate::{Error, Hash};

/// Where an organization's Activity Log begins, because what was before is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log.
    pub organization: OrganizationId,
    /// Place of the last row that is gone.
    pub sequence: i64,
    /// Its hash, from which the chain goes on.
    pub hash: Hash,
    /// When it was removed.
    pub made_at: Timestamp,
    /// Shows that the application wrote all of the above.
    pub signature: Hash,
}

/// How long the Activity Log is kept.
#[async_trait]
pub trait Retention {
    /// An organization whose oldest rows happened before `before`, with place and hash of the last of up to `limit` such
    /// rows without a younger one among them.
    async fn old_activity(&self, before: Timestamp, limit: u32) -> Result<Option<(OrganizationId, i64, Hash)>, Error>;

    /// Leaves a checkpoint and removes all rows up to it. One that is no further than the present one changes nothing.
    async fn forget_activity(&self, checkpoint: Checkpoint) -> Result<(), Error>;

    /// Where an organization's log begins, if not with its first row.
    async fn checkpoint(&self, organization: &OrganizationId) -> Result<Option<Checkpoint>, Error>;
}
