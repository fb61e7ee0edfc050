//! The way from the root to a person's keys.

use app::{
    frame::Place,
    pages::{Page, choose_organization::ChooseOrganizationView},
    routes::{self, KeyPages, Whose},
};
use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use domain::organization::Environment;
use service::store::Member;

use super::{
    page::{self, PageError},
    sections,
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

/// `GET /t/{organization}`: to the section that the person comes from in another organization, to the one they looked at
/// last in this one, or to the keys that they manage.
pub async fn organization(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    let (member, environments) = membership(&state, &person, &organization).await?;
    let open = sections::open_to(&member, &environments);
    let query = query.unwrap_or_default();
    let from = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "section").map(|(_, slug)| slug);
    let from = from.and_then(|slug| sections::named(&open, &slug, person.last_environment.as_deref()));
    let last = sections::last(&headers).and_then(|last| open.iter().find(|section| *section == last));
    let section = from.or(last).or(open.first()).ok_or_else(PageError::not_found)?;
    Ok(Redirect::to(section))
}

/// `GET /t/{organization}/settings/api-keys`: to the organization's keys in the environment looked at last.
pub async fn organization_keys(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Redirect, PageError> {
    usual_keys(&state, &person, &organization, Whose::Organization).await
}

/// `GET /t/{organization}/me/api-keys`: to the person's own keys in the environment looked at last.
pub async fn own_keys(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Redirect, PageError> {
    usual_keys(&state, &person, &organization, Whose::Own).await
}

async fn usual_keys(
    state: &AppState,
    person: &SignedIn,
    organization: &str,
    whose: Whose,
) -> Result<Redirect, PageError> {
    let (_, environments) = membership(state, person, organization).await?;
    let usual = sections::usual(&environments, person.last_environment.as_deref()).ok_or_else(PageError::not_found)?;
    Ok(Redirect::to(&KeyPages::new(whose, organization, usual.slug.as_str()).list()))
}

async fn membership(
    state: &AppState,
    person: &SignedIn,
    organization: &str,
) -> Result<(Member, Vec<Environment>), PageError> {
    let memberships = state.service.memberships(&person.visitor).await?;
    let member = memberships.into_iter().find(|member| member.organization.slug.as_str() == organization);
    let member = member.ok_or_else(PageError::not_found)?;
    let environments = state.service.environments_of(&member).await?;
    Ok((member, environments))
}
