//! No other site changes anything here: the browser says where a request comes from.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{form, page::PageError, session_cookie};
use crate::state::AppState;

/// Refuses state-changing requests of other sites with 403.
pub async fn require(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(request.headers(), state.site.public_url.origin()) {
        next.run(request).await
    } else {
        PageError::cross_site().into_response()
    }
}

/// Whether a browser says that a page of another site made the request.
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
}

/// `Sec-Fetch-Site` decides where a browser sends it (`none` is a person's own doing, which sends forms only), else
/// `Origin`, which must be exactly ours. A request with neither comes from no browser of this decade: it may sign in,
/// but its cookie counts for nothing.
fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    // A header that stands twice says nothing.
    let text = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let first = values.next()?.to_str().unwrap_or_default();
        Some(if values.next().is_none() { first } else { "" })
    };
    match (text("sec-fetch-site"), text("origin")) {
        (Some("none"), _) => form::is_form(headers),
        (Some(site), _) => site == "same-origin",
        (None, Some(from)) => from.eq_ignore_ascii_case(origin),
        (None, None) => !session_cookie::is_in(headers),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_our_own_pages_change_anything() {
        let ours = "https://console.test:8443";
        for (site, origin, cookie, want) in [
            (Some("same-origin"), None, true, true),
            (Some("none"), None, true, false),
            (Some("cross-site"), Some(ours), true, false),
            (Some("same-site"), None, true, false),
            (None, Some(ours), true, true),
            (None, Some("https://CONSOLE.test:8443"), true, true),
            (None, Some("null"), true, false),
            (None, Some(""), false, false),
            (None, Some("https://console.test:8443.evil.test"), true, false),
            (None, Some("https://evilconsole.test:8443"), true, false),
            (None, Some("http://console.test:8443"), true, false),
            (None, Some("https://console.test"), true, false),
            (None, Some("https://console.test.:8443"), true, false),
            (None, None, true, false),
            (None, None, false, true),
        ] {
            let mut headers = HeaderMap::new();
            let mut set = |name: &'static str, value: Option<&'static str>| {
                value.map(|value| headers.insert(name, HeaderValue::from_static(value)));
            };
            set("sec-fetch-site", site);
            set("origin", origin);
            set("cookie", cookie.then_some("a=b; sid=x"));
            assert_eq!(is_ours(&headers, ours), want, "{site:?} {origin:?} {cookie}");
        }
    }
}
