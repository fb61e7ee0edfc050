//! What every page in an organization begins with: who is there, in which organization and environment.

use app::{
    components::{create_form::CreateForm, first_token::TokenGuide, key_verbs::Viewer, moment::Clock},
    frame::{FrameView, Section},
    pages::{
        Page,
        locked::{Gate, LockedView},
    },
    routes::{KeyPages, Whose},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    key::AccessTokenFormat,
    name::Name,
    organization::{Environment, Organization},
    slug::EnvironmentSlug,
};
use service::{
    Failure, Service,
    authority::{Administrator, Denied, InSession, KeyManager, KeyOwner, OrgAdmin, OwnKeysDenied, Visitor},
    form::SessionName,
    store::Member,
};
use tower_sessions::Session;

use super::{
    flash,
    page::{self, HiddenPage, PageError},
    sections,
    session::SignedIn,
};
use crate::state::AppState;

/// Somebody who is let in at one of the doors of an organization.
pub trait LetIn: Clone + Send + 'static {
    /// Whose keys the frame leads to from their pages.
    const WHOSE: Whose;

    /// Lets a visitor in through all gates.
    fn enter(
        service: &Service,
        visitor: &Visitor,
        organization: &str,
    ) -> impl Future<Output = Result<Result<Self, Closed>, Failure>> + Send;

    /// The person.
    fn member(&self) -> &Member;
}

/// Somebody whose keys have pages in the console. The pages are the same, and so are their handlers; which door leads to
/// them differs, and where they are.
pub trait AtDesk: LetIn + KeyManager + InSession {}

impl AtDesk for OrgAdmin {}

impl AtDesk for KeyOwner {}

/// Why nobody was let in.
pub enum Closed {
    /// There is no such organization for this person.
    NotFound,
    /// A gate, and what the person is here.
    Gate(Box<Member>, Gate),
}

impl LetIn for OrgAdmin {
    const WHOSE: Whose = Whose::Organization;

    async fn enter(service: &Service, visitor: &Visitor, organization: &str) -> Result<Result<Self, Closed>, Failure> {
        Ok(service.org_admin(visitor, organization).await?.map_err(closed))
    }

    fn member(&self) -> &Member {
        OrgAdmin::member(self)
    }
}

impl LetIn for KeyOwner {
    const WHOSE: Whose = Whose::Own;

    async fn enter(service: &Service, visitor: &Visitor, organization: &str) -> Result<Result<Self, Closed>, Failure> {
        Ok(service.key_owner(visitor, organization).await?.map_err(|denied| match denied {
            OwnKeysDenied::NotFound => Closed::NotFound,
            OwnKeysDenied::SelfServiceOff { member, administrators } => {
                Closed::Gate(member, Gate::SelfService { administrators: names(&administrators) })
            }
            OwnKeysDenied::FeatureOff { member } => Closed::Gate(member, Gate::FeatureOff),
        }))
    }

    fn member(&self) -> &Member {
        KeyOwner::member(self)
    }
}

/// An administrator, whether API keys are on or not.
impl LetIn for Administrator {
    const WHOSE: Whose = Whose::Organization;

    async fn enter(service: &Service, visitor: &Visitor, organization: &str) -> Result<Result<Self, Closed>, Failure> {
        Ok(service.administrator(visitor, organization).await?.map_err(closed))
    }

    fn member(&self) -> &Member {
        Administrator::member(self)
    }
}

fn closed(denied: Denied) -> Closed {
    match denied {
        Denied::NotFound => Closed::NotFound,
        Denied::Role { member, administrators } => {
            Closed::Gate(member, Gate::Role { administrators: names(&administrators) })
        }
        Denied::FeatureOff { member } => Closed::Gate(member, Gate::FeatureOff),
    }
}

fn names(administrators: &[Name]) -> Vec<String> {
    administrators.iter().map(ToString::to_string).collect()
}

/// Somebody at work in one environment.
pub struct Desk<M = OrgAdmin> {
    /// The person, with what they may do.
    pub manager: M,
    /// Every environment of the organization, with the number of live keys that everybody has in it.
    pub environments: Vec<Environment>,
    /// The one in the address.
    pub environment: Environment,
    /// The frame around the page.
    pub frame: FrameView,
    /// The time, as the person wants to be told it.
    pub clock: Clock,
    session_id: SessionName,
    session: Session,
}

impl<M: AtDesk> Desk<M> {
    /// Lets a person in through all gates.
    ///
    /// # Errors
    /// The page that says which gate is closed, or that there is nothing here.
    pub async fn open(
        state: &AppState,
        person: SignedIn,
        organization: &str,
        environment: &str,
    ) -> Result<Self, PageError> {
        Self::open_at(state, person, organization, Some(environment), Section::ApiKeys).await
    }

