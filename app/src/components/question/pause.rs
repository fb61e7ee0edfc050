//! Stopping a key for a while, and letting it work again.

use domain::field::FieldError;
use leptos::prelude::*;

use super::{
    PREFIX,
    issued_tokens::{IssuedTokens, IssuedTokensField},
};
use crate::components::form::TextField;

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
    let refused = match issued_tokens {
        Some(_) => "New token requests are refused until you re-approve it.",
        None => "Every request with it is refused until you re-approve it.",
    };
    view! {
        <p id="question-message">{refused}" Nothing is deleted, and its expiry doesn't move."</p>
        {issued_tokens.map(|field| view! { <IssuedTokens field /> })}
        <TextField
            prefix=PREFIX
            name="reason"
            label="Reason"
            hint="Shown in the Activity Log."
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
    let end = match reapprove.expires {
        Some(date) => format!("and still expires on {date}"),
        None => "and still has no expiration".to_owned(),
    };
    view! { <p id="question-message">{format!("It works again straight away {end}.")}</p> }
}
