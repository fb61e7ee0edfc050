//! Sessions of the console. Only the hash of a session's id is stored.

use async_trait::async_trait;
use domain::{id::UserId, time::Timestamp};

use crate::{Error, Hash};

/// A session to be opened.
#[derive(Clone)]
pub struct NewSession {
    /// SHA-256 of its id.
    pub id_hash: Hash,
    /// Whose it is.
    pub user: UserId,
    /// Version of what they signed in with: once it is replaced the session is dead, also before it is opened.
    pub credentials_version: i64,
    /// What it carries, as JSON, without its id.
    pub data: String,
    /// Now.
    pub at: Timestamp,
    /// When it ends however much it is used.
    pub ends_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_ends_at: Timestamp,
    /// Address it was opened from.
    pub address: String,
    /// User agent it was opened with, cut to 256 bytes.
    pub user_agent: String,
}

/// A live session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user: UserId,
    /// What it carries, as JSON.
    pub data: String,
    /// When its person last proved who they are.
    pub authenticated_at: Timestamp,
    /// When it ends however much it is used.
    pub ends_at: Timestamp,
    /// When it ends unless it is used.
    pub idle_ends_at: Timestamp,
    /// Whether its next request gets another id: its person may do more or less than before.
    pub renewal_due: bool,
}

/// Another id for a session.
#[derive(Clone, Copy, Debug)]
pub struct Renewal {
    /// SHA-256 of it.
    pub id_hash: Hash,
    /// Now.
    pub at: Timestamp,
    /// When the session ends however much it is used, where its person has just proved who they are.
    pub proved: Option<Timestamp>,
}

/// A live session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenSession {
    /// SHA-256 of its id.
    pub id_hash: Hash,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Address it was opened from.
    pub address: String,
    /// User agent it was opened with.
    pub user_agent: String,
}

/// Sessions of the console. A session is live before both of its ends, while what its user signed in with is not
/// replaced, and while its user is active and an active member of at least one active organization.
#[async_trait]
pub trait Sessions {
    /// Opens a session; `false` when the id is taken.
    async fn insert_session(&self, new: NewSession) -> Result<bool, Error>;

    /// Changes what a live session carries; `false` when it is not live. Never brings one back.
    async fn update_session(&self, id_hash: &Hash, data: &str, now: Timestamp) -> Result<bool, Error>;

    /// Reads a live session and, at most once a minute, moves its idle end to `now` plus `idle_s` seconds.
    async fn load_session(&self, id_hash: &Hash, now: Timestamp, idle_s: i64) -> Result<Option<Session>, Error>;

    /// Gives a live session another id; the one it had is dead from then on. `false` when it is not live. Never brings one
    /// back.
    async fn renew_session(&self, id_hash: &Hash, renewal: Renewal) -> Result<bool, Error>;

    /// Moves the idle end of a live session to `now` plus `idle_s` seconds; `false` when it is not live.
    async fn touch_session(&self, id_hash: &Hash, now: Timestamp, idle_s: i64) -> Result<bool, Error>;

    /// The live sessions of a person, the last used first, at most a hundred.
    async fn sessions_of(&self, user: &UserId, now: Timestamp) -> Result<Vec<SeenSession>, Error>;

    /// Ends a session; `false` when there was none.
    async fn delete_session(&self, id_hash: &Hash) -> Result<bool, Error>;

    /// Removes up to `limit` sessions that have ended; returns how many.
    async fn delete_ended_sessions(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
