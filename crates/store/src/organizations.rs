//! Organizations and their environments.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{OrganizationId, UserId},
    key::AccessTokenFormat,
    name::{Contact, Name},
    organization::{Environment, KeyNotices, Kinds, Organization, OrganizationState, Plan, SelfService},
    scope::Scopes,
    slug::OrganizationSlug,
    time::Timestamp,
    zone::ZoneName,
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
    /// Another has this slug, or had it before it was deleted.
    SlugTaken,
}

/// How changing an organization ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeOrganization {
    /// It is like this now.
    Changed(Box<Organization>),
    /// It was like this already; nothing is written.
    Unchanged(Box<Organization>),
    /// Somebody changed it since the revision that was expected; it is like this.
    Stale(Box<Organization>),
    /// There is none.
    NotFound,
}

/// Makes the activity row of a change from the organization before and after it.
pub type SettingsEntryFor = Box<dyn FnOnce(&Organization, &Organization) -> Entry + Send>;

/// New values of an organization; `None` leaves a setting as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the setting of the same name in `Organization` and `Policy`")]
pub struct OrganizationChange {
    pub name: Option<Name>,
    pub time_zone: Option<ZoneName>,
    pub support_contact: Option<Contact>,
    pub plan: Option<Plan>,
    pub state: Option<OrganizationState>,
    pub api_keys: Option<bool>,
    /// The ceiling.
    pub max_keys_per_environment: Option<u32>,
    /// The ceiling.
    pub max_keys_per_user: Option<u32>,
    /// What administrators chose below the ceiling; `Some(None)` follows it.
    pub own_max_keys_per_environment: Option<Option<u32>>,
    /// What administrators chose below the ceiling; `Some(None)` follows it.
    pub own_max_keys_per_user: Option<Option<u32>>,
    pub self_service: Option<SelfService>,
    pub kinds: Option<Kinds>,
    pub access_token_format: Option<AccessTokenFormat>,
    pub token_lifetime_s: Option<u32>,
    /// `Some(None)` takes the cap away.
    pub max_key_lifetime_days: Option<Option<u32>>,
    pub allow_no_expiration: Option<bool>,
    pub require_description: Option<bool>,
    pub key_notices: Option<KeyNotices>,
    pub expiry_reminders: Option<bool>,
    pub scopes: Option<Scopes>,
}

/// Rules that live keys are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulesAsked {
    /// The last instant at which a key may end.
    pub ends_by: Timestamp,
    /// Most keys of one user.
    pub per_user: u32,
}

/// Live keys of an organization, counted by what rules are about. Limits do not count personal credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Without an end.
    pub without_end: u32,
    /// That end after [`RulesAsked::ends_by`].
    pub ending_later: u32,
    /// Without a description, personal credentials apart: nobody describes those.
    pub undescribed: u32,
    /// Of kind `client`.
    pub of_kind_client: u32,
    /// Of kind `token`.
    pub of_kind_token: u32,
    /// Owned by administrators.
    pub of_admins: u32,
    /// Owned by other members.
    pub of_members: u32,
    /// Users who own more than [`RulesAsked::per_user`].
    pub users_above: u32,
    /// How many keys carry which scopes, those without any left out.
    pub by_scopes: Vec<(Scopes, u32)>,
}

/// Organizations and their environments.
#[async_trait]
pub trait Organizations {
    /// Makes an organization, its environments and the head of its activity chain.
    async fn create_organization(&self, new: NewOrganization, entry: Entry) -> Result<CreateOrganization, Error>;

    /// Changes settings, unless somebody did so since `expected_revision`. Turning the organization or its API keys
    /// off raises its generation, so that access tokens issued before stay dead.
    async fn change_organization(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        expected_revision: Option<i64>,
        at: Timestamp,
        entry: SettingsEntryFor,
    ) -> Result<ChangeOrganization, Error>;

    /// What there is at `now` that other rules would not let anybody make.
    async fn survey_keys(&self, id: &OrganizationId, rules: &RulesAsked, now: Timestamp) -> Result<Survey, Error>;

    /// Every organization, by slug. For the command line only: nothing here is bound to a tenant.
    async fn organizations(&self) -> Result<Vec<Organization>, Error>;

    /// The organization with this slug.
    async fn organization(&self, slug: &OrganizationSlug) -> Result<Option<Organization>, Error>;

    /// The organization with this id.
    async fn organization_by_id(&self, id: &OrganizationId) -> Result<Option<Organization>, Error>;

    /// Its environments in the order they are shown, each with its number of live keys at `now`: everybody's, or those
    /// `owned_by` a user. Personal credentials are not counted.
    async fn environments(
        &self,
        id: &OrganizationId,
        owned_by: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Vec<Environment>, Error>;
}
