//! Organizations as an operator makes and sets them.

use domain::{
    activity::{Event, Target},
    id::{EnvironmentId, OrganizationId},
    name::Name,
    organization::{DEFAULT_ENVIRONMENTS, Environment, Organization, OrganizationState, Plan, Policy},
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
};
use serde_json::json;
use store::{CreateOrganization, NewOrganization, OrganizationChange};

use crate::{Failure, Service, authority::Operator};

/// An organization as it is asked for.
#[derive(Clone, Debug)]
pub struct OrganizationWanted {
    /// Its name in addresses.
    pub slug: OrganizationSlug,
    /// Its name.
    pub name: Name,
    /// What it has bought.
    pub plan: Plan,
    /// Whether API keys are turned on.
    pub api_keys: bool,
    /// Its rules for keys.
    pub policy: Policy,
}

impl Service {
    /// Makes an organization with the three default environments; `None` when the slug is taken.
    pub async fn create_organization(
        &self,
        operator: Operator,
        wanted: OrganizationWanted,
    ) -> Result<Option<Organization>, Failure> {
        let new = self.new_organization(wanted, self.now());
        let organization = new.organization.clone();
        let target = Target { id: organization.id.to_string(), name: organization.name.to_string() };
        let details = json!({ "plan": organization.plan, "api_keys": organization.api_keys });
        let issuer = operator.issuer(&organization.id);
        let entry = self.entry(&issuer, Event::OrganizationCreated, target, None, organization.created_at, &details);
        Ok(match self.store.create_organization(new, entry).await? {
            CreateOrganization::Created => Some(organization),
            CreateOrganization::SlugTaken => None,
        })
    }

    pub(crate) fn new_organization(&self, wanted: OrganizationWanted, now: Timestamp) -> NewOrganization {
        let environments = DEFAULT_ENVIRONMENTS.iter().map(|(slug, name)| Environment {
            id: self.new_id(EnvironmentId::new),
            slug: EnvironmentSlug::parse(slug).expect("a default environment"),
            name: Name::parse(name).expect("a default environment"),
            live_keys: 0,
        });
        NewOrganization {
            environments: environments.collect(),
            organization: Organization {
                id: self.new_id(OrganizationId::new),
                slug: wanted.slug,
                name: wanted.name,
                time_zone: "UTC".to_owned(),
                plan: wanted.plan,
                state: OrganizationState::Active,
                api_keys: wanted.api_keys,
                policy: wanted.policy,
                created_at: now,
                updated_at: now,
            },
        }
    }

    /// Changes settings; `None` when there is no such organization.
    pub async fn set_organization(
        &self,
        operator: Operator,
        slug: &OrganizationSlug,
        change: OrganizationChange,
    ) -> Result<Option<Organization>, Failure> {
        let Some(organization) = self.organization(operator, slug).await? else {
            return Ok(None);
        };
        let now = self.now();
        let target = Target { id: organization.id.to_string(), name: organization.name.to_string() };
        let details = changed_settings(&change);
        let issuer = operator.issuer(&organization.id);
        let entry = self.entry(&issuer, Event::OrganizationChanged, target, None, now, &details);
        Ok(self.store.change_organization(&organization.id, change, now, entry).await?)
    }

    /// Every organization, by slug.
    pub async fn organizations(&self, _operator: Operator) -> Result<Vec<Organization>, Failure> {
        Ok(self.store.organizations().await?)
    }

    /// The organization with this slug.
    pub async fn organization(
        &self,
        _operator: Operator,
        slug: &OrganizationSlug,
    ) -> Result<Option<Organization>, Failure> {
        Ok(self.store.organization(slug).await?)
    }
}

/// The settings that a change names, with their new values, for the Activity Log.
fn changed_settings(change: &OrganizationChange) -> serde_json::Value {
    let mut settings = json!({
        "plan": change.plan,
        "state": change.state,
        "api_keys": change.api_keys,
        "max_keys_per_environment": change.max_keys_per_environment,
        "max_keys_per_user": change.max_keys_per_user,
        "self_service": change.self_service,
        "kinds": change.kinds,
        "access_token_format": change.access_token_format,
        "token_lifetime_s": change.token_lifetime_s,
        "allow_no_expiration": change.allow_no_expiration,
        "require_description": change.require_description,
        "scopes": change.scopes.as_ref().map(ToString::to_string),
    });
    let named = settings.as_object_mut().expect("an object");
    named.retain(|_, value| !value.is_null());
    if let Some(cap) = change.max_key_lifetime_days {
        named.insert("max_key_lifetime_days".to_owned(), json!(cap));
    }
    settings
}
