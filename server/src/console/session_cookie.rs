//! What the session library leaves open about its cookie.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::cookies;
use crate::state::AppState;

/// Names of the session cookie: over https, and over http on this machine.
pub const NAMES: [&str; 2] = ["__Host-sid", "sid"];

/// Whether a request carries a session cookie of either name.
pub fn is_in(headers: &HeaderMap) -> bool {
    NAMES.iter().any(|name| count(headers, name) > 0)
}

/// Of two session cookies neither counts. A cookie is removed with the attributes it was set with, without which
/// browsers keep one whose name begins with `__Host-`.
pub async fn exact(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let secure = state.site.public_url.is_https();
    let name = NAMES[usize::from(!secure)];
    if count(request.headers(), name) > 1 {
        request.headers_mut().remove(header::COOKIE);
    }
    let mut response = next.run(request).await;
    let removal = format!("{name}=;");
    let attributes = if secure { "; HttpOnly; SameSite=Lax; Secure" } else { "; HttpOnly; SameSite=Lax" };
    if let header::Entry::Occupied(mut cookies) = response.headers_mut().entry(header::SET_COOKIE) {
        for cookie in cookies.iter_mut().filter(|cookie| cookie.as_bytes().starts_with(removal.as_bytes())) {
            let whole = [cookie.as_bytes(), attributes.as_bytes()].concat();
            *cookie = HeaderValue::from_bytes(&whole).expect("attributes are visible characters");
        }
    }
    response
}

fn count(headers: &HeaderMap, wanted: &str) -> usize {
    cookies::all(headers).filter(|(name, _)| name.trim() == wanted).count()
}
