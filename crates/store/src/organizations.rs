//! Organizations and their environments.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{OrganizationId, UserId},
    key::AccessTokenFormat,
    organization::{Environment, Kinds, Organization, OrganizationState, Plan, SelfService},
    scope::Scopes,
    slug::OrganizationSlug,
    time::Timestamp,
};

use crate::Error;

/// An organization to be made, with its environments in the order they are shown.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// The organization.
    pub organization: Organization,
    /// Its environments.
    pub environments: Vec<Environment>,
}

/// How making an organization ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOrganization {
    /// It is there.
    Created,
    /// Another has this slug.
    SlugTaken,
}

/// New values of an organization; `None` leaves a setting as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the setting of the same name in `Organization` and `Policy`")]
pub struct OrganizationChange {
    pub plan: Option<Plan>,
    pub state: Option<OrganizationState>,
    pub api_keys: Option<bool>,
    pub max_keys_per_environment: Option<u32>,
    pub max_keys_per_user: Option<u32>,
    pub self_service: Option<SelfService>,
    pub kinds: Option<Kinds>,
    pub access_token_format: Option<AccessTokenFormat>,
    pub token_lifetime_s: Option<u32>,
    /// `Some(None)` takes the cap away.
    pub max_key_lifetime_days: Option<Option<u32>>,
    pub allow_no_expiration: Option<bool>,
    pub require_description: Option<bool>,
    pub scopes: Option<Scopes>,
}

/// Organizations and their environments.
#[async_trait]
pub trait Organizations {
    /// Makes an organization, its environments and the head of its activity chain.
    async fn create_organization(&self, new: NewOrganization, entry: Entry) -> Result<CreateOrganization, Error>;

    /// Changes settings; `None` when there is no such organization. Turning it or its API keys off raises
    /// its generation, so that access tokens issued before stay dead.
    async fn change_organization(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        at: Timestamp,
        entry: Entry,
    ) -> Result<Option<Organization>, Error>;

    /// Every organization, by slug. For the command line only: nothing here is bound to a tenant.
    async fn organizations(&self) -> Result<Vec<Organization>, Error>;

    /// The organization with this slug.
    async fn organization(&self, slug: &OrganizationSlug) -> Result<Option<Organization>, Error>;

    /// Its environments in the order they are shown, each with its number of live keys at `now`: everybody's, or those
    /// `owned_by` a user. Personal credentials are not counted.
    async fn environments(
        &self,
        id: &OrganizationId,
        owned_by: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Vec<Environment>, Error>;
}
