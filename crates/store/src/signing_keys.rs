//! Keys that sign access tokens, wrapped by the master key.

use std::sync::Arc;

use async_trait::async_trait;
use domain::time::Timestamp;

use crate::{EntryFor, Error, Hash};

/// A signing key as it is stored. Its place in the ring follows from its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// JOSE name of the algorithm: `ES256`.
    pub algorithm: String,
    /// Private key (PKCS#8), encrypted under the master key.
    pub wrapped_private: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it signs its first token.
    pub activates_at: Timestamp,
    /// When it is no longer published; `None` while nothing succeeds it.
    pub gone_at: Option<Timestamp>,
}

/// Keys that sign access tokens.
#[async_trait]
pub trait SigningKeys {
    /// Every key as it is now, oldest first: the very same list as before while nobody has changed it.
    async fn signing_keys(&self) -> Result<Arc<[SigningKey]>, Error>;

    /// Stores a key as the successor of the youngest one, `succeeds`, and lets every other that has no end yet, or a
    /// later one, be gone at `others_gone_at`; every organization's log says so. `false`, changing nothing, when the
    /// youngest is another by now, or the database belongs to another master key than the one with the fingerprint
    /// `wrapped_under`.
    async fn insert_signing_key(
        &self,
        key: SigningKey,
        succeeds: Option<String>,
        others_gone_at: Timestamp,
        wrapped_under: Hash,
        entry_for: EntryFor,
    ) -> Result<bool, Error>;

    /// Removes keys that were gone before `before`; returns how many.
    async fn delete_gone_signing_keys(&self, before: Timestamp) -> Result<u64, Error>;
}
