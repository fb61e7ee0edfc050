//! One-time links, and the first set-up that one of them opens.

use async_trait::async_trait;
use domain::{activity::Entry, id::UserId, text_enum, time::Timestamp};

use crate::{Error, Hash, NewOrganization, NewUser};

text_enum! {
    /// What a link opens.
    LinkPurpose {
        /// Making the first organization and administrator.
        SetUp = "set_up",
    }
}

/// A one-time link.
#[derive(Clone, Debug)]
pub struct Link {
    /// SHA-256 of what stands in its path.
    pub token_hash: Hash,
    /// What it opens.
    pub purpose: LinkPurpose,
    /// Now.
    pub at: Timestamp,
    /// Until when it works.
    pub ends_at: Timestamp,
}

/// How the first set-up ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// Organization and administrator are there; the link is used up.
    Done(UserId),
    /// The link is unknown, used or over, or there is an organization already.
    LinkOver,
}

/// One-time links.
#[async_trait]
pub trait Links {
    /// Stores a link; older ones of the same purpose stop working.
    async fn insert_link(&self, link: Link) -> Result<(), Error>;

    /// Whether the link works at `now`.
    async fn link_works(&self, token_hash: &Hash, purpose: LinkPurpose, now: Timestamp) -> Result<bool, Error>;

    /// In one transaction: uses the link up, and makes the first organization with its first administrator.
    /// Refused when any organization exists. `entries` are written in order.
    async fn set_up(
        &self,
        token_hash: &Hash,
        organization: NewOrganization,
        administrator: NewUser,
        entries: Vec<Entry>,
    ) -> Result<SetUp, Error>;
}
