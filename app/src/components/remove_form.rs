//! The question asked before a key is removed: on its own page and in the dialog over the list.

use domain::field::FieldError;
use leptos::prelude::*;

use super::{
    form::{ErrorText, FormToken, error_of},
    key_mark::KeyMark,
};

/// What the question names. Empty texts are filled in by the island.
#[derive(Clone, Debug, Default)]
pub struct RemoveForm {
    /// Where the form posts.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel: String,
    /// MAC.
    pub form: String,
    /// Name of the key.
    pub name: String,
    /// Its public identifier.
    pub client_id: String,
    /// Environment's display name.
    pub env_name: String,
    /// "Last used 4 minutes ago from 203.0.113.7."
    pub evidence: String,
    /// Whether the name must be typed, because something used the key in the last 24 hours.
    pub confirm: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The question's markup, below its heading.
#[component]
pub fn RemoveKeyForm(
    /// Its contents.
    form: RemoveForm,
) -> AnyView {
    let RemoveForm { action, cancel, form, name, client_id, env_name, evidence, confirm, errors } = form;
    let error = error_of(&errors, "confirm_name");
    view! {
        <form class="form" method="post" action=action data-remove="">
            <FormToken value=form />
            <p class="key-line">
                <KeyMark client_id=client_id.clone() />
                <strong data-slot="name">{name}</strong>
                <bdi class="mono" dir="ltr" data-slot="client_id">{client_id}</bdi>
            </p>
            <div id="remove-message">
                <p>
                    "It stops working for new access tokens at once, in "{env_name}
                    ", and can't be restored. Access tokens already issued stay valid until they expire — at most 60 minutes."
                </p>
                <p class="evidence" data-slot="evidence">{evidence}</p>
            </div>
            <div class="field" data-confirm="" hidden=!confirm>
                <label for="confirm_name">"Key name"</label>
                <p class="hint" id="confirm_name-hint">"Something is using this key. Type its name to confirm."</p>
                <ErrorText name="confirm_name" error=error.clone() />
                <input
                    id="confirm_name"
                    name="confirm_name"
                    autocomplete="off"
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby="confirm_name-hint confirm_name-error"
                />
            </div>
            <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
            <div class="actions">
                <a class="button" href=cancel data-cancel="" data-focus="">"Cancel"</a>
                <button class="button danger" data-pending="Removing…">"Remove key"</button>
            </div>
        </form>
    }
    .into_any()
}
