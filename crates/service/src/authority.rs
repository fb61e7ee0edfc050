//! Who may act. Permission is a value one must hold, and only this module makes it.

use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    id::{OrganizationId, UserId},
    name::Name,
    organization::{Organization, OrganizationState},
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    user::Role,
};
use store::Member;

use crate::{Failure, Service};

/// Where a request comes from, for the Activity Log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Client address.
    pub address: String,
    /// Id of the request.
    pub request_id: String,
}

/// A person with a live session; what they may do is read anew for each request.
#[derive(Clone, Debug)]
pub struct Visitor {
    user: UserId,
    origin: Origin,
}

impl Visitor {
    pub(crate) fn new(user: UserId, origin: Origin) -> Self {
        Self { user, origin }
    }

    /// Whose session it is.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// An administrator of one organization, whose API keys are turned on.
#[derive(Clone, Debug)]
pub struct OrgAdmin {
    member: Member,
    origin: Origin,
}

impl OrgAdmin {
    /// The organization. Every use case takes the tenant from here.
    pub fn organization(&self) -> &Organization {
        &self.member.organization
    }

    /// The person.
    pub fn member(&self) -> &Member {
        &self.member
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            organization: &self.member.organization.id,
            actor: Actor {
                kind: ActorKind::User,
                id: self.member.user.to_string(),
                name: self.member.name.to_string(),
            },
            origin: self.origin.clone(),
        }
    }
}

/// Whoever runs the command line on the machine itself: may do what an administrator of any organization may.
#[derive(Clone, Copy, Debug)]
pub struct Operator(());

impl Operator {
    /// The operator. Only for the command line and for setting up samples and tests.
    pub fn at_the_command_line() -> Self {
        Self(())
    }

    pub(crate) fn issuer(self, organization: &OrganizationId) -> Issuer<'_> {
        Issuer { organization, actor: Actor::operator(), origin: Origin::default() }
    }
}

/// Why a page or an action is closed to a person. Each has its own page, saying why and whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Not a member, or there is no such organization: the two look the same.
    NotFound,
    /// A member, but not an administrator.
    Role {
        /// As what the person is here.
        member: Box<Member>,
        /// Whom to ask.
        administrators: Vec<Name>,
    },
    /// API keys are not turned on for the organization.
    FeatureOff {
        /// As what the person is here.
        member: Box<Member>,
    },
}

/// Writes activity rows for one actor in one organization.
pub(crate) struct Issuer<'a> {
    pub organization: &'a OrganizationId,
    pub actor: Actor,
    pub origin: Origin,
}

impl Service {
    /// A visitor as administrator of the organization with this slug, through all gates.
    ///
    /// # Errors
    /// `Ok(Err(_))` says which gate is closed.
    pub async fn org_admin(&self, visitor: &Visitor, slug: &str) -> Result<Result<OrgAdmin, Denied>, Failure> {
        let Some(member) = self.member(visitor, slug).await? else {
            return Ok(Err(Denied::NotFound));
        };
        if member.role != Role::Admin {
            let administrators = self.store.administrators(&member.organization.id).await?;
            return Ok(Err(Denied::Role { member: Box::new(member), administrators }));
        }
        if !member.organization.api_keys {
            return Ok(Err(Denied::FeatureOff { member: Box::new(member) }));
        }
        Ok(Ok(OrgAdmin { member, origin: visitor.origin.clone() }))
    }

    /// A visitor as member of an active organization.
    async fn member(&self, visitor: &Visitor, slug: &str) -> Result<Option<Member>, Failure> {
        let Ok(slug) = OrganizationSlug::parse(slug) else {
            return Ok(None);
        };
        let member = self.store.member(&visitor.user, &slug).await?;
        Ok(member.filter(|member| member.organization.state == OrganizationState::Active))
    }

    /// Every organization the visitor may open.
    pub async fn memberships(&self, visitor: &Visitor) -> Result<Vec<Member>, Failure> {
        Ok(self.store.memberships(&visitor.user).await?)
    }

    pub(crate) fn entry(
        &self,
        issuer: &Issuer<'_>,
        event: Event,
        target: Target,
        environment: Option<EnvironmentSlug>,
        at: Timestamp,
        details: &serde_json::Value,
    ) -> Entry {
        Entry {
            id: self.new_id(domain::id::EventId::new),
            organization: issuer.organization.clone(),
            at,
            event,
            actor: issuer.actor.clone(),
            target,
            environment,
            address: issuer.origin.address.clone(),
            request_id: issuer.origin.request_id.clone(),
            details: details.to_string(),
        }
    }
}
