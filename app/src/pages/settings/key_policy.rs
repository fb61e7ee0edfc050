//! Rules for keys, and what they mean for keys that exist.

use domain::{
    field::FieldError,
    organization::Limit,
    settings::{KEY_LIFETIMES, KeyPolicyForm},
};
use leptos::prelude::*;

use super::section::{SectionFields, SectionForm, SettingsSection};
use crate::{
    components::{
        check_box::CheckBox,
        form::{Actions, ErrorText, FormToken, TextField, described_by, error_of, textarea_text},
        tiles::{Tile, Tiles},
    },
    frame::{Frame, FrameView, Section},
    routes,
    words::{form::OPTIONAL, key_policy as words, organization_settings::notices},
};

/// What the ids begin with.
pub(super) const PREFIX: &str = "policy-";

/// The form.
#[derive(Clone, Debug, Default)]
pub struct PolicyForm {
    /// What every section has.
    pub state: SectionForm,
    /// What stands in the fields.
    pub values: KeyPolicyForm,
    /// About the limit of an environment.
    pub per_environment: LimitHint,
    /// About the limit of a person.
    pub per_user: LimitHint,
}

/// What is said under a limit: the operator's ceiling and what counts now.
#[derive(Clone, Debug, Default)]
pub struct LimitHint(String);

impl LimitHint {
    /// The words for a limit.
    pub fn new(limit: Limit) -> Self {
        let ceiling = limit.ceiling;
        Self(match limit.own {
            None => words::limits::ceiling_counts(ceiling),
            Some(own) if own > ceiling => words::limits::ceiling_is_lower(ceiling, own),
            Some(_) => words::limits::own_counts(ceiling),
        })
    }
}

/// The section's markup.
#[component]
pub(super) fn KeyPolicySection(form: PolicyForm, org: String) -> AnyView {
    let PolicyForm { state, values, per_environment, per_user } = form;
    let errors = state.errors.clone();
    view! {
        <SettingsSection
            id="policy"
            heading=words::HEADING
            about=words::ABOUT
        >
            <SectionFields action=routes::organization_settings(&org) section="policy" state>
                <Lifetime values=values.clone() errors=errors.clone() />
                <CheckBox
                    prefix=PREFIX
                    name="require_description"
                    label=words::REQUIRE_DESCRIPTION
                    checked=values.require_description
                />
                <Choice
                    name="kinds"
                    legend=words::kinds::LEGEND
                    tiles=kinds()
                    chosen=values.kinds
                    errors=errors.clone()
                />
                <Choice
                    name="self_service"
                    legend=words::owners::LEGEND
                    tiles=owners()
                    chosen=values.self_service
                    errors=errors.clone()
                />
                <LimitField
                    name="max_keys_per_environment"
                    label=words::limits::PER_ENVIRONMENT
                    hint=per_environment
                    value=values.max_keys_per_environment
                    errors=errors.clone()
                />
                <LimitField
                    name="max_keys_per_user"
                    label=words::limits::PER_USER
                    hint=per_user
                    value=values.max_keys_per_user
                    errors=errors.clone()
                />
                <Choice
                    name="key_notices"
                    legend=notices::WHO
                    tiles=told()
                    chosen=values.key_notices
                    errors=errors.clone()
                />
                <CheckBox
                    prefix=PREFIX
                    name="expiry_reminders"
                    label=notices::REMINDERS
                    hint=notices::REMINDERS_HINT
                    checked=values.expiry_reminders
                />
                <ScopesField value=values.scopes errors />
            </SectionFields>
        </SettingsSection>
    }
    .into_any()
}

#[component]
fn LimitField(
    name: &'static str,
    label: &'static str,
    hint: LimitHint,
    value: String,
    errors: Vec<FieldError>,
) -> impl IntoView {
    let hint = hint.0;
    view! { <TextField prefix=PREFIX name label hint inputmode="numeric" value required=false errors /> }
}

#[component]
fn Lifetime(values: KeyPolicyForm, errors: Vec<FieldError>) -> AnyView {
    view! {
        <Choice
            name="max_key_lifetime"
            legend=words::lifetime::LEGEND
            tiles=lifetimes()
            chosen=values.max_key_lifetime
            errors=errors.clone()
        />
        <div class="custom-date">
            <TextField
                prefix=PREFIX
                name="max_key_lifetime_days"
                label=words::lifetime::CUSTOM_DAYS
                inputmode="numeric"
                value=values.max_key_lifetime_days
                errors
            />
        </div>
        <CheckBox
            prefix=PREFIX
            name="allow_no_expiration"
            label=words::lifetime::ALLOW_NONE
            hint=words::lifetime::ALLOW_NONE_HINT
            checked=values.allow_no_expiration
        />
    }
    .into_any()
}

