//! The gates a person passes: membership, role, what is turned on, and what policy lets them own.

use domain::{name::Name, organization::OrganizationState, slug::OrganizationSlug, user::Role};
use store::Member;

use super::{Administrator, KeyOwner, OrgAdmin, Visitor};
use crate::{Failure, Service};

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

/// Why a person may have no keys of their own. Each has its own page, as for [`Denied`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnKeysDenied {
    /// Not a member, or there is no such organization: the two look the same.
    NotFound,
    /// API keys are not turned on for the organization.
    FeatureOff {
        /// As what the person is here.
        member: Box<Member>,
    },
    /// The organization lets nobody, or no such member, own keys.
    SelfServiceOff {
        /// As what the person is here.
        member: Box<Member>,
        /// Whom to ask.
        administrators: Vec<Name>,
    },
}

impl Service {
    /// A visitor as administrator of the organization with this slug, through all gates.
    ///
    /// # Errors
    /// `Ok(Err(_))` says which gate is closed.
    pub async fn org_admin(&self, visitor: &Visitor, slug: &str) -> Result<Result<OrgAdmin, Denied>, Failure> {
        let Administrator { member, authenticated_at, origin } = match self.administrator(visitor, slug).await? {
            Ok(administrator) => administrator,
            Err(denied) => return Ok(Err(denied)),
        };
        if !member.organization.api_keys {
            return Ok(Err(Denied::FeatureOff { member: Box::new(member) }));
        }
        Ok(Ok(OrgAdmin { member, authenticated_at, origin }))
    }

    /// A visitor as administrator of the people of the organization with this slug.
    ///
    /// # Errors
    /// `Ok(Err(_))` says which gate is closed; never [`Denied::FeatureOff`].
    pub async fn administrator(&self, visitor: &Visitor, slug: &str) -> Result<Result<Administrator, Denied>, Failure> {
        let Some(member) = self.member(visitor, slug).await? else {
            return Ok(Err(Denied::NotFound));
        };
        if member.role != Role::Admin {
            let administrators = self.store.administrators(&member.organization.id).await?;
            return Ok(Err(Denied::Role { member: Box::new(member), administrators }));
        }
        Ok(Ok(Administrator { member, authenticated_at: visitor.authenticated_at, origin: visitor.origin.clone() }))
    }

    /// A visitor as owner of keys in the organization with this slug, through all gates.
    ///
    /// # Errors
    /// `Ok(Err(_))` says which gate is closed.
    pub async fn key_owner(&self, visitor: &Visitor, slug: &str) -> Result<Result<KeyOwner, OwnKeysDenied>, Failure> {
        let Some(member) = self.member(visitor, slug).await? else {
            return Ok(Err(OwnKeysDenied::NotFound));
        };
        if !member.organization.api_keys {
            return Ok(Err(OwnKeysDenied::FeatureOff { member: Box::new(member) }));
        }
        if !member.organization.policy.self_service.allows(member.role) {
            let administrators = self.store.administrators(&member.organization.id).await?;
            return Ok(Err(OwnKeysDenied::SelfServiceOff { member: Box::new(member), administrators }));
        }
        Ok(Ok(KeyOwner { member, authenticated_at: visitor.authenticated_at, origin: visitor.origin.clone() }))
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
}
