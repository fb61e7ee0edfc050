//! What is true of the whole deployment.

use async_trait::async_trait;
use domain::time::Timestamp;

use crate::{EntryFor, Error, Hash, SigningKey};

/// The master key a database belongs to, and what it wraps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKeyClaim {
    /// Fingerprint of the master key.
    pub fingerprint: Hash,
    /// The key that secrets are hashed under, wrapped by that master key.
    pub wrapped_hash_key: Vec<u8>,
}

/// Wraps a signing key under another master key; `None` when it cannot be unwrapped.
pub type Rewrap = Box<dyn Fn(&SigningKey) -> Option<Vec<u8>> + Send>;

/// How replacing the master key ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplaceMasterKey {
    /// The database belongs to the new one now.
    Replaced,
    /// It did so already.
    Before,
    /// It belongs to neither.
    Foreign,
    /// The signing key with this id cannot be unwrapped; nothing changed.
    Unreadable(String),
}

/// What is true of the whole deployment.
#[async_trait]
pub trait Deployment {
    /// Fingerprint of the master key this database belongs to.
    async fn master_key_fingerprint(&self) -> Result<Option<Hash>, Error>;

    /// Binds the database to a master key if it has none, and stores the hash key if it has none. Returns what is stored
    /// now, or only the other fingerprint.
    async fn claim_master_key(
        &self,
        claim: MasterKeyClaim,
        at: Timestamp,
    ) -> Result<Result<MasterKeyClaim, Hash>, Error>;

    /// Puts another master key in the place of `present`: every signing key is wrapped anew in the same transaction, and
    /// every organization's log says so.
    async fn replace_master_key(
        &self,
        present: Hash,
        claim: MasterKeyClaim,
        rewrap: Rewrap,
        at: Timestamp,
        entry_for: EntryFor,
    ) -> Result<ReplaceMasterKey, Error>;

    /// Takes the clean-up for this process until `until`; `false` while another one has it.
    async fn take_clean_up(&self, now: Timestamp, until: Timestamp) -> Result<bool, Error>;

    /// Gives the clean-up back that was taken until `until`; nothing when another process has it by now.
    async fn give_clean_up_back(&self, until: Timestamp) -> Result<(), Error>;
}
