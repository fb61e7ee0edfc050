//! The sections of an organization: which are open to a person, and which of them they looked at last.

use app::routes::{self, KeyPages, Whose};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use domain::{organization::Environment, user::Role};
use service::store::Member;

use super::cookies;
use crate::state::AppState;

const COOKIE: &str = "section";

/// Addresses of the sections that are there for a member of an organization; first the one to begin with.
pub fn open_to(member: &Member, environments: &[Environment]) -> Vec<String> {
    let org = member.organization.slug.as_str();
    let keys = |whose| environments.iter().map(move |env| KeyPages::new(whose, org, env.slug.as_str()).list());
    let own = keys(Whose::Own).chain([routes::credentials(org)]);
    match member.role {
        Role::Member => own.collect(),
        Role::Admin => {
            let settings = [
                routes::authentication(org),
                routes::users(org),
                routes::activity(org),
                routes::organization_settings(org),
            ];
            keys(Whose::Organization).chain(settings).chain(own).collect()
        }
    }
}

/// The section that the sender of a request looked at last in the organization it is about.
pub fn last(headers: &HeaderMap) -> Option<&str> {
    cookies::read(headers, COOKIE)
}

/// Lets the browser remember the section it is shown.
pub async fn remember(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let new = request.method() == Method::GET && last(request.headers()) != Some(path);
    let section = organization_of(path).filter(|_| new).map(|org| (routes::organization(org), path.to_owned()));
    let mut response = next.run(request).await;
    if let Some((organization, section)) = section
        && response.status() == StatusCode::OK
        && let Ok(cookie) = cookies::remember(COOKIE, &section, &organization, state.site.public_url.is_https())
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The organization in the address of one of its sections.
fn organization_of(path: &str) -> Option<&str> {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    match segments[..] {
        ["t", org, "settings", "authentication" | "users" | "activity" | "organization"]
        | ["t", org, "me", "credentials"]
        | ["t", org, "settings" | "me", "api-keys", _] => Some(org),
        _ => None,
    }
}
