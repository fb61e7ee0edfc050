//! Access tokens that need the database: opaque ones, and those ended before their time.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{KeyId, OrganizationId, UserId},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

use crate::{Error, Hash};

/// An opaque access token as it is stored: what a JWT would carry itself. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the claims of RFC 9068, by name, and whose they are")]
pub struct OpaqueToken {
    pub token_hash: Hash,
    pub organization: OrganizationId,
    pub key: KeyId,
    pub client_id: ClientId,
    pub environment: EnvironmentSlug,
    pub owner: Option<UserId>,
    pub scopes: Scopes,
    pub jti: String,
    pub audience: String,
    pub issued_at: i64,
    pub expires_at: i64,
    pub generation: i64,
}

/// What decides whether an access token is still live, from one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenState {
    /// The key it was issued to.
    pub key: KeyId,
    /// When that key ends.
    pub key_expires_at: Option<Timestamp>,
    /// Whether that key is neither suspended nor revoked.
    pub key_in_use: bool,
    /// Sum of the generations of organization, user and key now.
    pub generation: i64,
    /// Whether the token was revoked.
    pub revoked: bool,
    /// Whether organization, feature and owner are all on; each raised a generation when it went off.
    pub may_act: bool,
}

/// Access tokens of keys that are live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveTokens {
    /// How many, to the minute in which they end.
    pub count: u64,
    /// When the last of them ends.
    pub last_ends_at: Option<Timestamp>,
}

/// A token ended before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedToken {
    /// Whose key it was issued to.
    pub organization: OrganizationId,
    /// That key.
    pub key: KeyId,
    /// The generation it carries.
    pub generation: i64,
    /// Its id.
    pub jti: String,
    /// When it would have ended by itself.
    pub expires_at: Timestamp,
}

/// Access tokens that need the database.
#[async_trait]
pub trait Tokens {
    /// Stores an opaque token.
    async fn insert_opaque_token(&self, token: OpaqueToken) -> Result<(), Error>;

    /// The opaque token with this hash, with what decides whether it is live.
    async fn opaque_token(&self, token_hash: &Hash) -> Result<Option<(OpaqueToken, TokenState)>, Error>;

    /// What decides whether the token `jti` of a key is live; `None` when there is no such key.
    async fn token_state(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        jti: &str,
    ) -> Result<Option<TokenState>, Error>;

    /// Access tokens of these keys that are live, as far as they have been counted.
    async fn live_tokens(
        &self,
        organization: &OrganizationId,
        keys: &[KeyId],
        now: Timestamp,
    ) -> Result<LiveTokens, Error>;

    /// Ends a token; the activity row is written only the first time.
    async fn revoke_token(&self, token: RevokedToken, entry: Entry) -> Result<(), Error>;

    /// Removes up to `limit` opaque tokens, revocations and counts each whose tokens have ended; returns how many.
    async fn delete_ended_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
