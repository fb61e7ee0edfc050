//! What every page about keys begins with: who is there, in which organization and environment.

use app::{
    components::{create_form::CreateForm, moment::Clock},
    frame::FrameView,
    pages::{
        Page,
        locked::{Gate, LockedView},
    },
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::organization::Environment;
use service::authority::{Denied, KeyManager, OrgAdmin};
use tower_sessions::Session;

use super::{
    flash,
    page::{self, HiddenPage, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// An administrator at work in one environment.
pub struct Desk {
    /// The administrator.
    pub admin: OrgAdmin,
    /// Every environment of the organization.
    pub environments: Vec<Environment>,
    /// The one in the address.
    pub environment: Environment,
    /// The frame around the page.
    pub frame: FrameView,
    /// The time, in the organization's zone.
    pub clock: Clock,
    session_id: String,
    session: Session,
}

impl Desk {
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
        Self::open_at(state, person, organization, Some(environment)).await
    }

    /// The same for what belongs to no environment: the rail keeps the first.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub async fn open_organization(state: &AppState, person: SignedIn, organization: &str) -> Result<Self, PageError> {
        Self::open_at(state, person, organization, None).await
    }

    async fn open_at(
        state: &AppState,
        person: SignedIn,
        organization: &str,
        environment: Option<&str>,
    ) -> Result<Self, PageError> {
        let service = &state.service;
        let (member, gate, admin) = match service.org_admin(&person.visitor, organization).await? {
            Ok(admin) => (admin.member().clone(), None, Some(admin)),
            Err(Denied::NotFound) => return Err(PageError::not_found()),
            Err(Denied::Role { member, administrators }) => {
                let administrators = administrators.iter().map(ToString::to_string).collect();
                (*member, Some(Gate::Role { administrators }), None)
            }
            Err(Denied::FeatureOff { member }) => (*member, Some(Gate::FeatureOff), None),
        };
        let environments = service.environments_of(&member).await?;
        let known = environments.iter().find(|known| environment.is_none_or(|slug| known.slug.as_str() == slug));
        let environment = known.cloned().ok_or_else(PageError::not_found)?;
        let memberships = service.memberships(&person.visitor).await?;
        let sign_out = service.form_value(&person.session_id);
        let frame = page::frame(&state.site, &member, memberships, &environments, &environment, sign_out, person.flash);
        match (admin, gate) {
            (Some(admin), _) => {
                let clock = Clock::new(service.now(), member.organization.zone());
                let SignedIn { session_id, session, .. } = person;
                Ok(Self { admin, environments, environment, frame, clock, session_id, session })
            }
            (None, gate) => Err(locked(state, frame, gate.unwrap_or(Gate::FeatureOff))),
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

    /// An empty create form.
    pub fn create_form(&self, state: &AppState) -> CreateForm {
        let organization = self.admin.organization();
        CreateForm::new(
            self.frame.org.clone(),
            page::place(&self.environment),
            self.form_value(state),
            &organization.policy,
            &self.clock,
        )
    }
}

fn locked(state: &AppState, frame: FrameView, gate: Gate) -> PageError {
    let view = LockedView { frame, gate, support_contact: state.site.support_contact.clone() };
    PageError::Page(StatusCode::FORBIDDEN, Box::new(HiddenPage(Page::Locked(Box::new(view)))))
}
