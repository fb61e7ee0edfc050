//! Who may act. Permission is a value one must hold, and only this module makes it.

mod gates;
mod recent;

use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    id::{OrganizationId, UserId},
    key::{ApiKey, Owner},
    name::Name,
    organization::Organization,
    slug::EnvironmentSlug,
    time::Timestamp,
    user::Role,
};
use serde_json::Value;
use store::{EntryFor, Member};

use crate::{
    Failure, Service,
    access_tokens::{Bearer, BearerRefused},
    refusals::Refused,
};

pub use gates::{Denied, OwnKeysDenied};
pub use recent::{InSession, KeyMaker, RECENT_S, Recent};

/// Where a request comes from, for the Activity Log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Client address.
    pub address: String,
    /// Id of the request.
    pub request_id: String,
    /// What the client says that it is, cut to [`USER_AGENT_MAX`] characters; may be empty.
    pub user_agent: String,
}

/// Characters of a user agent that are kept.
pub const USER_AGENT_MAX: usize = 256;

/// A person with a live session; what they may do is read anew for each request.
#[derive(Clone, Debug)]
pub struct Visitor {
    user: UserId,
    authenticated_at: Timestamp,
    origin: Origin,
}

impl Visitor {
    pub(crate) fn new(user: UserId, authenticated_at: Timestamp, origin: Origin) -> Self {
        Self { user, authenticated_at, origin }
    }

    /// Whose session it is.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// Where the request comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

/// An administrator of one organization, whose API keys are turned on.
#[derive(Clone, Debug)]
pub struct OrgAdmin {
    member: Member,
    authenticated_at: Timestamp,
    origin: Origin,
}

impl OrgAdmin {
    /// The person.
    pub fn member(&self) -> &Member {
        &self.member
    }
}

/// An administrator of one organization, whatever is turned on there: for its people.
#[derive(Clone, Debug)]
pub struct Administrator {
    member: Member,
    authenticated_at: Timestamp,
    origin: Origin,
}

impl Administrator {
    /// The person.
    pub fn member(&self) -> &Member {
        &self.member
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer {
            organization: &self.member.organization.id,
            actor: person(&self.member.user, &self.member.name),
            origin: self.origin.clone(),
        }
    }
}

/// A member who may own keys, whatever their role: sees and manages only their own.
#[derive(Clone, Debug)]
pub struct KeyOwner {
    member: Member,
    authenticated_at: Timestamp,
    origin: Origin,
}

impl KeyOwner {
    /// The person.
    pub fn member(&self) -> &Member {
        &self.member
    }
}

/// Whose keys an authority reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every key of the organization.
    Organization,
    /// Only the keys this user owns.
    OwnedBy(UserId),
}

impl Reach {
    /// Whether a key may be seen and changed.
    pub fn covers(&self, key: &ApiKey) -> bool {
        match self {
            Self::Organization => true,
            Self::OwnedBy(user) => key.owner == Owner::User(user.clone()),
        }
    }
}

/// Somebody who manages keys of one organization, which every use case takes from here.
pub trait KeyManager: sealed::Sealed + Sync {
    /// The organization.
    fn organization(&self) -> &Organization;

    /// Whose keys.
    fn reach(&self) -> Reach;

    /// Whether they stand above the owners of keys.
    fn is_administrator(&self) -> bool {
        self.reach() == Reach::Organization
    }

    /// The person who acts, also through a key of theirs; the only one who may see secrets of keys they own.
    fn user(&self) -> Option<&UserId>;

    /// Who acts, for the Activity Log.
    fn actor(&self) -> Actor;

    /// Where the request comes from.
    fn origin(&self) -> Origin;

    /// The program, where it is one that acts: it hands on no more than it has.
    fn program(&self) -> Option<&ApiClient> {
        None
    }
}

mod sealed {
    /// Only this crate makes authorities.
    pub trait Sealed {}
}

impl sealed::Sealed for OrgAdmin {}

impl KeyManager for OrgAdmin {
    fn organization(&self) -> &Organization {
        &self.member.organization
    }

    fn reach(&self) -> Reach {
        Reach::Organization
    }

    fn user(&self) -> Option<&UserId> {
        Some(&self.member.user)
    }

    fn actor(&self) -> Actor {
        person(&self.member.user, &self.member.name)
    }

    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

impl sealed::Sealed for KeyOwner {}

impl KeyManager for KeyOwner {
    fn organization(&self) -> &Organization {
        &self.member.organization
    }

    fn reach(&self) -> Reach {
        Reach::OwnedBy(self.member.user.clone())
    }

    fn is_administrator(&self) -> bool {
        self.member.role == Role::Admin
    }

    fn user(&self) -> Option<&UserId> {
        Some(&self.member.user)
    }

    fn actor(&self) -> Actor {
        person(&self.member.user, &self.member.name)
    }

