//! The people of one organization, as its administrators manage them: memberships, never accounts.

use domain::{
    activity::{Event, Target},
    id::UserId,
    user::{Role, UserState},
};
use serde_json::json;
use store::Membership;

use crate::{
    Failure, Service,
    accounts::{AccountRefused, outcome},
    authority::Administrator,
};

impl Service {
    /// Everybody in the organization, in whatever state, by name.
    pub async fn members(&self, administrator: &Administrator) -> Result<Vec<Membership>, Failure> {
        Ok(self.store.members(&administrator.member().organization.id).await?)
    }

    /// Gives a member another role, which counts from their next request on.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn set_role(
        &self,
        administrator: &Administrator,
        user: &UserId,
        role: Role,
    ) -> Result<Result<(), AccountRefused>, Failure> {
        let details = json!({ "role": role });
        let Some((membership, entry)) = self.member_entry(administrator, user, Event::RoleChanged, &details).await?
        else {
            return Ok(Err(AccountRefused::NotFound));
        };
        let organization = &administrator.member().organization.id;
        Ok(outcome(self.store.set_role(organization, &membership.user, role, entry).await?))
    }

    /// Deactivates or reactivates a membership; the account stays as it is.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn set_membership_state(
        &self,
        administrator: &Administrator,
        user: &UserId,
        state: UserState,
    ) -> Result<Result<(), AccountRefused>, Failure> {
        let event = match state {
            UserState::Active => Event::UserReactivated,
            UserState::Deactivated => Event::UserDeactivated,
        };
        let details = json!({ "everywhere": false });
        let Some((membership, entry)) = self.member_entry(administrator, user, event, &details).await? else {
            return Ok(Err(AccountRefused::NotFound));
        };
        let organization = &administrator.member().organization.id;
        Ok(outcome(self.store.set_membership_state(organization, &membership.user, state, entry).await?))
    }

    async fn member_entry(
        &self,
        administrator: &Administrator,
        user: &UserId,
        event: Event,
        details: &serde_json::Value,
    ) -> Result<Option<(Membership, domain::activity::Entry)>, Failure> {
        let organization = &administrator.member().organization.id;
        let Some(membership) = self.store.membership(organization, user).await? else {
            return Ok(None);
        };
        let target = Target { id: membership.user.to_string(), name: membership.name.to_string() };
        let entry = self.entry(&administrator.issuer(), event, target, None, self.now(), details);
        Ok(Some((membership, entry)))
    }
}
