//! The sections of an organization: which are open to a person, and which of them, in which environment, they looked at
//! last.

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
const ENVIRONMENT_COOKIE: &str = "environment";

/// Addresses of the sections that are there for a member of an organization; first the one to begin with.
pub fn open_to(member: &Member, environments: &[Environment]) -> Vec<String> {
    let org = member.organization.slug.as_str();
    let keys = |whose| environments.iter().map(move |env| KeyPages::new(whose, org, env.slug.as_str()).list());
    let own = keys(Whose::Own).chain([routes::credentials(org), routes::profile(org)]);
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

/// The section of that name among the addresses of some; of several, the one of the environment looked at last.
pub fn named<'a>(sections: &'a [String], name: &str, last_environment: Option<&str>) -> Option<&'a String> {
    // `/t/{organization}/{group}/{name}`, and the environment where it has one.
    let named = || sections.iter().filter(|section| section.split('/').nth(4) == Some(name));
    let is_of_last = |section: &&String| last_environment.is_some_and(|last| section.split('/').nth(5) == Some(last));
    named().find(is_of_last).or_else(|| named().next())
}

/// The section that the sender of a request looked at last in the organization it is about.
pub fn last(headers: &HeaderMap) -> Option<&str> {
    cookies::read(headers, COOKIE)
}

/// The environment whose keys the sender of a request looked at last in the organization it is about.
pub fn last_environment(headers: &HeaderMap) -> Option<&str> {
    cookies::read(headers, ENVIRONMENT_COOKIE)
}

/// The environment to begin with: the one that somebody looked at last, or the first.
pub fn usual<'a>(environments: &'a [Environment], last: Option<&str>) -> Option<&'a Environment> {
    let last = environments.iter().find(|known| Some(known.slug.as_str()) == last);
    last.or(environments.first())
}

/// Lets the browser remember the section it is shown, and the environment.
pub async fn remember(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some((org, environment)) = section_at(path).filter(|_| request.method() == Method::GET) else {
        return next.run(request).await;
    };
    let known = [last(request.headers()), last_environment(request.headers())];
    let new = [(COOKIE, Some(path)), (ENVIRONMENT_COOKIE, environment)];
    let new = new.into_iter().zip(known).filter(|((_, value), known)| value.is_some() && value != known);
    let cookie = |((name, value), _): ((&str, Option<&str>), _)| {
        cookies::remember(name, value?, &routes::organization(org), state.site.public_url.is_https()).ok()
    };
    let cookies: Vec<_> = new.filter_map(cookie).collect();
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK {
        response.headers_mut().extend(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)));
    }
    response
}

/// The organization in the address of one of its sections, and the environment where the section has one.
fn section_at(path: &str) -> Option<(&str, Option<&str>)> {
    let segments: Vec<_> = path.split('/').skip(1).collect();
    match segments[..] {
        ["t", org, "settings", "authentication" | "users" | "activity" | "organization"]
        | ["t", org, "me", "credentials"] => Some((org, None)),
        ["t", org, "settings" | "me", "api-keys", environment] => Some((org, Some(environment))),
        _ => None,
    }
}
