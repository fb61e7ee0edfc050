//! Stopping a key for a while, and letting it work again.

use domain::field::FieldError;
use leptos::prelude::*;

use super::{
    PREFIX,
    issued_tokens::{IssuedTokens, IssuedTokensField, MOST_MINUTES},
};
use crate::{
    components::form::TextField,
    words::question::{self, suspend as words},
};

/// What suspending means for a key.
#[derive(Clone, Debug)]
pub struct Suspend {
    /// Note for the Activity Log, filled in.
    pub reason: String,
    /// What becomes of its tokens, where it can have any.
    pub issued_tokens: Option<IssuedTokensField>,
}

#[component]
pub(super) fn SuspendFields(suspend: Suspend, errors: Vec<FieldError>) -> impl IntoView {
    let Suspend { reason, issued_tokens } = suspend;
    let (refused, last) = match issued_tokens {
        Some(_) => (words::NO_NEW_TOKENS, Some(words::tokens_last(MOST_MINUTES))),
        None => (words::NO_REQUESTS, None),
    };
    view! {
        <p id="question-message">{refused}{words::WHAT_STAYS}{last}</p>
        {issued_tokens.map(|field| view! { <IssuedTokens field said=true /> })}
        <TextField
            prefix=PREFIX
            name="reason"
            label=words::REASON
            hint=words::REASON_HINT
            required=false
            value=reason
            errors
        />
    }
}

/// What re-approving means for a key.
#[derive(Clone, Debug)]
pub struct Reapprove {
    /// When it ends: "19 Feb 2027".
    pub expires: Option<String>,
}

#[component]
pub(super) fn ReapproveFields(reapprove: Reapprove) -> impl IntoView {
    view! { <p id="question-message">{question::reapprove::message(reapprove.expires.as_deref())}</p> }
}
