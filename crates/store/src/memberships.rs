//! Memberships as an organization's administrators manage them.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{OrganizationId, UserId},
    name::Name,
    time::Timestamp,
    user::{Role, UserState},
};

use crate::{ChangeMember, Error};

/// A person in an organization, in whatever state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The person.
    pub user: UserId,
    /// Display name.
    pub name: Name,
    /// Address.
    pub email: Email,
    /// What the person may do there.
    pub role: Role,
    /// State of the membership.
    pub state: UserState,
    /// State of the account, which no organization changes.
    pub account: UserState,
    /// Since when.
    pub since: Timestamp,
}

/// What a member has left in an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traces {
    /// The person.
    pub user: UserId,
    /// How many live keys they own there.
    pub live_keys: u32,
    /// When the Activity Log last has them doing something there, signing in among it.
    pub last_active_at: Option<Timestamp>,
    /// Whether the account is or was a member of another organization, too.
    pub elsewhere: bool,
}

/// Memberships of one organization. Nothing here has power over the account.
#[async_trait]
pub trait Memberships {
    /// Everybody in the organization, by name.
    async fn members(&self, organization: &OrganizationId) -> Result<Vec<Membership>, Error>;

    /// One person in the organization.
    async fn membership(&self, organization: &OrganizationId, user: &UserId) -> Result<Option<Membership>, Error>;

    /// What some of its members, a page of them, have left there; nothing for anybody else.
    async fn traces(
        &self,
        organization: &OrganizationId,
        users: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<Traces>, Error>;

    /// Gives a member another role; their sessions are due for another id.
    async fn set_role(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        role: Role,
        entry: Entry,
    ) -> Result<ChangeMember, Error>;

    /// Deactivates or reactivates a membership. Deactivating raises the generations of the keys the person owns there,
    /// so that their access tokens stay dead, and ends the sessions of somebody who is active nowhere else.
    async fn set_membership_state(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        state: UserState,
        entry: Entry,
    ) -> Result<ChangeMember, Error>;
}
