//! The form that creates a key: on its own page and in the dialog over the list.

use domain::{
    field::FieldError,
    key::{Kind, NewOwner},
    organization::{Kinds, Policy},
};
use leptos::prelude::*;

use super::{
    check_box::CheckBox,
    expiration::{ExpirationField, ExpirationFields},
    form::{DescriptionField, Discard, ErrorText, FormToken, TextField, described_by, error_of},
    moment::Clock,
    scopes::{ScopesField, ScopesFields},
    tiles::{Tile, Tiles},
};
use crate::{
    routes::{KeyPages, Whose},
    words::{create_form as words, form::CANCEL},
};

/// What a person typed.
#[derive(Clone, Debug)]
pub struct CreateValues {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// `client` or `token`.
    pub kind: String,
    /// `organization` or `me`.
    pub owner: String,
    /// Whether the box is ticked.
    pub suspend_on_sign_out: bool,
    /// Scopes, separated by spaces.
    pub scopes: String,
    /// Value of one of the tiles.
    pub expiration: String,
    /// Date for `custom`, `YYYY-MM-DD`.
    pub expires_on: String,
}

/// Who may own the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerField {
    /// The organization alone, which goes without saying.
    Organization,
    /// The organization or the person at the form: `organization` or `me`.
    Choice(String),
    /// The person at the form alone.
    Me,
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
    /// Who owns it.
    pub owner: OwnerField,
    /// Whether it is suspended when the person at the form signs out.
    pub suspend_on_sign_out: bool,
    /// What it may do.
    pub scopes: ScopesField,
    /// When the key ends.
    pub expiration: ExpirationField,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl CreateForm {
    /// An empty form under the organization's policy, for somebody who may own keys or not.
    pub fn new(pages: KeyPages, may_own_keys: bool, form: String, policy: &Policy, clock: &Clock) -> Self {
        let owner = match pages.whose() {
            Whose::Own => OwnerField::Me,
            Whose::Organization if may_own_keys => OwnerField::Choice(NewOwner::Organization.to_string()),
            Whose::Organization => OwnerField::Organization,
        };
        Self {
            pages,
            form,
            name: String::new(),
            description: String::new(),
            description_required: policy.require_description,
            kinds: policy.kinds,
            kind: if policy.kinds == Kinds::Token { "token" } else { "client" }.to_owned(),
            owner,
            suspend_on_sign_out: false,
            scopes: ScopesField::offered_by(policy),
            expiration: ExpirationField::for_new_key(policy.expiration(), clock),
            errors: Vec::new(),
        }
    }

    /// The same form, as a person filled it in, with what is wrong.
    pub fn refused(self, values: CreateValues, errors: Vec<FieldError>) -> Self {
        let CreateValues { name, description, kind, owner, suspend_on_sign_out, scopes, expiration, expires_on } =
            values;
        let expiration = self.expiration.filled(expiration, expires_on);
        let owner = match self.owner {
            OwnerField::Choice(_) => OwnerField::Choice(owner),
            fixed => fixed,
        };
        let scopes = ScopesField { chosen: scopes, ..self.scopes };
        Self { name, description, kind, owner, suspend_on_sign_out, scopes, expiration, errors, ..self }
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
    let CreateForm {
        pages,
        form,
        name,
        description,
        description_required,
        kinds,
        kind,
        owner,
        suspend_on_sign_out,
        scopes,
        expiration,
        errors,
    } = form;
    let action = pages.list();
    let cancel = action.clone();
    let may_be_mine = owner != OwnerField::Organization;
    let signs_out = may_be_mine && kinds.allow(Kind::Token);
    view! {
        <form class="form" method="post" action=action novalidate data-create="" data-kept="">
            <FormToken value=form />
            <TextField
                name="name"
                label=words::NAME
                hint=words::NAME_HINT
                value=name
                errors=errors.clone()
                autofocus=autofocus
            />
            <DescriptionField value=description required=description_required errors=errors.clone() />
            <KindField kinds chosen=kind />
            {may_be_mine.then(|| view! { <Owner owner errors=errors.clone() /> })}
            {signs_out.then(|| view! { <SuspendOnSignOut checked=suspend_on_sign_out errors=errors.clone() /> })}
            <ExpirationFields legend=words::EXPIRATION field=expiration errors=errors.clone()>
                <p class="hint never-note">{words::NEVER_NOTE}</p>
            </ExpirationFields>
            <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
            <Discard question=words::DISCARD />
            <div class="actions onward">
                <button type="submit" class="button primary" data-pending=words::PENDING>{words::SUBMIT}</button>
                <a class="button" href=cancel data-cancel="">{CANCEL}</a>
            </div>
            // Seen above the buttons, reached after them: whoever goes on from the name meets only what each key needs.
            <ScopesFields field=scopes errors />
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
        Tile::new("client", words::kind::CLIENT, words::kind::CLIENT_DETAIL),
        Tile::new("token", words::kind::TOKEN, words::kind::TOKEN_DETAIL),
    ];
    view! {
        <fieldset class="field">
            <legend>{words::kind::LEGEND}</legend>
            <Tiles name="kind" tiles chosen wide=true />
        </fieldset>
    }
    .into_any()
}

#[component]
fn Owner(owner: OwnerField, errors: Vec<FieldError>) -> AnyView {
    let OwnerField::Choice(chosen) = owner else {
        return view! { <input type="hidden" name="owner" value=NewOwner::Me.as_str() /> }.into_any();
    };
    let tiles = vec![
        Tile::new(NewOwner::Organization.as_str(), words::owner::ORGANIZATION, words::owner::ORGANIZATION_DETAIL),
        Tile::new(NewOwner::Me.as_str(), words::owner::ME, words::owner::ME_DETAIL),
    ];
    let error = error_of(&errors, "owner");
    let described = described_by("owner", false, error.is_some());
    view! {
        <fieldset class="field" id="owner" tabindex="-1" aria-describedby=described>
            <legend>{words::owner::LEGEND}</legend>
            <ErrorText id="owner" error />
            <Tiles name="owner" tiles chosen wide=true />
        </fieldset>
    }
    .into_any()
}

/// Hidden where it means nothing, unless it is ticked: what is ticked counts.
#[component]
fn SuspendOnSignOut(checked: bool, errors: Vec<FieldError>) -> impl IntoView {
    view! {
        <div class="signs-out">
            <ErrorText id="suspend_on_sign_out" error=error_of(&errors, "suspend_on_sign_out") />
            <CheckBox
                name="suspend_on_sign_out"
                label=words::owner::SUSPEND_ON_SIGN_OUT
                hint=words::owner::SUSPEND_ON_SIGN_OUT_HINT
                checked
            />
        </div>
    }
}
