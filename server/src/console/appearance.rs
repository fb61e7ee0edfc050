//! Light or dark, as a person chose: kept in a cookie, so that the first paint is right.

use app::{
    pages::{Page, appearance::AppearanceView},
    routes,
    shell::Theme,
};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    cookies,
    form::PostedForm,
    page::{self, PageError},
    profile,
    session::SignedIn,
    sign_in::came_from,
};
use crate::state::AppState;

const COOKIE: &str = "theme";

tokio::task_local! {
    static CHOSEN: Theme;
}

/// Every page of a request is rendered in the scheme its cookie asks for.
pub async fn apply(request: Request, next: Next) -> Response {
    let theme = in_cookies(request.headers());
    CHOSEN.scope(theme, next.run(request)).await
}

/// The scheme of the request that is being answered.
pub fn chosen() -> Theme {
    CHOSEN.try_with(|theme| *theme).unwrap_or_default()
}

/// `GET /t/{organization}/me/appearance`.
pub async fn page(
    State(state): State<AppState>,
    mut person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let (_, frame) = profile::frame(&state, &mut person, &organization).await?;
    Ok(page::render(&state.site, StatusCode::OK, Page::Appearance(Box::new(AppearanceView { frame }))))
}

/// `POST /appearance`: back to where the form was.
pub async fn choose(
    State(state): State<AppState>,
    person: SignedIn,
    headers: HeaderMap,
    posted: PostedForm,
) -> Result<Response, PageError> {
    state.service.open_form_value(&person.session_id, posted.get("form")).ok_or_else(PageError::stale_form)?;
    let theme =
        Theme::parse(posted.get("theme")).ok_or_else(|| PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY))?;
    let url = &state.site.public_url;
    let mut response = Redirect::to(came_from(&headers, url).as_deref().unwrap_or(routes::HOME)).into_response();
    let cookie = cookies::remember(COOKIE, theme.as_str(), "/", url.is_https()).expect("names of schemes are ASCII");
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn in_cookies(headers: &HeaderMap) -> Theme {
    cookies::read(headers, COOKIE).and_then(Theme::parse).unwrap_or_default()
}
