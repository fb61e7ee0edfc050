//! What becomes of access tokens that a key was exchanged for before it is stopped.

use domain::{
    key::{ApiKey, Kind},
    organization::TOKEN_LIFETIME_S,
};
use leptos::prelude::*;
use service::store::LiveTokens;

use crate::{
    components::{
        moment::Clock,
        tiles::{Tile, Tiles},
    },
    words::question::issued_tokens as words,
};

/// How long an access token lives at most, minutes.
pub(super) const MOST_MINUTES: u32 = *TOKEN_LIFETIME_S.end() / 60;

/// The choice.
#[derive(Clone, Debug)]
pub struct IssuedTokensField {
    /// "12 live, the last at 14:32".
    pub evidence: String,
    /// `run_out` or `stop`.
    pub chosen: String,
}

impl IssuedTokensField {
    /// The choice for keys of which so many tokens are live; keys that are sent as they are have none.
    pub fn of<'a>(keys: impl IntoIterator<Item = &'a ApiKey>, live: LiveTokens, clock: &Clock) -> Option<Self> {
        let exchanged = keys.into_iter().any(|key| key.kind == Kind::Client);
        let evidence = live.last_ends_at.map(|last| words::live(live.count, &clock.time(last)));
        let evidence = evidence.unwrap_or_else(|| words::NONE_LIVE.to_owned());
        exchanged.then(|| Self { evidence, chosen: "run_out".to_owned() })
    }

    /// The same, as a person filled it in.
    pub fn filled(self, chosen: &str) -> Self {
        Self { chosen: chosen.to_owned(), ..self }
    }
}

/// The choice's markup.
#[component]
pub fn IssuedTokens(
    /// Its contents.
    field: IssuedTokensField,
    /// Whether what is said above has said how long tokens stay valid.
    #[prop(optional)]
    said: bool,
) -> impl IntoView {
    let stay_valid = (!said).then(|| view! { <p class="hint">{words::stay_valid(MOST_MINUTES)}</p> });
    let tiles =
        vec![Tile::new("run_out", words::RUN_OUT, field.evidence), Tile::new("stop", words::STOP, words::STOP_DETAIL)];
    view! {
        <fieldset class="field issued-tokens">
            <legend>{words::LEGEND}</legend>
            {stay_valid}
            <Tiles name="issued_tokens" tiles chosen=field.chosen wide=true />
        </fieldset>
    }
}
