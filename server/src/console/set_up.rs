//! The first organization and administrator, through a one-time link.

use app::pages::{Page, message::Message, set_up::SetUpView};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::field::FieldError;
use service::set_up::{SetUpForm, SetUpRefused};
use zeroize::Zeroizing;

use super::{
    form::PostedForm,
    page::{self, PageError},
};
use crate::{origin::RequestOrigin, state::AppState};

/// `GET /setup/{token}`.
pub async fn page(State(state): State<AppState>, Path(token): Path<String>) -> Result<Response, PageError> {
    if !state.service.set_up_link_works(&token).await? {
        return Err(spent());
    }
    Ok(show(&state, StatusCode::OK, token, SetUpForm::default(), Vec::new()))
}

/// `POST /setup/{token}`: the new administrator then signs in.
pub async fn submit(
    State(state): State<AppState>,
    Path(token): Path<String>,
    RequestOrigin(origin): RequestOrigin,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let text = |name: &str| posted.get(name).to_owned();
    let form = SetUpForm {
        organization: text("organization"),
        slug: text("slug"),
        name: text("name"),
        email: text("email"),
        password: Zeroizing::new(text("password")),
    };
    match state.service.set_up(&token, form.clone(), origin).await? {
        Ok(()) => Ok(Redirect::to(app::routes::SIGN_IN).into_response()),
        Err(SetUpRefused::LinkOver) => Err(spent()),
        Err(SetUpRefused::Fields(errors)) => Ok(show(&state, StatusCode::UNPROCESSABLE_ENTITY, token, form, errors)),
    }
}

fn spent() -> PageError {
    PageError::Message(StatusCode::NOT_FOUND, Message::LinkSpent)
}

fn show(state: &AppState, status: StatusCode, token: String, form: SetUpForm, errors: Vec<FieldError>) -> Response {
    let view = SetUpView {
        product: state.site.product.clone(),
        token,
        organization: form.organization,
        slug: form.slug,
        name: form.name,
        email: form.email,
        errors,
    };
    page::render(&state.site, status, Page::SetUp(view))
}
