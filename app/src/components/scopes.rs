//! What a key may do: the scopes of its organization, or those of our own API.

use domain::{field::FieldError, organization::Policy, scope};
use leptos::prelude::*;

use super::form::{ErrorText, described_by, error_of};
use crate::{
    rpc::SCOPE_PREFIX,
    words::{form::OPTIONAL, scopes as words},
};

/// The scopes to choose from, and those that are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopesField {
    /// The organization's own.
    pub offered: Vec<String>,
    /// Chosen, separated by spaces.
    pub chosen: String,
}

impl ScopesField {
    /// None chosen of those that an organization offers.
    pub fn offered_by(policy: &Policy) -> Self {
        Self { offered: policy.scopes.iter().map(str::to_owned).collect(), chosen: String::new() }
    }
}

/// The question, closed until somebody asks it: a key without scopes is told from others by its client id.
#[component]
pub fn ScopesFields(
    /// What there is to choose.
    field: ScopesField,
    /// What is wrong.
    errors: Vec<FieldError>,
) -> AnyView {
    let ScopesField { offered, chosen } = field;
    let error = error_of(&errors, "scopes");
    let described = described_by("scopes", true, error.is_some());
    let open = error.is_some() || !chosen.is_empty();
    let is_chosen = |scope: &str| chosen.split(' ').any(|chosen| chosen == scope);
    let own = (!offered.is_empty()).then(|| {
        let boxes = offered.into_iter().map(|scope| view! { <Scope checked=is_chosen(&scope) scope /> }).collect_view();
        view! { <fieldset><legend>{words::OF_ORGANIZATION}</legend>{boxes}</fieldset> }
    });
    let ours = scope::OWN.map(|scope| {
        view! { <Scope checked=is_chosen(scope) scope=scope.to_owned() means=words::meaning(scope) /> }
    });
    view! {
        <details class="scopes" open=open>
            <summary>{words::QUESTION}<span class="optional">{OPTIONAL}</span></summary>
            <fieldset
                class="field"
                id="scopes"
                tabindex="-1"
                aria-label=words::QUESTION
                aria-describedby=described
            >
                <p class="hint" id="scopes-hint">{words::HINT}</p>
                <ErrorText id="scopes" error />
                {own}
                <fieldset><legend>{words::OF_KEYLINE}</legend>{ours.into_iter().collect_view()}</fieldset>
            </fieldset>
        </details>
    }
    .into_any()
}

#[component]
fn Scope(scope: String, #[prop(optional)] means: &'static str, checked: bool) -> impl IntoView {
    let name = format!("{SCOPE_PREFIX}{scope}");
    let hint_id = format!("{name}-hint");
    let hint = (!means.is_empty()).then(|| view! { <p class="hint" id=hint_id.clone()>{means}</p> });
    let described = hint.is_some().then(|| hint_id.clone());
    view! {
        <div class="check">
            <input type="checkbox" id=name.clone() name=name.clone() value="on" checked=checked aria-describedby=described />
            <label for=name class="mono">{scope}</label>
            {hint}
        </div>
    }
}
