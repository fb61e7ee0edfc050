//! One host only: cookies, links and the origin check all belong to the public URL.

use app::pages::message::Message;
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::page::PageError;
use crate::state::AppState;

/// Answers 308 to the public URL when a page is asked for under another host, and 403 to what would change anything there.
pub async fn to_public_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if host.is_some_and(|host| state.site.public_url.is_asked_as(host)) {
        return next.run(request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return PageError::Message(StatusCode::FORBIDDEN, Message::CrossSite).into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, state.site.public_url.join(path))]).into_response()
}