fn lifetimes() -> Vec<Tile> {
    let [month, quarter, half, year] = KEY_LIFETIMES;
    let days = [(month, "30"), (quarter, "90"), (half, "180"), (year, "365")];
    let days = days.map(|(days, value)| Tile::new(value, words::lifetime::days(days), ""));
    let none = Tile::new("none", words::lifetime::NO_LIMIT, "");
    let custom = Tile::new("custom", words::lifetime::CUSTOM, "");
    std::iter::once(none).chain(days).chain([custom]).collect()
}

fn kinds() -> Vec<Tile> {
    use words::kinds as words;
    vec![
        Tile::new("both", words::BOTH, words::BOTH_DETAIL),
        Tile::new("client", words::CLIENT, words::CLIENT_DETAIL),
        Tile::new("token", words::TOKEN, words::TOKEN_DETAIL),
    ]
}

fn owners() -> Vec<Tile> {
    use words::owners as words;
    vec![
        Tile::new("members", words::MEMBERS, words::MEMBERS_DETAIL),
        Tile::new("admins", words::ADMINISTRATORS, words::ADMINISTRATORS_DETAIL),
        Tile::new("off", words::NOBODY, words::NOBODY_DETAIL),
    ]
}

fn told() -> Vec<Tile> {
    vec![
        Tile::new("admins", notices::ADMINISTRATORS, notices::ADMINISTRATORS_DETAIL),
        Tile::new("nobody", notices::NOBODY, notices::NOBODY_DETAIL),
    ]
}

#[component]
fn Choice(
    name: &'static str,
    legend: &'static str,
    tiles: Vec<Tile>,
    chosen: String,
    errors: Vec<FieldError>,
) -> AnyView {
    let id = format!("{PREFIX}{name}");
    let error = error_of(&errors, name);
    let wide = tiles.iter().any(|tile| !tile.detail.is_empty());
    let described = described_by(&id, false, error.is_some());
    view! {
        <fieldset class="field" id=id tabindex="-1" aria-describedby=described>
            <legend>{legend}</legend>
            <ErrorText id=id.clone() error />
            <Tiles name tiles chosen wide />
        </fieldset>
    }
    .into_any()
}

#[component]
fn ScopesField(value: String, errors: Vec<FieldError>) -> AnyView {
    use words::scopes as words;
    let error = error_of(&errors, "scopes");
    view! {
        <div class="field">
            <label for="policy-scopes">{words::LABEL}<span class="optional">{OPTIONAL}</span></label>
            <p class="hint" id="policy-scopes-hint">
                {words::HINT}<code>{words::EXAMPLE}</code>{words::HINT_END}
            </p>
            <ErrorText id="policy-scopes" error=error.clone() />
            <textarea
                id="policy-scopes"
                class="mono"
                name="scopes"
                rows="4"
                dir="ltr"
                spellcheck="false"
                autocapitalize="off"
                translate="no"
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by("policy-scopes", true, error.is_some())
            >
                {textarea_text(&value)}
            </textarea>
        </div>
    }
    .into_any()
}

/// What a stricter policy means, before it is saved.
#[derive(Clone, Debug)]
pub struct ConfirmPolicyView {
    /// The frame.
    pub frame: FrameView,
    /// MAC.
    pub form: String,
    /// What was filled in: names and values.
    pub kept: Vec<(String, String)>,
    /// What exists that the policy would not allow, a sentence each.
    pub effects: Vec<String>,
}

impl ConfirmPolicyView {
    pub(in crate::pages) fn title(&self) -> String {
        self.frame.title_in_organization(words::confirm::HEADING)
    }
}

/// The page's markup.
#[component]
pub fn ConfirmPolicyPage(
    /// Its contents.
    view: ConfirmPolicyView,
) -> AnyView {
    let ConfirmPolicyView { frame, form, kept, effects } = view;
    let action = routes::organization_settings(&frame.org.slug);
    let cancel = action.clone();
    let kept =
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    let effects = effects.into_iter().map(|effect| view! { <li>{effect}</li> }).collect_view();
    view! {
        <Frame view=frame section=Section::Organization>
            <header class="page-head">
                <h1 tabindex="-1" autofocus>{words::confirm::HEADING}</h1>
                <p class="lede">{words::confirm::LEDE}</p>
            </header>
            <ul class="effects">{effects}</ul>
            <form class="form" method="post" action=action>
                <FormToken value=form />
                {kept}
                <input type="hidden" name="confirmed" value="yes" />
                <Actions submit=words::confirm::SUBMIT cancel />
            </form>
        </Frame>
    }
    .into_any()
}