    fn origin(&self) -> Origin {
        self.origin.clone()
    }
}

/// A person as the Activity Log names who acts.
pub(crate) fn person(id: &UserId, name: &Name) -> Actor {
    Actor { kind: ActorKind::User, id: id.to_string(), name: name.to_string() }
}

/// A program with an access token, or with a key that is sent as it is.
#[derive(Clone, Debug)]
pub struct ApiClient {
    organization: Organization,
    bearer: Bearer,
    reach: Reach,
    name: String,
    origin: Origin,
}

impl ApiClient {
    /// What its credential says.
    pub fn bearer(&self) -> &Bearer {
        &self.bearer
    }

    /// Whether its credential holds this scope.
    pub fn may(&self, scope: &str) -> bool {
        self.bearer.scope.contains(scope)
    }
}

impl sealed::Sealed for ApiClient {}

impl KeyManager for ApiClient {
    fn organization(&self) -> &Organization {
        &self.organization
    }

    fn reach(&self) -> Reach {
        self.reach.clone()
    }

    fn user(&self) -> Option<&UserId> {
        self.bearer.owner.as_ref()
    }

    fn actor(&self) -> Actor {
        Actor { kind: ActorKind::Client, id: self.bearer.client_id.to_string(), name: self.name.clone() }
    }

    fn origin(&self) -> Origin {
        self.origin.clone()
    }

    fn program(&self) -> Option<&ApiClient> {
        Some(self)
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

    /// The operator at work in one organization.
    pub fn in_organization(self, organization: Organization) -> OperatorIn {
        OperatorIn { organization }
    }
}

/// An operator at work in one organization.
#[derive(Clone, Debug)]
pub struct OperatorIn {
    organization: Organization,
}

impl sealed::Sealed for OperatorIn {}

impl KeyManager for OperatorIn {
    fn organization(&self) -> &Organization {
        &self.organization
    }

    fn reach(&self) -> Reach {
        Reach::Organization
    }

    fn user(&self) -> Option<&UserId> {
        None
    }

    fn actor(&self) -> Actor {
        Actor::operator()
    }

    fn origin(&self) -> Origin {
        Origin::default()
    }
}

/// Writes activity rows for one actor in one organization.
pub(crate) struct Issuer<'a> {
    pub organization: &'a OrganizationId,
    pub actor: Actor,
    pub origin: Origin,
}

impl<'a> Issuer<'a> {
    pub(crate) fn of(manager: &'a impl KeyManager) -> Self {
        Self { organization: &manager.organization().id, actor: manager.actor(), origin: manager.origin() }
    }
}

impl Service {
    /// The program behind a bearer credential for our own API. A key that is owned by a user does only what that user may
    /// do at this moment: an administrator manages every key, a member their own.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the credential is refused; a token for another audience is not one of ours.
    pub async fn api_client(
        &self,
        credential: &str,
        origin: Origin,
    ) -> Result<Result<ApiClient, BearerRefused>, Failure> {
        let bearer = match self.bearer(credential).await? {
            Ok(bearer) => bearer,
            Err(refused) => {
                if let BearerRefused::Secret(key, reason) = &refused {
                    self.count_refusal(Refused::Key(key.clone()), *reason, &origin);
                }
                return Ok(Err(refused));
            }
        };
        let for_us = bearer.access_token.as_ref().is_none_or(|token| token.audience == self.settings().issuer);
        let found = self.store.client_identity(&bearer.organization, &bearer.client_id).await?;
        let Some(identity) = found.filter(|_| for_us) else {
            return Ok(Err(BearerRefused::Invalid));
        };
        let reach = match (&bearer.owner, identity.owner_role) {
            (None, _) | (Some(_), Some(Role::Admin)) => Reach::Organization,
            (Some(owner), _) => Reach::OwnedBy(owner.clone()),
        };
        let mut bearer = bearer;
        let may_manage = |role| role == Role::Admin || identity.organization.policy.self_service.allows(role);
        if bearer.owner.is_some() && !identity.owner_role.is_some_and(may_manage) {
            // Its owner may not manage keys any more, so neither may it.
            bearer.scope = bearer.scope.without("keys:write");
        }
        self.count_use_of_key(&bearer, &origin);
        let name = identity.name.to_string();
        Ok(Ok(ApiClient { organization: identity.organization, bearer, reach, name, origin }))
    }

    /// Makes the rows of a change of the account `target`, one for each organization it concerns.
    pub(crate) fn account_entries(
        &self,
        actor: Actor,
        origin: Origin,
        event: Event,
        target: Target,
        details: Value,
    ) -> EntryFor {
        let (service, now) = (self.clone(), self.now());
        Box::new(move |organization| {
            let issuer = Issuer { organization, actor: actor.clone(), origin: origin.clone() };
            service.entry(&issuer, event, target.clone(), None, now, &details)
        })
    }

    pub(crate) fn entry(
        &self,
        issuer: &Issuer<'_>,
        event: Event,
        target: Target,
        environment: Option<EnvironmentSlug>,
        at: Timestamp,
        details: &Value,
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
            details: with_user_agent(details, &issuer.origin.user_agent),
        }
    }
}

fn with_user_agent(details: &Value, user_agent: &str) -> String {
    if user_agent.is_empty() {
        return details.to_string();
    }
    let mut details = details.clone();
    details["user_agent"] = user_agent.into();
    details.to_string()
}
