//! Asking for a link to choose a new password, which is mailed. The answer is the same whoever the address belongs to.

use app::pages::{
    Page,
    forgot_password::{ForgotPasswordView, Step},
};
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use domain::field::Refusal;
use service::{accounts::RESET_LINK_S, mail::ForgottenRefused};

use super::{
    form::PostedForm,
    page::{self, PageError},
};
use crate::{origin::RequestOrigin, state::AppState};

/// `GET /forgot`.
pub async fn page(State(state): State<AppState>) -> Response {
    let step = Step::Ask { email: String::new(), errors: Vec::new(), wait_s: None };
    show(&state, StatusCode::OK, step)
}

/// `POST /forgot`.
pub async fn submit(
    State(state): State<AppState>,
    RequestOrigin(origin): RequestOrigin,
    posted: PostedForm,
) -> Result<Response, PageError> {
    if !state.service.sends_mail() {
        return Ok(page(State(state)).await);
    }
    let email = posted.get("email").trim().to_owned();
    match state.service.password_forgotten(&email, &origin).await? {
        Ok(()) => Ok(show(&state, StatusCode::OK, Step::Sent { email, minutes: RESET_LINK_S / 60 })),
        Err(ForgottenRefused::NoAddress(error)) => {
            let step = Step::Ask { email, errors: vec![error.of("email")], wait_s: None };
            Ok(show(&state, StatusCode::UNPROCESSABLE_ENTITY, step))
        }
        Err(ForgottenRefused::Throttled(throttled)) => {
            let seconds = throttled.retry_after_s;
            let step = Step::Ask { email, errors: Vec::new(), wait_s: Some(seconds.into()) };
            let mut response = show(&state, StatusCode::TOO_MANY_REQUESTS, step);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
    }
}

fn show(state: &AppState, status: StatusCode, step: Step) -> Response {
    let by_hand = || Step::ByHand(state.site.support_contact.clone());
    let step = if state.service.sends_mail() { step } else { by_hand() };
    let view = ForgotPasswordView { product: state.site.product.clone(), step };
    page::render(&state.site, status, Page::ForgotPassword(view))
}
