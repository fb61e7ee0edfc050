//! Rotating a key: how long both secrets work, and when the key ends.

use domain::{field::FieldError, key::ApiKey};
use leptos::prelude::*;
use service::store::LiveTokens;

use super::{
    PREFIX,
    issued_tokens::{IssuedTokens, IssuedTokensField},
};
use crate::{
    components::{
        expiration::{ExpirationField, ExpirationFields},
        form::{ErrorText, described_by, error_of},
        moment::Clock,
        tiles::{Tile, Tiles},
    },
    words::question::rotate as words,
};

/// How long the present secret goes on working: value in seconds and its name.
const GRACES: [(&str, &str); 4] =
    [("0", words::STOP_NOW), ("3600", words::ONE_HOUR), ("86400", words::ONE_DAY), ("604800", words::ONE_WEEK)];

/// What a rotation may be.
#[derive(Clone, Debug)]
pub struct Rotate {
    /// How long the present secret goes on working.
    pub graces: Vec<Tile>,
    /// Which of them is chosen, seconds.
    pub grace_s: String,
    /// What becomes of tokens when it stops now, where the key can have any.
    pub issued_tokens: Option<IssuedTokensField>,
    /// When the key ends.
    pub expiration: ExpirationField,
    /// Whether a previous secret still works, which this would end.
    pub rotating: bool,
    /// Whether the key is suspended, and stays so.
    pub suspended: bool,
    /// Whether its secret was found in public, so that it gets no grace.
    pub exposed: bool,
}

impl Rotate {
    /// The question for a key.
    pub fn of(key: &ApiKey, live: LiveTokens, expiration: ExpirationField, clock: &Clock) -> Self {
        let until = |seconds: i64| match seconds {
            0 => words::ENDS_AT_ONCE.to_owned(),
            _ => words::until(&clock.soon(clock.now().plus_seconds(seconds))),
        };
        let (most, grace_s) = if key.has_grace() { (GRACES.len(), "86400") } else { (1, "0") };
        let graces = GRACES.into_iter().take(most).map(|(value, label)| {
            let detail = value.parse().map(until).unwrap_or_default();
            Tile::new(value, label, detail)
        });
        Self {
            graces: graces.collect(),
            grace_s: grace_s.to_owned(),
            issued_tokens: IssuedTokensField::of([key], live, clock),
            expiration,
            rotating: key.previous_secret(clock.now()).is_some(),
            suspended: key.suspended.is_some() || key.owner_deactivated,
            exposed: key.is_exposed(),
        }
    }
}

#[component]
pub(super) fn Fields(rotate: Rotate, errors: Vec<FieldError>) -> impl IntoView {
    let Rotate { graces, grace_s, issued_tokens, expiration, rotating, suspended, exposed } = rotate;
    let error = error_of(&errors, "grace_s");
    let described = described_by("question-grace_s", false, error.is_some());
    view! {
        <div id="question-message">
            <p>{words::MESSAGE}</p>
            {rotating.then(|| view! { <p class="evidence">{words::ENDS_PREVIOUS}</p> })}
            {exposed.then(|| view! { <p class="evidence">{words::EXPOSED}</p> })}
            {suspended.then(|| view! { <p class="evidence">{words::STAYS_SUSPENDED}</p> })}
        </div>
        <fieldset class="field" id="question-grace_s" tabindex="-1" aria-describedby=described>
            <legend>{words::GRACE}</legend>
            <ErrorText id="question-grace_s" error />
            <Tiles name="grace_s" tiles=graces chosen=grace_s wide=true />
            <p class="stop-note">{words::STOP_NOW_NOTE}</p>
        </fieldset>
        {issued_tokens.map(|field| view! { <div class="stopping"><IssuedTokens field /></div> })}
        <ExpirationFields legend=words::EXPIRATION prefix=PREFIX field=expiration errors />
    }
}
