//! What is true of the whole deployment.

use async_trait::async_trait;
use domain::time::Timestamp;

use crate::{Error, Hash};

/// What is true of the whole deployment.
#[async_trait]
pub trait Deployment {
    /// Fingerprint of the master key this database was first used with.
    async fn master_key_fingerprint(&self) -> Result<Option<Hash>, Error>;

    /// Stores the fingerprint of the master key if there is none, and returns the one that is stored now.
    async fn claim_master_key(&self, fingerprint: Hash, at: Timestamp) -> Result<Hash, Error>;
}
