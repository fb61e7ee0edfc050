//! Taking backups and bringing them back.

use async_trait::async_trait;
use domain::{activity::Entry, id::OrganizationId, key::ApiKey, time::Timestamp};

use crate::{Error, KeyEntryFor};

/// Makes the row of an organization that was brought back: which, when the backup was taken, how many keys are held.
pub type RestoredEntryFor = Box<dyn FnMut(&OrganizationId, Option<Timestamp>, usize) -> Entry + Send>;

/// What makes of a copy a database that may be served.
pub struct FinishRestore {
    /// Now.
    pub at: Timestamp,
    /// By how much the generation of every organization is raised: enough for no token from before to fit.
    pub generation_step: i64,
    /// The row of each organization.
    pub restored: RestoredEntryFor,
    /// The row of each key that is held.
    pub held: KeyEntryFor,
}

/// What was brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was taken; of a plain copy, when the last thing happened in it.
    pub taken_at: Option<Timestamp>,
    /// Keys that are refused until somebody re-approves them.
    pub held: Vec<(OrganizationId, ApiKey)>,
}

/// Taking backups and bringing them back.
#[async_trait]
pub trait Backups {
    /// Writes down that a backup is taken now, so that the backup itself says when.
    async fn mark_backup(&self, at: Timestamp) -> Result<(), Error>;

    /// Whether there is no table in the database.
    async fn is_empty(&self) -> Result<bool, Error>;

    /// Marks an empty database, so that nobody uses what is copied into it before [`Backups::finish_restore`]:
    /// [`crate::Store::migrate`] refuses.
    async fn begin_restore(&self) -> Result<(), Error>;

    /// Brings the schema of a copy up to this version.
    ///
    /// # Errors
    /// As [`crate::Store::migrate`].
    async fn migrate_copy(&self) -> Result<(), Error>;

    /// Makes of a copy a database that may be served. In one transaction: tokens from before are dead, live keys that
    /// are not suspended become so, sessions and one-time links end, each organization gets its row.
    async fn finish_restore(&self, finish: FinishRestore) -> Result<Restored, Error>;
}
