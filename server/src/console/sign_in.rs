//! Signing in and out.

use app::{
    pages::{
        Page,
        sign_in::{Notice, SignInView},
    },
    routes,
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use service::sign_in::SignInRefused;
use tower_sessions::Session;
use zeroize::Zeroizing;

use super::{
    form::PostedForm,
    kept::Kept,
    page::{self, PageError},
    session::{self, SignedIn},
    session_cookie,
};
use crate::{config::PublicUrl, origin::RequestOrigin, state::AppState};

/// `GET /sign-in`. Somebody who is signed in goes on at once.
pub async fn page(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    mut parts: Parts,
) -> Result<Response, PageError> {
    let query = query.unwrap_or_default();
    let return_to = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "return_to")
        .and_then(|(_, path)| path_of_ours(&path));
    if SignedIn::from_parts(&mut parts, &state.service).await?.is_some() {
        return Ok(Redirect::to(return_to.as_deref().unwrap_or(routes::HOME)).into_response());
    }
    let signed_out = (query == "signed-out").then_some(Notice::SignedOut);
    let ended = return_to.is_some().then_some(Notice::SessionEnded).filter(|_| session_cookie::is_in(&parts.headers));
    let view = SignInView { return_to, notice: signed_out.or(ended), ..SignInView::default() };
    Ok(show(&state, StatusCode::OK, view))
}

/// `GET /session/ended`: what a page says whose session is over.
pub async fn ended(State(state): State<AppState>) -> Response {
    let view = SignInView { notice: Some(Notice::SessionEnded), ..SignInView::default() };
    show(&state, StatusCode::OK, view)
}

/// Answers a form that came after its session had ended, and that is kept.
pub fn after_ended(state: &AppState, kept: String) -> Response {
    let view = SignInView { kept: Some(kept), notice: Some(Notice::TypedIsKept), ..SignInView::default() };
    show(state, StatusCode::UNAUTHORIZED, view)
}

/// `POST /sign-in`.
pub async fn submit(
    State(state): State<AppState>,
    session: Session,
    RequestOrigin(origin): RequestOrigin,
    form: PostedForm,
) -> Result<Response, PageError> {
    let (Some(email), Some(password)) = (form.sent("email"), form.sent("password")) else {
        return Err(PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let return_to = path_of_ours(form.get("return_to"));
    let again = SignInView {
        email: email.to_owned(),
        return_to: return_to.clone(),
        kept: form.sent("kept").map(str::to_owned),
        ..SignInView::default()
    };
    match state.service.sign_in(email, Zeroizing::new(password.to_owned()), &origin).await? {
        Ok(proven) => {
            session::open(&state.service, &session, &proven, &origin).await?;
            if let Some(kept) = form.sent("kept").and_then(|sealed| Kept::open(&state.service, &proven.user, sealed)) {
                kept.leave(&session).await?;
                return Ok(Redirect::to(&kept.page).into_response());
            }
            Ok(Redirect::to(return_to.as_deref().unwrap_or(routes::HOME)).into_response())
        }
        Err(SignInRefused::Wrong) => {
            Ok(show(&state, StatusCode::UNAUTHORIZED, SignInView { notice: Some(Notice::Refused), ..again }))
        }
        Err(SignInRefused::Throttled(throttled)) => {
            let seconds = throttled.retry_after_s;
            let notice = Notice::TooManyAttempts(seconds.into());
            let view = SignInView { notice: Some(notice), ..again };
            let mut response = show(&state, StatusCode::TOO_MANY_REQUESTS, view);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
    }
}

/// `POST /sign-out`.
pub async fn sign_out(
    State(state): State<AppState>,
    person: SignedIn,
    session: Session,
    form: PostedForm,
) -> Result<Response, PageError> {
    state.service.open_form_value(&person.session_id, form.get("form")).ok_or_else(PageError::stale_form)?;
    state.service.sign_out(&person.visitor, &person.cookie()).await?;
    signed_out(&session).await
}

/// Answers somebody whose session was ended by hand.
pub async fn signed_out(session: &Session) -> Result<Response, PageError> {
    session.flush().await.map_err(session::failure)?;
    let mut response = Redirect::to(routes::SIGNED_OUT).into_response();
    let clear = HeaderValue::from_static(r#""cache","cookies","storage""#);
    response.headers_mut().insert("clear-site-data", clear);
    Ok(response)
}

fn show(state: &AppState, status: StatusCode, view: SignInView) -> Response {
    let product = state.site.product.clone();
    page::render(&state.site, status, Page::SignIn(SignInView { product, ..view }))
}

/// The page of this console that the sender of a request was on.
pub fn came_from(headers: &HeaderMap, url: &PublicUrl) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    path_of_ours(referer.strip_prefix(url.origin())?)
}

/// A path of this console to go on at: nothing a browser could read as another host.
pub fn path_of_ours(path: &str) -> Option<String> {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 2_000
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    ours.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::path_of_ours;

    #[test]
    fn only_paths_of_ours_are_gone_on_at() {
        for ours in ["/", "/t/acme/settings/api-keys/production?q=a&per=25"] {
            assert!(path_of_ours(ours).is_some(), "{ours}");
        }
        for other in ["", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/a\r\nb", "/ä"] {
            assert!(path_of_ours(other).is_none(), "{other}");
        }
    }
}
