//! The way from the root to a person's keys.

use app::{
    frame::Place,
    pages::{Page, choose_organization::ChooseOrganizationView},
    routes::{self, KeyPages, Whose},
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::user::Role;
use serde::Deserialize;

use super::{
    page::{self, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// `GET /`: straight to the only organization, or a choice.
pub async fn home(State(state): State<AppState>, person: SignedIn) -> Result<Response, PageError> {
    let memberships = state.service.memberships(&person.visitor).await?;
    if let [only] = memberships.as_slice() {
        return Ok(Redirect::to(&routes::organization(only.organization.slug.as_str())).into_response());
    }
    let organizations = memberships
        .iter()
        .map(|member| Place { slug: member.organization.slug.to_string(), name: member.organization.name.to_string() });
    let view = ChooseOrganizationView {
        product: state.site.product.clone(),
        user_email: memberships.first().map(|member| member.email.to_string()).unwrap_or_default(),
        organizations: organizations.collect(),
        form: state.service.form_value(&person.session_id),
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::ChooseOrganization(view)))
}

/// Where somebody comes from who goes to another organization.
#[derive(Deserialize)]
pub struct From {
    section: Option<String>,
}

/// `GET /t/{organization}`: to the section that the person comes from, where they have it here too; otherwise to the keys
/// that they manage, in its first environment.
pub async fn organization(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    Query(from): Query<From>,
) -> Result<Redirect, PageError> {
    let memberships = state.service.memberships(&person.visitor).await?;
    let role = memberships.iter().find(|member| member.organization.slug.as_str() == organization);
    let is_admin = role.is_some_and(|member| member.role == Role::Admin);
    let section = match from.section.as_deref() {
        Some("authentication") if is_admin => Some(routes::authentication(&organization)),
        Some("users") if is_admin => Some(routes::users(&organization)),
        Some("activity") if is_admin => Some(routes::activity(&organization)),
        Some("organization") if is_admin => Some(routes::organization_settings(&organization)),
        Some("credentials") if role.is_some() => Some(routes::credentials(&organization)),
        _ => None,
    };
    if let Some(section) = section {
        return Ok(Redirect::to(&section));
    }
    first_keys(&state, &person, &organization, |role| match role {
        Role::Admin => Whose::Organization,
        Role::Member => Whose::Own,
    })
    .await
}

/// `GET /t/{organization}/settings/api-keys`: to the organization's keys in its first environment.
pub async fn organization_keys(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Redirect, PageError> {
    first_keys(&state, &person, &organization, |_| Whose::Organization).await
}

/// `GET /t/{organization}/me/api-keys`: to the person's own keys in its first environment.
pub async fn own_keys(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Redirect, PageError> {
    first_keys(&state, &person, &organization, |_| Whose::Own).await
}

async fn first_keys(
    state: &AppState,
    person: &SignedIn,
    organization: &str,
    whose: impl FnOnce(Role) -> Whose,
) -> Result<Redirect, PageError> {
    let memberships = state.service.memberships(&person.visitor).await?;
    let member = memberships.iter().find(|member| member.organization.slug.as_str() == organization);
    let member = member.ok_or_else(PageError::not_found)?;
    let environments = state.service.environments_of(member).await?;
    let first = environments.first().ok_or_else(PageError::not_found)?;
    Ok(Redirect::to(&KeyPages::new(whose(member.role), organization, first.slug.as_str()).list()))
}
