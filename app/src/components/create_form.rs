//! The form that creates a key: on its own page and in the dialog over the list.

use domain::{
    field::FieldError,
    organization::{Kinds, Policy},
};
use leptos::prelude::*;

use super::{
    expiration::{ExpirationField, ExpirationFields},
    form::{DescriptionField, FormToken, TextField},
    moment::Clock,
    tiles::{Tile, Tiles},
};
use crate::routes::KeyPages;

/// What a person typed.
#[derive(Clone, Debug)]
pub struct CreateValues {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// `client` or `token`.
    pub kind: String,
    /// Value of one of the tiles.
    pub expiration: String,
    /// Date for `custom`, `YYYY-MM-DD`.
    pub expires_on: String,
}

/// The form.
#[derive(Clone, Debug)]
pub struct CreateForm {
    /// Where the key is made.
    pub pages: KeyPages,
    /// MAC with the idempotency id.
    pub form: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Whether the organization asks for a description.
    pub description_required: bool,
    /// Kinds the organization makes; the question stands only where there is a choice.
    pub kinds: Kinds,
    /// `client` or `token`.
    pub kind: String,
    /// When the key ends.
    pub expiration: ExpirationField,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl CreateForm {
    /// An empty form under the organization's policy.
    pub fn new(pages: KeyPages, form: String, policy: &Policy, clock: &Clock) -> Self {
        Self {
            pages,
            form,
            name: String::new(),
            description: String::new(),
            description_required: policy.require_description,
            kinds: policy.kinds,
            kind: if policy.kinds == Kinds::Token { "token" } else { "client" }.to_owned(),
            expiration: ExpirationField::for_new_key(policy.expiration(), clock),
            errors: Vec::new(),
        }
    }

    /// The same form, as a person filled it in, with what is wrong.
    pub fn refused(self, values: CreateValues, errors: Vec<FieldError>) -> Self {
        let CreateValues { name, description, kind, expiration, expires_on } = values;
        let expiration = self.expiration.filled(expiration, expires_on);
        Self { name, description, kind, expiration, errors, ..self }
    }
}

/// The form's markup.
#[component]
pub fn CreateKeyForm(
    /// Its contents.
    form: CreateForm,
    /// Whether the name takes the focus on arrival.
    #[prop(optional)]
    autofocus: bool,
) -> AnyView {
    let CreateForm { pages, form, name, description, description_required, kinds, kind, expiration, errors } = form;
    let action = pages.list();
    let cancel = action.clone();
    view! {
        <form class="form" method="post" action=action novalidate data-create="">
            <FormToken value=form />
            <TextField
                name="name"
                label="Name"
                hint="What will use it? For example: Billing sync."
                value=name
                errors=errors.clone()
                autofocus=autofocus
            />
            <DescriptionField value=description required=description_required errors=errors.clone() />
            <KindField kinds chosen=kind />
            <ExpirationFields legend="Expiration" field=expiration errors>
                <p class="hint never-note">"This key works until someone removes it. Review it from time to time."</p>
            </ExpirationFields>
            <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
            <div class="notice plain" data-discard="" hidden>
                <p>"Discard this key?"</p>
                <div class="actions">
                    <button type="button" class="button" data-keep="">"Keep editing"</button>
                    <button type="button" class="button destroy" data-leave="">"Discard"</button>
                </div>
            </div>
            <div class="actions">
                <a class="button" href=cancel data-cancel="">"Cancel"</a>
                <button class="button primary" data-pending="Creating…">"Create API Key"</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn KindField(kinds: Kinds, chosen: String) -> AnyView {
    if kinds != Kinds::Both {
        return view! { <input type="hidden" name="kind" value=chosen /> }.into_any();
    }
    let tiles = vec![
        Tile::new(
            "client",
            "Exchange it for access tokens",
            "Your system trades it for tokens that live an hour at most.",
        ),
        Tile::new("token", "Send it as it is", "Your system sends it with every request."),
    ];
    view! {
        <fieldset class="field">
            <legend>"How will it be used?"</legend>
            <Tiles name="kind" tiles chosen wide=true />
        </fieldset>
    }
    .into_any()
}
