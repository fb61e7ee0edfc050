//! Removing a key: how strictly it asks depends on whether something uses the key.

use domain::field::FieldError;
use leptos::prelude::*;

use super::{
    PREFIX,
    issued_tokens::{IssuedTokens, IssuedTokensField, MOST_MINUTES},
};
use crate::{
    components::form::TextField,
    words::question::{issued_tokens::stay_valid, remove as words},
};

/// What removing means for a key.
#[derive(Clone, Debug)]
pub struct Remove {
    /// Environment's display name.
    pub env_name: String,
    /// "Last used 4 minutes ago from 203.0.113.7."
    pub evidence: String,
    /// Whether the name must be typed, because something used the key in the last 24 hours.
    pub confirm: bool,
    /// What was typed of it.
    pub typed: String,
    /// Address of the gentler way, where it is open.
    pub suspend: Option<String>,
    /// What becomes of its tokens, where it can have any.
    pub issued_tokens: Option<IssuedTokensField>,
}

#[component]
pub(super) fn Fields(remove: Remove, errors: Vec<FieldError>) -> impl IntoView {
    let Remove { env_name, evidence, confirm, typed, suspend, issued_tokens } = remove;
    let hint = words::CONFIRM_NAME_HINT;
    let stay_valid = issued_tokens.is_some().then(|| format!(" {}", stay_valid(MOST_MINUTES)));
    view! {
        <div id="question-message">
            <p>{words::message(&env_name, issued_tokens.is_some())}{stay_valid}</p>
            <p class="evidence">{evidence}</p>
            <p>{words::WHEN}</p>
        </div>
        {issued_tokens.map(|field| view! { <IssuedTokens field said=true /> })}
        {confirm.then(|| view! { <TextField prefix=PREFIX name="confirm_name" label=words::CONFIRM_NAME hint value=typed errors /> })}
        {suspend
            .map(|href| {
                view! {
                    <p class="hint"><a href=href data-opens="question">{words::SUSPEND_INSTEAD}</a></p>
                }
            })}
    }
}
