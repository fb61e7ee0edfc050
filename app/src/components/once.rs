//! A one-time link on the only page that shows it, to be handed over.

use leptos::prelude::*;

use super::form::textarea_text;
use crate::words::once as words;

/// The link, with a button that copies it.
#[component]
pub fn OneTimeLink(
    /// Id of the field, unique on the page.
    id: String,
    /// Whom or what it is for.
    label: String,
    /// The whole address.
    link: String,
) -> impl IntoView {
    let copy = words::copy(&label);
    view! {
        <div class="brass-sheet">
            <div class="brass-head"><label for=id.clone()>{label}</label></div>
            <textarea
                id=id.clone()
                class="secret"
                rows="2"
                readonly
                spellcheck="false"
                autocomplete="off"
                translate="no"
                dir="ltr"
                data-testid="link-field"
            >
                {textarea_text(&link)}
            </textarea>
            <p class="print-only">{words::PRINT}</p>
            <div class="brass-actions scripted">
                <button type="button" class="button" data-copy-field=id aria-label=copy>{words::COPY}</button>
            </div>
            <p class="copy-blocked" hidden>{words::COPY_BLOCKED}</p>
        </div>
    }
}