    /// Every environment with the number of live keys that these pages are about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counted(&self, state: &AppState) -> Result<Vec<Environment>, PageError> {
        match M::WHOSE {
            Whose::Organization => Ok(self.environments.clone()),
            Whose::Own => Ok(state.service.environments(&self.manager).await?),
        }
    }

    /// The person at the desk, as they stand to a key.
    pub fn viewer(&self) -> Viewer<'_> {
        Viewer { user: self.manager.user(), is_administrator: self.manager.is_administrator() }
    }

    /// An empty create form.
    pub fn create_form(&self, state: &AppState) -> CreateForm {
        let policy = &self.manager.organization().policy;
        let (pages, may_own_keys) = (self.frame.keys.clone(), self.frame.may_own_keys);
        CreateForm::new(pages, may_own_keys, self.form_value(state), policy, &self.clock)
    }
}

impl<M: LetIn> Desk<M> {
    /// Lets a person in to what belongs to no environment: the rail keeps the one they looked at last.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn open_organization(
        state: &AppState,
        person: SignedIn,
        organization: &str,
        section: Section,
    ) -> Result<Self, PageError> {
        Self::open_at(state, person, organization, None, section).await
    }

    async fn open_at(
        state: &AppState,
        person: SignedIn,
        organization: &str,
        environment: Option<&str>,
        section: Section,
    ) -> Result<Self, PageError> {
        let service = &state.service;
        let (member, manager) = match M::enter(service, &person.visitor, organization).await? {
            Ok(manager) => (manager.member().clone(), Ok(manager)),
            Err(Closed::NotFound) => return Err(PageError::not_found()),
            Err(Closed::Gate(member, gate)) => (*member, Err(gate)),
        };
        let environments = service.environments_of(&member).await?;
        let known = match environment {
            Some(slug) => environments.iter().find(|known| known.slug.as_str() == slug),
            None => sections::usual(&environments, person.last_environment.as_deref()),
        };
        let environment = known.cloned().ok_or_else(PageError::not_found)?;
        let memberships = service.memberships(&person.visitor).await?;
        let sign_out = service.form_value(&person.session_id);
        let frame = page::frame(&state.site, &member, memberships, &environments, &environment, sign_out, person.flash);
        match manager {
            Ok(manager) => {
                let keys = KeyPages::new(M::WHOSE, organization, environment.slug.as_str());
                let frame = FrameView { keys, ..frame };
                let clock = Clock::of(service.now(), &member);
                let SignedIn { session_id, session, .. } = person;
                Ok(Self { manager, environments, environment, frame, clock, session_id, session })
            }
            Err(gate) => Err(locked(state, frame, section, gate, &member.organization)),
        }
    }

    /// Goes on to the page at `address`, which says `words` once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn go_on(&self, address: &str, words: &str) -> Result<Response, PageError> {
        flash::leave(&self.session, words).await?;
        Ok(Redirect::to(address).into_response())
    }

    /// What to do with a key of the organization whose tokens have this format.
    pub fn token_guide(&self, state: &AppState, format: AccessTokenFormat) -> TokenGuide {
        let settings = state.service.settings();
        TokenGuide {
            public_url: settings.issuer.clone(),
            audience: settings.audience_of(&self.manager.member().organization.slug),
            algorithm: settings.signing_algorithm.as_str().to_owned(),
            format,
        }
    }

    /// The name of an environment of the organization; that of the one at hand where it is retired.
    pub fn name_of(&self, environment: &EnvironmentSlug) -> &Name {
        let known = self.environments.iter().find(|known| known.slug == *environment);
        &known.unwrap_or(&self.environment).name
    }

    /// A new hidden value for a form on this page.
    pub fn form_value(&self, state: &AppState) -> String {
        state.service.form_value(&self.session_id)
    }

    /// The id in a posted hidden value.
    ///
    /// # Errors
    /// When it was not made for this session.
    pub fn open_form(&self, state: &AppState, value: &str) -> Result<service::form::FormId, PageError> {
        state.service.open_form_value(&self.session_id, value).ok_or_else(PageError::stale_form)
    }
}

/// The page in place of one that is closed.
fn locked(state: &AppState, frame: FrameView, section: Section, gate: Gate, organization: &Organization) -> PageError {
    let view = LockedView {
        frame,
        section,
        gate,
        contact: organization.support_contact.named().map(str::to_owned),
        support_contact: state.site.support_contact.clone(),
    };
    PageError::Page(StatusCode::FORBIDDEN, Box::new(HiddenPage(Page::Locked(Box::new(view)))))
}
