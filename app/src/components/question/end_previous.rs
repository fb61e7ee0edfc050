//! Ending the previous secret while something uses it.

use leptos::prelude::*;

use crate::words::question::end_previous as words;

/// What says that somebody has read that the secret is in use.
pub const SEEN: &str = "seen_in_use";

/// What ending the previous secret means.
#[derive(Clone, Debug)]
pub struct EndPrevious {
    /// When it ends by itself: "22 Nov, 14:05".
    pub ends: String,
    /// When it was last used, where it was: "4 minutes ago".
    pub last_used: Option<String>,
}

#[component]
pub(super) fn Fields(end: EndPrevious) -> impl IntoView {
    view! {
        <div id="question-message">
            <p>{words::message(&end.ends)}</p>
            <p class="evidence">{words::evidence(end.last_used.as_deref())}</p>
        </div>
        <input type="hidden" name=SEEN value="true" />
    }
}
