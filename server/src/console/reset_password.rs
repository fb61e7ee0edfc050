//! A new password, through a one-time link.

use app::pages::{Page, message::Message, reset_password::ResetPasswordView};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::field::FieldError;
use service::accounts::PasswordRefused;
use zeroize::Zeroizing;

use super::{
    form::PostedForm,
    page::{self, PageError},
};
use crate::{origin::RequestOrigin, state::AppState};

/// `GET /reset/{token}`.
pub async fn page(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, PageError> {
    show(&state, StatusCode::OK, token, Vec::new()).await
}

/// `POST /reset/{token}`: the person then signs in.
pub async fn submit(
    State(state): State<AppState>,
    Path(token): Path<String>,
    RequestOrigin(origin): RequestOrigin,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let password = Zeroizing::new(posted.get("password").to_owned());
    match state.service.reset_password(&token, password, origin).await? {
        Ok(()) => Ok(Redirect::to(app::routes::SIGN_IN).into_response()),
        Err(PasswordRefused::Field(error)) => show(&state, StatusCode::UNPROCESSABLE_ENTITY, token, vec![error]).await,
        Err(PasswordRefused::LinkOver | PasswordRefused::Wrong | PasswordRefused::Throttled(_)) => Err(spent()),
    }
}

async fn show(
    state: &AppState,
    status: StatusCode,
    token: String,
    errors: Vec<FieldError>,
) -> Result<Response, PageError> {
    let offer = state.service.reset_offer(&token).await?.ok_or_else(spent)?;
    let product = state.site.product.clone();
    let view = ResetPasswordView { product, token, email: offer.email.to_string(), errors };
    Ok(page::render(&state.site, status, Page::ResetPassword(view)))
}

fn spent() -> PageError {
    PageError::Message(StatusCode::NOT_FOUND, Message::LinkSpent)
}
