//! The Activity Log: append-only, one hash chain per organization.

use async_trait::async_trait;
use domain::{
    activity::{Entry, Event},
    id::{OrganizationId, UserId},
    name::Name,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

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

/// Which rows of the Activity Log a page shows.
#[derive(Clone, Debug)]
pub struct ActivityQuery {
    /// Whose log.
    pub organization: OrganizationId,
    /// Only what this user or a key of theirs did, and what was done to a key of theirs; `None` for everything.
    pub concerning: Option<UserId>,
    /// Only what this actor did: a user id, a client id, or nothing for the command line.
    pub actor: Option<String>,
    /// Only this event.
    pub event: Option<Event>,
    /// Only what was done to this: a client id, or an id.
    pub target: Option<String>,
    /// Only what concerns this environment.
    pub environment: Option<EnvironmentSlug>,
    /// Only what happened at this time or later.
    pub from: Option<Timestamp>,
    /// Only what happened before this time.
    pub until: Option<Timestamp>,
    /// Only rows before this place in the chain.
    pub before: Option<i64>,
    /// Most rows in a page.
    pub limit: u32,
}

/// Whom a row is about, in one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// What it was asked for by: client id of a key, id of a person, or their folded address.
    pub named: String,
    /// Client id of a key, or id of a person.
    pub id: String,
    /// The organization.
    pub organization: OrganizationId,
    /// Present name.
    pub name: Name,
    /// Environment of a key.
    pub environment: Option<EnvironmentSlug>,
}

/// The Activity Log.
#[async_trait]
pub trait Activity {
    /// Appends rows that stand for no other change, each to its organization's chain.
    async fn append_activity(&self, entries: Vec<Entry>) -> Result<(), Error>;

    /// Place and hash of the last row of an organization's chain, kept apart from the rows.
    async fn activity_head(&self, organization: &OrganizationId) -> Result<Option<(i64, Hash)>, Error>;

    /// Rows of an organization after `sequence`, oldest first, at most `limit`.
    async fn activity_after(
        &self,
        organization: &OrganizationId,
        sequence: i64,
        limit: u32,
    ) -> Result<Vec<ChainedEntry>, Error>;

    /// The keys with these client ids, and each active membership of these people, whatever the state of the account. One
    /// that does not exist is left out.
    async fn parties(&self, keys: &[ClientId], people: &[UserId], addresses: &[String]) -> Result<Vec<Party>, Error>;

    /// Rows of an organization, newest first.
    async fn activity_page(&self, query: &ActivityQuery) -> Result<Vec<ChainedEntry>, Error>;
}
