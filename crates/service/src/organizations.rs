//! Organizations as an operator makes and sets them.

use domain::{
    activity::{Event, Target},
    id::{EnvironmentId, OrganizationId},
    name::{Contact, Name},
    organization::{DEFAULT_ENVIRONMENTS, Environment, Organization, OrganizationState, Plan, Policy},
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    zone::ZoneName,
};
use serde_json::json;
use store::{ChangeOrganization, CreateOrganization, NewOrganization, OrganizationChange};

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
    /// The zone its dates are in.
    pub time_zone: ZoneName,
    /// Whom its people ask.
    pub support_contact: Contact,
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
                time_zone: wanted.time_zone.as_str().to_owned(),
                support_contact: wanted.support_contact,
                plan: wanted.plan,
                state: OrganizationState::Active,
                api_keys: wanted.api_keys,
                policy: wanted.policy,
                created_at: now,
                updated_at: now,
                revision: 1,
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
        let issuer = operator.issuer(&organization.id);
        let entry = self.settings_entry(&issuer, Event::OrganizationChanged);
        let changed = self.store.change_organization(&organization.id, change, None, self.now(), entry).await?;
        Ok(match changed {
            ChangeOrganization::Changed(now) | ChangeOrganization::Unchanged(now) | ChangeOrganization::Stale(now) => {
                Some(*now)
            }
            ChangeOrganization::NotFound => None,
        })
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
