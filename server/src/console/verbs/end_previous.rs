//! The end of the secret before the present one.

use app::{
    components::question::{EndPrevious, Question, SEEN},
    pages::key::SecretRow,
};
use axum::{extract::State, response::Response};
use domain::key::Verb;

use super::{KeyDesk, KeyPath, Refused, revision};
use crate::{
    console::{desk::AtDesk, form::PostedForm, page::PageError, session::SignedIn},
    state::AppState,
};

/// `GET …/end-previous-secret`.
pub async fn ask<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = question(&at);
    at.ask(Verb::EndPreviousSecret, question, Refused::default()).await
}

/// `POST …/end-previous-secret`. One that is in use ends only when that was read.
pub async fn end<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let (at, _) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    let in_use = previous(&at).is_some_and(|secret| secret.in_use);
    if in_use && posted.get(SEEN).is_empty() {
        let question = question(&at);
        return at.ask(Verb::EndPreviousSecret, question, Refused::default()).await;
    }
    match at.state.service.end_previous_secret(&at.desk.manager, &at.key.client_id, revision(&posted)).await? {
        Ok(_) => at.done(Verb::EndPreviousSecret).await,
        Err(refused) => at.ask_again(Verb::EndPreviousSecret, refused, question).await,
    }
}

fn previous<M: AtDesk>(at: &KeyDesk<M>) -> Option<SecretRow> {
    SecretRow::all(&at.key, &at.desk.clock).into_iter().find(|secret| secret.ends.is_some())
}

fn question<M: AtDesk>(at: &KeyDesk<M>) -> Question {
    let previous = previous(at);
    let ends = previous.as_ref().and_then(|secret| secret.ends.as_ref()).map(|ends| ends.exact.clone());
    let last_used = previous.and_then(|secret| secret.last_used).map(|at| at.words);
    Question::EndPrevious(EndPrevious { ends: ends.unwrap_or_default(), last_used })
}
