//! `…/settings/organization`: name, time zone and contact, key policy, environments; each a form of its own.

use app::{
    frame::Section,
    pages::{
        Page,
        settings::{
            ConfirmPolicyView, EnvironmentRow, Environments, GeneralForm, LimitHint, NewEnvironment,
            OrganizationSettingsView, PolicyForm,
        },
    },
    routes,
    words::organization_settings::SAVED,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    settings::{General, KeyPolicyForm},
    zone::ZoneName,
};

use super::{NotSaved, SettingsDesk, environments, revision};
use crate::{
    console::{
        confirm::ConfirmableForm,
        form::PostedForm,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// Fields of the key policy, kept while its effects are being confirmed.
const POLICY_FIELDS: [&str; 13] = [
    "section",
    "revision",
    "max_key_lifetime",
    "max_key_lifetime_days",
    "allow_no_expiration",
    "require_description",
    "kinds",
    "self_service",
    "max_keys_per_environment",
    "max_keys_per_user",
    "key_notices",
    "expiry_reminders",
    "scopes",
];

/// `GET …/organization`.
pub async fn page(
    State(state): State<AppState>,
    mut person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let kept = person.kept.take();
    let at = SettingsDesk::open(state, person, &organization, Section::Organization).await?;
    let mut view = view(&at);
    match kept.as_ref().map(|kept| (kept.get("section"), kept)) {
        Some(("general", kept)) => view.general = general_typed(view.general, kept),
        Some(("policy", kept)) => view.policy.values = policy_form(kept),
        Some(("environment", kept)) => {
            let new = view.environments.new;
            view.environments.new = environments::filled(new.state, kept);
        }
        _ => {}
    }
    Ok(page::render(&at.state.site, StatusCode::OK, Page::OrganizationSettings(Box::new(view))))
}

/// `POST …/organization`: saves the section that was posted.
pub async fn save(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let at = SettingsDesk::posted(state, person, &organization, Section::Organization, &posted).await?;
    match posted.get("section") {
        "general" => save_general(&at, &posted).await,
        "policy" => save_policy(&at, &posted).await,
        "environment" => environments::create(&at, &posted).await,
        _ => Err(PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY)),
    }
}

async fn save_general(at: &SettingsDesk, posted: &PostedForm) -> Result<Response, PageError> {
    let saved = match General::parse(posted.get("name"), posted.get("time_zone"), posted.get("support_contact")) {
        Ok(general) => {
            let changed = at.state.service.change_general(&at.desk.manager, general, revision(posted)?).await?;
            NotSaved::of(changed)?
        }
        Err(errors) => Err(NotSaved::Fields(errors)),
    };
    let Err(not_saved) = saved else { return done(at, SAVED).await };
    let mut view = view(at);
    let (status, state) = at.explain(view.general.state, not_saved);
    view.general = general_typed(GeneralForm { state, ..view.general }, posted);
    Ok(page::render(&at.state.site, status, Page::OrganizationSettings(Box::new(view))))
}

fn general_typed(form: GeneralForm, posted: &PostedForm) -> GeneralForm {
    let typed = |field| posted.get(field).to_owned();
    let (name, time_zone, support_contact) = (typed("name"), typed("time_zone"), typed("support_contact"));
    GeneralForm { name, time_zone, support_contact, ..form }
}

async fn save_policy(at: &SettingsDesk, posted: &PostedForm) -> Result<Response, PageError> {
    let typed = policy_form(posted);
    let saved = match typed.parse(at.organization()) {
        Ok(policy) => {
            let Some(recent) = at.state.service.recent(&at.desk.manager) else {
                return Ok(at.ask_for_password(&routes::organization_settings(&at.desk.frame.org.slug), posted));
            };
            if posted.get("confirmed").is_empty() {
                let effects = at.state.service.effects_of(&at.desk.manager, &policy).await?;
                if !effects.is_empty() {
                    let effects = effects.iter().map(ToString::to_string).collect();
                    return Ok(confirm(at, posted, effects));
                }
            }
            NotSaved::of(at.state.service.change_key_policy(&recent, policy, revision(posted)?).await?)?
        }
        Err(errors) => Err(NotSaved::Fields(errors)),
    };
    let Err(not_saved) = saved else { return done(at, SAVED).await };
    let mut view = view(at);
    let (status, state) = at.explain(view.policy.state, not_saved);
    view.policy = PolicyForm { state, values: typed, ..view.policy };
    Ok(page::render(&at.state.site, status, Page::OrganizationSettings(Box::new(view))))
}

/// Asks before a policy is saved that keys which exist do not keep to.
fn confirm(at: &SettingsDesk, posted: &PostedForm, effects: Vec<String>) -> Response {
    let kept = POLICY_FIELDS.into_iter().filter_map(|field| Some((field.to_owned(), posted.sent(field)?.to_owned())));
    let view = ConfirmPolicyView {
        frame: at.desk.frame.clone(),
        form: at.desk.form_value(&at.state),
        kept: kept.collect(),
        effects,
    };
    page::render(&at.state.site, StatusCode::OK, Page::ConfirmPolicy(Box::new(view)))
}

fn policy_form(posted: &PostedForm) -> KeyPolicyForm {
    let typed = |field| posted.get(field).to_owned();
    KeyPolicyForm {
        max_key_lifetime: typed("max_key_lifetime"),
        max_key_lifetime_days: typed("max_key_lifetime_days"),
        allow_no_expiration: posted.get("allow_no_expiration") == "on",
        require_description: posted.get("require_description") == "on",
        kinds: typed("kinds"),
        self_service: typed("self_service"),
        max_keys_per_environment: typed("max_keys_per_environment"),
        max_keys_per_user: typed("max_keys_per_user"),
        key_notices: typed("key_notices"),
        expiry_reminders: posted.get("expiry_reminders") == "on",
        scopes: typed("scopes"),
    }
}

/// Back to the settings, which say what was done.
pub(super) async fn done(at: &SettingsDesk, words: &str) -> Result<Response, PageError> {
    at.desk.go_on(&routes::organization_settings(&at.desk.frame.org.slug), words).await
}

/// The page with every section as it is set.
pub(super) fn view(at: &SettingsDesk) -> OrganizationSettingsView {
    let organization = at.organization();
    let policy = &organization.policy;
    let rows = at.desk.environments.iter();
    let rows =
        rows.map(|environment| EnvironmentRow { place: page::place(environment), live_keys: environment.live_keys });
    OrganizationSettingsView {
        frame: at.desk.frame.clone(),
        off: at.off(),
        general: GeneralForm {
            state: at.section(organization),
            name: organization.name.to_string(),
            time_zone: organization.time_zone.clone(),
            support_contact: organization.support_contact.as_str().to_owned(),
            zones: ZoneName::places(),
            time_there: at.desk.clock.time(at.desk.clock.now()),
        },
        policy: PolicyForm {
            state: at.section(organization),
            values: KeyPolicyForm::of(policy),
            per_environment: LimitHint::new(policy.max_keys_per_environment),
            per_user: LimitHint::new(policy.max_keys_per_user),
        },
        environments: Environments {
            rows: rows.collect(),
            new: NewEnvironment { state: at.section(organization), ..NewEnvironment::default() },
        },
    }
}
