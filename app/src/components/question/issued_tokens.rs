//! What becomes of access tokens that a key was exchanged for before it is stopped.

use domain::{
    key::{ApiKey, Kind},
    organization::TOKEN_LIFETIME_S,
    time::Timestamp,
};
use leptos::prelude::*;

use crate::{
    components::{
        moment::Clock,
        tiles::{Tile, Tiles},
    },
    words::question::issued_tokens as words,
};

/// The choice.
#[derive(Clone, Debug)]
pub struct IssuedTokensField {
    /// "The last one ends by 14:32 at the latest."
    pub evidence: String,
    /// `run_out` or `stop`.
    pub chosen: String,
}

impl IssuedTokensField {
    /// The choice for a key; a key that is sent as it is has no access tokens.
    pub fn of(key: &ApiKey, clock: &Clock) -> Option<Self> {
        Self::of_several([key], clock)
    }

    /// The choice for several keys at once.
    pub fn of_several<'a>(keys: impl IntoIterator<Item = &'a ApiKey>, clock: &Clock) -> Option<Self> {
        let clients: Vec<_> = keys.into_iter().filter(|key| key.kind == Kind::Client).collect();
        let last = clients.iter().filter_map(|key| last_token_ends(key)).max();
        let evidence = evidence(last, clock);
        (!clients.is_empty()).then(|| Self { evidence, chosen: "run_out".to_owned() })
    }

    /// The same, as a person filled it in.
    pub fn filled(self, chosen: &str) -> Self {
        Self { chosen: chosen.to_owned(), ..self }
    }
}

/// No token lives longer than an hour after the last use, nor than its key.
fn last_token_ends(key: &ApiKey) -> Option<Timestamp> {
    let last = key.last_used_at?.plus_seconds((*TOKEN_LIFETIME_S.end()).into());
    Some(key.expires_at.map_or(last, |end| last.min(end)))
}

fn evidence(last: Option<Timestamp>, clock: &Clock) -> String {
    match last {
        None => words::NONE_ISSUED.to_owned(),
        Some(last) if last <= clock.now() => words::NONE_LIVE.to_owned(),
        Some(last) => words::last_ends(&clock.time(last)),
    }
}

/// The choice's markup.
#[component]
pub fn IssuedTokens(
    /// Its contents.
    field: IssuedTokensField,
) -> impl IntoView {
    let tiles =
        vec![Tile::new("run_out", words::RUN_OUT, field.evidence), Tile::new("stop", words::STOP, words::STOP_DETAIL)];
    view! {
        <fieldset class="field issued-tokens">
            <legend>{words::LEGEND}</legend>
            <Tiles name="issued_tokens" tiles chosen=field.chosen wide=true />
        </fieldset>
    }
}
