//! Keys that sign access tokens, wrapped by the master key.

use async_trait::async_trait;
use domain::{text_enum, time::Timestamp};

use crate::Error;

text_enum! {
    /// Where a signing key stands in its ring.
    SigningKeyState {
        /// Published, not signing yet.
        Pending = "pending",
        /// Published and signing.
        Active = "active",
        /// Published, no longer signing.
        Retiring = "retiring",
        /// Neither.
        Gone = "gone",
    }
}

/// A signing key as it is stored.
#[derive(Clone)]
pub struct SigningKey {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// JOSE name of the algorithm: `ES256`.
    pub algorithm: String,
    /// Its state.
    pub state: SigningKeyState,
    /// Public key as a JWK, JSON text.
    pub public_jwk: String,
    /// Private key (PKCS#8), encrypted under the master key.
    pub wrapped_private: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it reached its present state.
    pub changed_at: Timestamp,
}

/// Keys that sign access tokens.
#[async_trait]
pub trait SigningKeys {
    /// Every key that is not gone, oldest first.
    async fn signing_keys(&self) -> Result<Vec<SigningKey>, Error>;

    /// Stores an active key unless there is an active one of its algorithm already; `false` then.
    async fn insert_first_signing_key(&self, key: SigningKey) -> Result<bool, Error>;
}
