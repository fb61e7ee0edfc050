//! Removing.

use app::components::{
    key_verbs,
    question::{IssuedTokensField, Question, Remove},
};
use axum::{extract::State, response::Response};
use domain::key::Verb;
use service::store::IssuedTokens;

use super::{KeyDesk, KeyPath, Refused, issued_tokens, revision};
use crate::{
    console::{confirm::ConfirmableForm, desk::AtDesk, form::PostedForm, keys, page::PageError, session::SignedIn},
    state::AppState,
};

/// The name of the key, typed again.
const NAME: &str = "confirm_name";

/// `GET …/remove`.
pub async fn ask<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    path: KeyPath,
) -> Result<Response, PageError> {
    let at = KeyDesk::<M>::open(state, person, path).await?;
    let question = question(&at, at.kept.as_ref());
    at.ask(Verb::Revoke, question, Refused::default()).await
}

/// `POST …/remove`. A key in use is removed only when its name was typed.
pub async fn remove<M: AtDesk>(
    State(state): State<AppState>,
    path: KeyPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (at, _) = KeyDesk::<M>::posted(state, person, path, &posted).await?;
    let stop = issued_tokens(&posted);
    if let Some(error) = at.state.service.unconfirmed(&at.key, posted.get(NAME)) {
        let question = question(&at, Some(&posted));
        return at.ask(Verb::Revoke, question, Refused::fields(vec![error])).await;
    }
    match at.state.service.revoke_key(&at.desk.manager, &at.key.client_id, stop, revision(&posted)).await? {
        Ok(_) => at.done_at(Verb::Revoke, &at.desk.frame.keys.list()).await,
        Err(refused) => at.ask_again(Verb::Revoke, refused, |at| question(at, Some(&posted))).await,
    }
}

fn question<M: AtDesk>(at: &KeyDesk<M>, posted: Option<&PostedForm>) -> Question {
    let tokens = posted.map_or(IssuedTokens::RunOut, issued_tokens);
    let typed = posted.map_or("", |posted| posted.get(NAME));
    let row = keys::row(&at.desk, &at.key);
    let closed = key_verbs::refusal(Verb::Suspend, &at.key, at.desk.viewer(), at.desk.clock.now());
    let suspend = closed.is_none().then(|| at.desk.frame.keys.suspend(at.key.client_id.as_str()));
    Question::Remove(Remove {
        env_name: at.desk.environment.name.to_string(),
        evidence: row.evidence,
        confirm: row.in_use,
        typed: typed.to_owned(),
        suspend,
        issued_tokens: IssuedTokensField::of([&at.key], at.live, &at.desk.clock)
            .map(|field| field.filled(tokens.as_str())),
    })
}
