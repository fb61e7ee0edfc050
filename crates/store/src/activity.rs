//! The Activity Log: append-only, one hash chain per organization.

use async_trait::async_trait;
use domain::{activity::Entry, id::OrganizationId};

use crate::{Error, Hash};

/// A row with its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainedEntry {
    /// Place in the organization's chain, from 1 without a gap.
    pub sequence: i64,
    /// What happened.
    pub entry: Entry,
    /// Hash of the row before; zeros for the first.
    pub previous_hash: Hash,
    /// Hash of this row, [`domain::activity::chain_hash`].
    pub hash: Hash,
}

/// The Activity Log.
#[async_trait]
pub trait Activity {
    /// Appends rows that stand for no other change, each to its organization's chain.
    async fn append_activity(&self, entries: Vec<Entry>) -> Result<(), Error>;

    /// Rows of an organization after `sequence`, oldest first, at most `limit`.
    async fn activity_after(
        &self,
        organization: &OrganizationId,
        sequence: i64,
        limit: u32,
    ) -> Result<Vec<ChainedEntry>, Error>;
}
