//! Deactivating a person and letting them in again: a page that asks, naming the keys, and a form that acts.

use app::{
    pages::{
        Page,
        users::question::{Change, UserQuestionView},
    },
    routes,
    words::user_question as words,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    key::{ApiKey, StatusReason},
    time::Timestamp,
    user::UserState,
};
use service::store::KeyFilter;

use super::{PersonDesk, PersonPath};
use crate::{
    console::{
        confirm::ConfirmableForm,
        flash,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// Most keys that are read to be named.
const KEYS_READ: u32 = 500;

/// `GET …/users/{user}/deactivate`.
pub async fn ask_deactivate(
    State(state): State<AppState>,
    person: SignedIn,
    path: PersonPath,
) -> Result<Response, PageError> {
    ask(PersonDesk::open(state, person, path).await?, Change::Deactivate).await
}

/// `GET …/users/{user}/reactivate`.
pub async fn ask_reactivate(
    State(state): State<AppState>,
    person: SignedIn,
    path: PersonPath,
) -> Result<Response, PageError> {
    ask(PersonDesk::open(state, person, path).await?, Change::Reactivate).await
}

async fn ask(at: PersonDesk, change: Change) -> Result<Response, PageError> {
    let is_active = at.person.membership.state == UserState::Active;
    match change {
        Change::Deactivate if at.person.only_administrator => return Err(at.conflict(at.last_administrator())),
        Change::Deactivate if !is_active => return Err(at.conflict(words::done_before(change, at.name()))),
        Change::Reactivate if is_active => return Err(at.conflict(words::done_before(change, at.name()))),
        Change::Deactivate | Change::Reactivate => {}
    }
    let filter = match change {
        Change::Deactivate => KeyFilter::Active,
        Change::Reactivate => KeyFilter::Suspended,
    };
    let (service, desk) = (&at.state.service, &at.desk);
    let owned = service.keys_of_person(&desk.manager, at.id(), filter, KEYS_READ).await?;
    let concerned = |key: &&ApiKey| change == Change::Deactivate || waits_for_owner(key, desk.clock.now());
    let view = UserQuestionView {
        person: at.row(),
        change,
        keys: owned.keys.iter().filter(concerned).map(|key| key.name.to_string()).collect(),
        form: desk.form_value(&at.state),
        frame: at.desk.frame,
    };
    Ok(page::render(&at.state.site, StatusCode::OK, Page::UserQuestion(Box::new(view))))
}

/// Whether a key is stopped for no other reason than its owner.
fn waits_for_owner(key: &ApiKey, now: Timestamp) -> bool {
    key.suspended.is_none() && key.status_reason(now) == Some(StatusReason::OwnerDeactivated)
}

/// `POST …/users/{user}/deactivate`: sessions and keys stop with it.
pub async fn deactivate(
    State(state): State<AppState>,
    path: PersonPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (visitor, session) = (person.visitor.clone(), person.session.clone());
    let at = PersonDesk::posted(state, person, path, &posted).await?;
    let done = at.state.service.set_membership_state(&at.desk.manager, at.id(), UserState::Deactivated).await?;
    done.map_err(|refused| at.refused(&refused))?;
    if !at.is_you() {
        return at.done(&words::done(Change::Deactivate, at.name())).await;
    }
    if at.state.service.memberships(&visitor).await?.is_empty() {
        // The last session ended with it.
        return Ok(Redirect::to(routes::SIGNED_OUT).into_response());
    }
    flash::leave(&session, &words::left(&at.desk.frame.org.name)).await?;
    Ok(Redirect::to(routes::HOME).into_response())
}

/// `POST …/users/{user}/reactivate`.
pub async fn reactivate(
    State(state): State<AppState>,
    path: PersonPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let at = PersonDesk::posted(state, person, path, &posted).await?;
    let done = at.state.service.set_membership_state(&at.desk.manager, at.id(), UserState::Active).await?;
    done.map_err(|refused| at.refused(&refused))?;
    at.done(&words::done(Change::Reactivate, at.name())).await
}
