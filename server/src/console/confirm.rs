//! Forms of signed-in people, and the password that is asked for in between: a browser that was left open gets no
//! secret.

use app::{
    pages::{Page, confirm_password::ConfirmPasswordView},
    words::confirm_password as words,
};
use axum::{
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::field::FieldError;
use service::{sessions::RenewalCause, sign_in::SignInRefused};
use zeroize::Zeroizing;

use super::{
    form::{KEEP, PASSWORD, PostedForm},
    kept::Kept,
    page::{self, PageError},
    session::{SignedIn, asked_for},
    sign_in,
};
use crate::state::AppState;

/// A form for which the password may be asked in between, and who posted it.
pub struct ConfirmableForm {
    /// The person; with the password, one who has just proved who they are.
    pub person: SignedIn,
    /// What they typed.
    pub posted: PostedForm,
}

impl FromRequest<AppState> for ConfirmableForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let person = SignedIn::from_parts(&mut parts, &state.service).await;
        let person = person.map_err(|failure| PageError::from(failure).into_response())?;
        let action = asked_for(&parts).path().to_owned();
        let posted = PostedForm::from_request(Request::from_parts(parts, body), state).await;
        let Some(person) = person else {
            return Err(sign_in_first(state, &action, posted.ok()));
        };
        let posted = posted.map_err(IntoResponse::into_response)?;
        if posted.sent(KEEP).is_some() {
            return Err(keep(state, &person, &action, &posted).await.unwrap_or_else(IntoResponse::into_response));
        }
        let form = Self { person, posted };
        match form.confirm(state, &action).await {
            Ok(Ok(confirmed)) => Ok(confirmed),
            Ok(Err(asked_again)) => Err(asked_again),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// The session has ended: what was typed into a form of ours waits in the sign-in page.
fn sign_in_first(state: &AppState, action: &str, posted: Option<PostedForm>) -> Response {
    let posted = posted.filter(|posted| posted.sent("form").is_some());
    match posted.and_then(|posted| Kept::new(&state.service, action, &posted).seal(&state.service)) {
        Some(kept) => sign_in::after_ended(state, kept),
        None => Redirect::to(app::routes::SIGN_IN).into_response(),
    }
}

/// Shows the form again as it was typed, and does nothing with it.
async fn keep(state: &AppState, person: &SignedIn, action: &str, posted: &PostedForm) -> Result<Response, PageError> {
    if !state.service.is_form_of(person.visitor.user(), posted.get("form")) {
        return Err(PageError::stale_form());
    }
    let kept = Kept::new(&state.service, action, posted);
    kept.leave(&person.session).await?;
    Ok(Redirect::to(&kept.page).into_response())
}

impl ConfirmableForm {
    /// Looks at the password where one was asked for.
    async fn confirm(self, state: &AppState, action: &str) -> Result<Result<Self, Response>, PageError> {
        let Self { person, posted } = self;
        let form_fits = state.service.open_form_value(&person.session_id, posted.get("form")).is_some();
        let Some(password) =
            posted.sent(PASSWORD).filter(|_| form_fits && !state.service.is_confirmed(&person.visitor))
        else {
            return Ok(Ok(Self { person, posted }));
        };
        let refused = match state.service.confirm(&person.visitor, Zeroizing::new(password.to_owned())).await? {
            Ok(visitor) => {
                let person = SignedIn { visitor, ..person };
                return Ok(match person.renew(&state.service, RenewalCause::Proved).await? {
                    true => Ok(Self { person, posted }),
                    false => Err(sign_in_first(state, action, Some(posted))),
                });
            }
            Err(refused) => refused,
        };
        let memberships = state.service.memberships(&person.visitor).await?;
        let email = memberships.first().map(|member| member.email.to_string()).unwrap_or_default();
        Ok(Err(ask_again(state, email, action, &posted, refused)))
    }
}

/// Asks for the password before what was posted to `action` is done, and keeps what was typed.
pub fn ask(state: &AppState, email: String, action: &str, posted: &PostedForm) -> Response {
    show(state, StatusCode::UNAUTHORIZED, email, action, posted, Vec::new())
}

fn ask_again(state: &AppState, email: String, action: &str, posted: &PostedForm, refused: SignInRefused) -> Response {
    said(refused, |status, error| show(state, status, email, action, posted, vec![error]))
}

/// What is wrong with a password, in an answer that `show` makes.
fn said(refused: SignInRefused, show: impl FnOnce(StatusCode, FieldError) -> Response) -> Response {
    match refused {
        SignInRefused::Wrong => {
            let error = FieldError::new(PASSWORD, "wrong", words::WRONG);
            show(StatusCode::UNPROCESSABLE_ENTITY, error)
        }
        SignInRefused::Throttled(throttled) => {
            let seconds = throttled.retry_after_s;
            let error = FieldError::new(PASSWORD, "throttled", words::throttled(seconds));
            let mut response = show(StatusCode::TOO_MANY_REQUESTS, error);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            response
        }
    }
}

/// `POST /session/confirm`, for dialogs: 204 once the person has proved lately who they are, be it with the password in
/// this form. Without one, 401 says that it is needed; of a wrong one the answer says in words what is wrong.
pub async fn confirm(
    State(state): State<AppState>,
    person: SignedIn,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let Some(password) = posted.sent(PASSWORD) else {
        let is_confirmed = state.service.is_confirmed(&person.visitor);
        let status = if is_confirmed { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
        return Ok(status.into_response());
    };
    state.service.open_form_value(&person.session_id, posted.get("form")).ok_or_else(PageError::stale_form)?;
    match state.service.confirm(&person.visitor, Zeroizing::new(password.to_owned())).await? {
        Ok(_) => Ok(match person.renew(&state.service, RenewalCause::Proved).await? {
            true => StatusCode::NO_CONTENT.into_response(),
            false => Redirect::to(app::routes::SIGN_IN).into_response(),
        }),
        Err(refused) => Ok(said(refused, |status, error| (status, error.message).into_response())),
    }
}

fn show(
    state: &AppState,
    status: StatusCode,
    email: String,
    action: &str,
    posted: &PostedForm,
    errors: Vec<FieldError>,
) -> Response {
    let view = ConfirmPasswordView {
        product: state.site.product.clone(),
        email,
        action: action.to_owned(),
        kept: posted.typed(),
        errors,
    };
    page::render(&state.site, status, Page::ConfirmPassword(view))
}
