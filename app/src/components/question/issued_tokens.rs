//! What becomes of access tokens that a key was exchanged for before it is stopped.

use domain::{
    key::{ApiKey, Kind},
    organization::TOKEN_LIFETIME_S,
};
use leptos::prelude::*;

use crate::components::{
    moment::Clock,
    tiles::{Tile, Tiles},
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
        (key.kind == Kind::Client).then(|| Self { evidence: evidence(key, clock), chosen: "run_out".to_owned() })
    }

    /// The same, as a person filled it in.
    pub fn filled(self, chosen: &str) -> Self {
        Self { chosen: chosen.to_owned(), ..self }
    }
}

/// No token lives longer than an hour after the last use, nor than its key.
fn evidence(key: &ApiKey, clock: &Clock) -> String {
    let Some(used) = key.last_used_at else {
        return "None has been issued yet.".to_owned();
    };
    let last = used.plus_seconds((*TOKEN_LIFETIME_S.end()).into());
    let last = key.expires_at.map_or(last, |end| last.min(end));
    if last <= clock.now() {
        "None is live any more.".to_owned()
    } else {
        format!("The last one ends by {}.", clock.time(last))
    }
}

#[component]
pub(super) fn IssuedTokens(field: IssuedTokensField) -> impl IntoView {
    let tiles = vec![
        Tile::new("run_out", "Let them run out", field.evidence),
        Tile::new(
            "stop",
            "Stop them now",
            "Resource servers that check offline learn of it only when the token expires.",
        ),
    ];
    view! {
        <fieldset class="field issued-tokens">
            <legend>"Access tokens already issued"</legend>
            <Tiles name="issued_tokens" tiles chosen=field.chosen wide=true />
        </fieldset>
    }
}
