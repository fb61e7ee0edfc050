//! Suspending and re-approving.

use app::{
    components::question::{IssuedTokensField, Question, Reapprove, Suspend},
    words::time,
};
use axum::{extract::State, response::Response};
use domain::{expiration::last_day_of, field::Refusal, key::Verb, name::Description};

use super::{KeyDesk, KeyPath, Refused, issued_tokens, revision};
use crate::{
    console::{confirm::ConfirmableForm, desk::AtDesk, form::PostedForm, page::PageError, session::SignedIn},
    state::AppState,
};

/// `GET …/suspend`.
pub async fn ask_suspend<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = match &at.kept {
        Some(kept) => question_suspend(&at, kept),
        None => Question::Suspend(Suspend {
            reason: String::new(),
            issued_tokens: IssuedTokensField::of([&at.key], at.live, &at.desk.clock),
        }),
    };
    at.ask(Verb::Suspend, question, Refused::default()).await
}

fn question_suspend<M: AtDesk>(at: &KeyDesk<M>, posted: &PostedForm) -> Question {
    let tokens = IssuedTokensField::of([&at.key], at.live, &at.desk.clock);
    let issued_tokens = tokens.map(|field| field.filled(issued_tokens(posted).as_str()));
    Question::Suspend(Suspend { reason: posted.get("reason").to_owned(), issued_tokens })
}

/// `POST …/suspend`.
pub async fn suspend<M: AtDesk>(
    State(state): State<AppState>,
    path: KeyPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (at, _) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    let stop = issued_tokens(&posted);
    let reason = match Description::parse(posted.get("reason")) {
        Ok(reason) => Some(reason).filter(|reason| !reason.as_str().is_empty()),
        Err(error) => {
            let question = question_suspend(&at, &posted);
            return at.ask(Verb::Suspend, question, Refused::fields(vec![error.of("reason")])).await;
        }
    };
    let (service, manager) = (&at.state.service, &at.desk.manager);
    match service.suspend_key(manager, &at.key.client_id, reason.as_ref(), stop, revision(&posted)).await? {
        Ok(_) => at.done(Verb::Suspend).await,
        Err(refused) => at.ask_again(Verb::Suspend, refused, |at| question_suspend(at, &posted)).await,
    }
}

/// `GET …/reapprove`.
pub async fn ask_reapprove<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = question_reapprove(&at);
    at.ask(Verb::Reapprove, question, Refused::default()).await
}

/// `POST …/reapprove`.
pub async fn reapprove<M: AtDesk>(
    State(state): State<AppState>,
    path: KeyPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (at, _) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    match at.state.service.reapprove_key(&at.desk.manager, &at.key.client_id, revision(&posted)).await? {
        Ok(_) => at.done(Verb::Reapprove).await,
        Err(refused) => at.ask_again(Verb::Reapprove, refused, question_reapprove).await,
    }
}

fn question_reapprove<M: AtDesk>(at: &KeyDesk<M>) -> Question {
    let expires = at.key.expires_at.map(|end| time::date(last_day_of(end, at.desk.clock.organization_zone())));
    Question::Reapprove(Reapprove { expires })
}
