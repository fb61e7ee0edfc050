//! API keys as they present themselves: the hot path.

use async_trait::async_trait;
use domain::{
    id::{KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, Kind},
    name::Name,
    organization::{Organization, OrganizationState},
    scope::Scopes,
    secret::ClientId,
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    user::Role,
};

use crate::{Error, Hash};

/// Everything that decides whether a presented secret is good, from one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The key.
    pub key: KeyId,
    /// Its public identifier.
    pub client_id: ClientId,
    /// Its name as it is stored, for the Activity Log; nobody checks it again for each token.
    pub name: String,
    /// Its organization.
    pub organization: OrganizationId,
    /// That organization's slug.
    pub organization_slug: OrganizationSlug,
    /// Whether that organization may do anything.
    pub organization_state: OrganizationState,
    /// Whether API keys are turned on there.
    pub api_keys: bool,
    /// Life of an access token where the request says nothing, seconds.
    pub token_lifetime_s: u32,
    /// Its environment.
    pub environment: EnvironmentSlug,
    /// How it is used.
    pub kind: Kind,
    /// The user it belongs to; `None` for the organization.
    pub owner: Option<UserId>,
    /// Whether that user's account and membership are active; true for the organization.
    pub owner_active: bool,
    /// What it may do.
    pub scopes: Scopes,
    /// What the token endpoint gives for it.
    pub access_token_format: AccessTokenFormat,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops.
    pub expires_at: Option<Timestamp>,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether it is revoked.
    pub revoked: bool,
    /// Version of the presented secret.
    pub secret_version: i32,
    /// When the presented secret stops, where a newer one has taken its place.
    pub secret_ends_at: Option<Timestamp>,
    /// Sum of the generations of organization, user and key.
    pub generation: i64,
}

/// A client of our own API: who it is and for whom it may act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIdentity {
    /// Its organization with the settings of this moment.
    pub organization: Organization,
    /// Its name.
    pub name: Name,
    /// The role of the user it belongs to, while account and membership are active.
    pub owner_role: Option<Role>,
}

/// One use of a key, kept until the next batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whose key.
    pub organization: OrganizationId,
    /// Which key.
    pub key: KeyId,
    /// Version of the secret.
    pub secret_version: i32,
    /// The latest use in the batch.
    pub at: Timestamp,
    /// Address of that use.
    pub address: String,
    /// User agent of that use.
    pub user_agent: String,
    /// Number of uses in the batch.
    pub count: u32,
    /// Access tokens it was exchanged for.
    pub tokens: Vec<TokensIssued>,
}

/// Access tokens of one generation that end in the same minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokensIssued {
    /// The generation they carry.
    pub generation: i64,
    /// When the last of them ends.
    pub last_ends_at: Timestamp,
    /// How many.
    pub count: u32,
}

impl TokensIssued {
    /// The minute in which they end, counted from 1970.
    pub fn minute(&self) -> i64 {
        minute(self.last_ends_at)
    }
}

/// The minute of an instant, counted from 1970.
pub(crate) fn minute(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(60_000)
}

/// API keys as they present themselves.
#[async_trait]
pub trait Clients {
    /// The key whose current or previous secret has this hash, in whatever state it is.
    async fn client_by_secret(&self, secret_hash: &Hash) -> Result<Option<Client>, Error>;

    /// Who a client of our own API is.
    async fn client_identity(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
    ) -> Result<Option<ClientIdentity>, Error>;

    /// Writes a batch of uses: last use and address of key and secret (never moved back), the count of the hour, and the
    /// access tokens issued.
    async fn record_uses(&self, uses: Vec<Use>) -> Result<(), Error>;

    /// How often a key was used in each hour that begins at `from` or later and before `until`: the time the hour begins
    /// at, and the count. Oldest first; an hour without a use is left out.
    async fn uses(
        &self,
        organization: &OrganizationId,
        key: &KeyId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, u64)>, Error>;
}
