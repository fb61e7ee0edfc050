//! `…/settings/authentication`: how people sign in, and how systems get access tokens.

use app::{
    frame::Section,
    pages::{
        Page,
        settings::{AccessTokensForm, AuthenticationView},
    },
    routes,
    words::{authentication::duration, organization_settings::SAVED},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::settings::AccessTokens;

use super::{NotSaved, SettingsDesk, revision};
use crate::{
    console::{
        confirm::ConfirmableForm,
        form::PostedForm,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// What people choose about access tokens.
const FIELDS: [&str; 3] = ["access_token_format", "token_lifetime_min", "token_lifetime_s"];

/// `GET …/authentication`.
pub async fn page(
    State(state): State<AppState>,
    mut person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let kept = person.kept.take();
    let at = SettingsDesk::open(state, person, &organization, Section::Authentication).await?;
    let mut view = view(&at);
    if let Some(kept) = kept {
        view.tokens = typed(view.tokens, &kept);
    }
    Ok(page::render(&at.state.site, StatusCode::OK, Page::Authentication(Box::new(view))))
}

/// `POST …/authentication`: saves what access tokens are like.
pub async fn save(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let at = SettingsDesk::posted(state, person, &organization, Section::Authentication, &posted).await?;
    let [format, minutes, seconds] = FIELDS.map(|field| posted.get(field));
    let saved = match AccessTokens::parse(format, minutes, seconds) {
        Ok(tokens) => {
            let Some(recent) = at.state.service.recent(&at.desk.manager) else {
                return Ok(at.ask_for_password(&routes::authentication(&at.desk.frame.org.slug), &posted));
            };
            NotSaved::of(at.state.service.change_access_tokens(&recent, tokens, revision(&posted)?).await?)?
        }
        Err(errors) => Err(NotSaved::Fields(errors)),
    };
    let Err(not_saved) = saved else {
        return at.desk.go_on(&routes::authentication(&at.desk.frame.org.slug), SAVED).await;
    };
    let mut view = view(&at);
    let (status, section) = at.explain(view.tokens.state, not_saved);
    view.tokens = typed(AccessTokensForm { state: section, ..view.tokens }, &posted);
    Ok(page::render(&at.state.site, status, Page::Authentication(Box::new(view))))
}

fn typed(form: AccessTokensForm, posted: &PostedForm) -> AccessTokensForm {
    let [format, minutes, seconds] = FIELDS.map(|field| posted.get(field).to_owned());
    AccessTokensForm { format, minutes, seconds, ..form }
}

fn view(at: &SettingsDesk) -> AuthenticationView {
    let organization = at.organization();
    let lifetime = organization.policy.token_lifetime_s;
    let limits = at.state.service.settings();
    AuthenticationView {
        frame: at.desk.frame.clone(),
        off: at.off(),
        idle: duration(limits.session_idle_s),
        absolute: duration(limits.session_absolute_s),
        tokens: AccessTokensForm {
            state: at.section(organization),
            format: organization.policy.access_token_format.to_string(),
            minutes: (lifetime / 60).to_string(),
            seconds: (lifetime % 60).to_string(),
        },
        guide: at.desk.token_guide(&at.state, organization.policy.access_token_format),
    }
}
