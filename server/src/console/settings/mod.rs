//! An organization's settings: what its administrators may change. They work while API keys are off.

pub mod authentication;
pub mod environments;
pub mod organization;

use app::{
    frame::Section,
    pages::settings::{ApiKeysOff, SectionForm},
    words::organization_settings::section as words,
};
use axum::{http::StatusCode, response::Response};
use domain::{field::FieldError, organization::Organization};
use service::{
    authority::Administrator,
    settings::{LastChange, SettingsRefused},
};

use super::{confirm, desk::Desk, form::PostedForm, page::PageError, session::SignedIn};
use crate::state::AppState;

/// An administrator in front of the settings.
struct SettingsDesk {
    state: AppState,
    desk: Desk<Administrator>,
}

/// What the changes of the settings were counted to when the form was shown.
fn revision(posted: &PostedForm) -> Result<i64, PageError> {
    posted.get("revision").parse().map_err(|_| PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY))
}

/// Why a section comes back instead of being saved.
enum NotSaved {
    /// Fields to mend.
    Fields(Vec<FieldError>),
    /// Somebody else was faster: what the settings are like now, and who and when.
    Stale(Box<Organization>, Option<LastChange>),
}

impl NotSaved {
    /// What became of a change that was tried.
    fn of(outcome: Result<(), SettingsRefused>) -> Result<Result<(), Self>, PageError> {
        match outcome {
            Ok(()) => Ok(Ok(())),
            Err(SettingsRefused::Stale(now, last)) => Ok(Err(Self::Stale(now, last))),
            Err(SettingsRefused::NotFound) => Err(PageError::not_found()),
        }
    }
}

impl SettingsDesk {
    async fn open(state: AppState, person: SignedIn, slug: &str, section: Section) -> Result<Self, PageError> {
        let desk = Desk::open_organization(&state, person, slug, section).await?;
        Ok(Self { state, desk })
    }

    /// The same for somebody who has posted a form of ours.
    async fn posted(
        state: AppState,
        person: SignedIn,
        slug: &str,
        section: Section,
        posted: &PostedForm,
    ) -> Result<Self, PageError> {
        let at = Self::open(state, person, slug, section).await?;
        at.desk.open_form(&at.state, posted.get("form"))?;
        Ok(at)
    }

    fn organization(&self) -> &Organization {
        &self.desk.manager.member().organization
    }

    /// What to know while API keys are off.
    fn off(&self) -> Option<ApiKeysOff> {
        let support_contact = self.state.site.support_contact.clone();
        (!self.organization().api_keys).then_some(ApiKeysOff { support_contact })
    }

    /// What the form of every section carries.
    fn section(&self, organization: &Organization) -> SectionForm {
        let form = self.desk.form_value(&self.state);
        SectionForm { form, revision: organization.revision, ..SectionForm::default() }
    }

    /// The password is asked for before the rules for keys are changed, and what was typed is kept.
    fn ask_for_password(&self, action: &str, posted: &PostedForm) -> Response {
        confirm::ask(&self.state, self.desk.frame.user_email.clone(), action, posted)
    }

    /// Puts into a section why it comes back; the status of the page that shows it.
    fn explain(&self, section: SectionForm, not_saved: NotSaved) -> (StatusCode, SectionForm) {
        match not_saved {
            NotSaved::Fields(errors) => (StatusCode::UNPROCESSABLE_ENTITY, SectionForm { errors, ..section }),
            NotSaved::Stale(now, last) => {
                let who = last.map_or_else(
                    || words::CHANGED.to_owned(),
                    |last| words::changed(&last.actor.name, &self.desk.clock.time(last.at)),
                );
                (StatusCode::CONFLICT, SectionForm { revision: now.revision, changed: Some(who), ..section })
            }
        }
    }
}
