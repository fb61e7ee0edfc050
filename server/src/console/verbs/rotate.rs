//! A new secret.

use app::{
    components::{
        expiration::ExpirationField,
        question::{Question, Rotate},
    },
    pages::{
        Page,
        key_created::{AlreadyCreatedView, Occasion, Repeated},
    },
    words::question as words,
};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    expiration::Expiration,
    field::{FieldError, Refusal, keep},
    key::{ApiKey, Verb},
    time::Timestamp,
};
use service::{
    keys::{GRACE_MAX_S, IssuedKey, Once, Rotated, Rotation},
    store::IssuedTokens,
};

use super::{KeyDesk, KeyPath, Refused, issued_tokens, revision};
use crate::{
    console::{
        confirm::{self, ConfirmableForm},
        desk::AtDesk,
        form::PostedForm,
        keys,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// `GET …/rotate`.
pub async fn ask<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = at.kept.as_ref().map_or_else(|| Question::Rotate(Box::new(empty(&at))), |typed| filled(&at, typed));
    at.ask(Verb::Rotate, question, Refused::default()).await
}

/// `POST …/rotate`. The answer is the only page that ever shows the new secret.
pub async fn rotate<M: AtDesk>(
    State(state): State<AppState>,
    path: KeyPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (at, form) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    let rotation = match read(&at, &posted) {
        Ok(rotation) => rotation,
        Err(errors) => {
            let question = filled(&at, &posted);
            return at.ask(Verb::Rotate, question, Refused::fields(errors)).await;
        }
    };
    let service = &at.state.service;
    let Some(maker) = service.recent(&at.desk.manager) else {
        let action = at.desk.frame.keys.rotate(at.key.client_id.as_str());
        return Ok(confirm::ask(&at.state, at.desk.frame.user_email, &action, &posted));
    };
    let once = Some(Once::Form(form));
    match service.rotate_key(&maker, &at.key.client_id, rotation, once, revision(&posted)).await? {
        Ok(Rotated::Issued(issued)) => Ok(show_secret(at, &issued).await),
        Ok(Rotated::Replayed(key)) => Ok(shown_before(at, &key)),
        Err(refused) => at.ask_again(Verb::Rotate, refused, |at| filled(at, &posted)).await,
    }
}

fn empty<M: AtDesk>(at: &KeyDesk<M>) -> Rotate {
    let policy = at.desk.manager.organization().expiration_policy();
    let expiration = ExpirationField::for_rotation(at.key.expires_at, policy, &at.desk.clock);
    Rotate::of(&at.key, at.live, expiration, &at.desk.clock)
}

fn filled<M: AtDesk>(at: &KeyDesk<M>, posted: &PostedForm) -> Question {
    let question = empty(at);
    let (expiration, expires_on) = (posted.get("expiration").to_owned(), posted.get("expires_on").to_owned());
    Question::Rotate(Box::new(Rotate {
        grace_s: posted.get("grace_s").to_owned(),
        issued_tokens: question.issued_tokens.map(|field| field.filled(issued_tokens(posted).as_str())),
        expiration: question.expiration.filled(expiration, expires_on),
        ..question
    }))
}

fn read<M: AtDesk>(at: &KeyDesk<M>, posted: &PostedForm) -> Result<Rotation, Vec<FieldError>> {
    let mut errors = Vec::new();
    let grace_s = posted.get("grace_s").parse().ok().filter(|grace_s| *grace_s <= GRACE_MAX_S);
    let unchosen = || FieldError::new("grace_s", "required", words::rotate::GRACE_REQUIRED);
    let grace_s = keep(grace_s.ok_or_else(unchosen), &mut errors);
    let expires_at = keep(expires_at(at, posted), &mut errors);
    match (grace_s, expires_at) {
        (Some(grace_s), Some(expires_at)) => {
            // Tokens are stopped only with the secret they came from.
            let issued_tokens = if grace_s == 0 { issued_tokens(posted) } else { IssuedTokens::RunOut };
            Ok(Rotation { grace_s, expires_at, issued_tokens })
        }
        _ => Err(errors),
    }
}

/// The new end of the key; `None` leaves it as it is.
fn expires_at<M: AtDesk>(at: &KeyDesk<M>, posted: &PostedForm) -> Result<Option<Option<Timestamp>>, FieldError> {
    let choice = posted.get("expiration");
    if choice == "same" {
        return Ok(None);
    }
    let (clock, organization) = (&at.desk.clock, at.desk.manager.organization());
    Expiration::parse(choice, posted.get("expires_on"))
        .and_then(|choice| choice.ends_at(clock.now(), clock.organization_zone(), organization.expiration_policy()))
        .map(Some)
        .map_err(|error| error.of(error.field()))
}

async fn show_secret<M: AtDesk>(at: KeyDesk<M>, issued: &IssuedKey) -> Response {
    let clock = &at.desk.clock;
    let previous = issued.key.previous_secret(clock.now()).and_then(|previous| previous.ends_at);
    let occasion = Occasion::Rotated { previous_ends: previous.map(|end| clock.soon(end)) };
    keys::show_secret(&at.state, at.desk, issued, occasion).await
}

fn shown_before<M: AtDesk>(at: KeyDesk<M>, key: &ApiKey) -> Response {
    let view = AlreadyCreatedView {
        frame: at.desk.frame,
        name: key.name.to_string(),
        client_id: key.client_id.to_string(),
        done: Repeated::Rotation,
    };
    page::render(&at.state.site, StatusCode::OK, Page::AlreadyCreated(Box::new(view)))
}
