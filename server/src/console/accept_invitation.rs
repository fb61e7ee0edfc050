//! Joining an organization through an invitation's one-time link.

use app::{
    pages::{
        Page,
        accept_invitation::{AcceptInvitationView, Visitor},
        message::Message,
    },
    routes,
    words::accept_invitation::sign_in as words,
};
use axum::{
    extract::{FromRequest, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::field::FieldError;
use service::{invitations::AcceptRefused, sessions::RenewalCause, store::InvitationOffer};
use tower_sessions::Session;
use zeroize::Zeroizing;

use super::{
    form::PostedForm,
    page::{self, PageError},
    session::{self, SignedIn},
};
use crate::{origin::RequestOrigin, state::AppState};

/// `GET /invite/{token}`.
pub async fn page(
    State(state): State<AppState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, PageError> {
    let (mut parts, _) = request.into_parts();
    let person = SignedIn::from_parts(&mut parts, &state.service).await?;
    show(&state, StatusCode::OK, token, person, String::new(), Vec::new()).await
}

/// `POST /invite/{token}`: joins as the person who has signed in, or with a new account, whose session begins here.
pub async fn submit(
    State(state): State<AppState>,
    Path(token): Path<String>,
    session: Session,
    RequestOrigin(origin): RequestOrigin,
    request: Request,
) -> Result<Response, PageError> {
    let (mut parts, body) = request.into_parts();
    let person = SignedIn::from_parts(&mut parts, &state.service).await?;
    let posted = PostedForm::from_request(Request::from_parts(parts, body), &state).await?;
    let offer = state.service.invitation_offer(&token).await?.ok_or_else(spent)?;
    let home = routes::organization(offer.slug.as_str());
    let (joined, person) = match person {
        Some(person) => {
            let value = state.service.open_form_value(&person.session_id, posted.get("form"));
            value.ok_or_else(PageError::stale_form)?;
            let joined = state.service.accept_as(&person.visitor, &token).await?;
            if joined.is_ok() {
                // If it has ended meanwhile, the next page says so.
                person.renew(&state.service, RenewalCause::Due).await?;
            }
            (joined, Some(person))
        }
        // Only somebody without an account is asked for a name.
        None if posted.sent("name").is_none() => {
            let password = Zeroizing::new(posted.get("password").to_owned());
            let joined = state.service.accept_with_password(&token, password, origin.clone()).await?;
            if let Ok(proven) = &joined {
                session::open(&state.service, &session, proven, &origin).await?;
            }
            (joined.map(|proven| proven.user), None)
        }
        None => {
            let password = Zeroizing::new(posted.get("password").to_owned());
            let service = &state.service;
            let joined = service.accept_with_new_account(&token, posted.get("name"), password, origin.clone()).await?;
            if let Ok(proven) = &joined {
                session::open(service, &session, proven, &origin).await?;
            }
            (joined.map(|proven| proven.user), None)
        }
    };
    let name = posted.get("name").to_owned();
    match joined {
        Ok(_) => Ok(Redirect::to(&home).into_response()),
        Err(AcceptRefused::LinkOver) => Err(spent()),
        Err(AcceptRefused::Fields(errors)) => {
            show(&state, StatusCode::UNPROCESSABLE_ENTITY, token, person, name, errors).await
        }
        Err(AcceptRefused::WrongPassword) => {
            let error = FieldError::new("password", "wrong", words::WRONG);
            show(&state, StatusCode::UNPROCESSABLE_ENTITY, token, person, name, vec![error]).await
        }
        Err(AcceptRefused::Throttled(throttled)) => {
            let seconds = throttled.retry_after_s;
            let error = FieldError::new("password", "throttled", words::throttled(seconds));
            let mut response = show(&state, StatusCode::TOO_MANY_REQUESTS, token, person, name, vec![error]).await?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Err(AcceptRefused::AccountExists | AcceptRefused::OtherAddress | AcceptRefused::AlreadyMember) => {
            show(&state, StatusCode::CONFLICT, token, person, name, Vec::new()).await
        }
    }
}

async fn show(
    state: &AppState,
    status: StatusCode,
    token: String,
    person: Option<SignedIn>,
    name: String,
    errors: Vec<FieldError>,
) -> Result<Response, PageError> {
    let offer = state.service.invitation_offer(&token).await?.ok_or_else(spent)?;
    let visitor = match person {
        None if offer.has_account => Visitor::SignedOut { errors },
        None => Visitor::New { name, errors },
        Some(person) => signed_in(state, &person, &offer).await?,
    };
    let view = AcceptInvitationView {
        product: state.site.product.clone(),
        token,
        organization: offer.name.to_string(),
        email: offer.email.to_string(),
        role: offer.role,
        visitor,
    };
    Ok(page::render(&state.site, status, Page::AcceptInvitation(view)))
}

async fn signed_in(state: &AppState, person: &SignedIn, offer: &InvitationOffer) -> Result<Visitor, PageError> {
    let form = state.service.form_value(&person.session_id);
    let memberships = state.service.memberships(&person.visitor).await?;
    // A live session has a membership.
    let Some(first) = memberships.first() else { return Ok(Visitor::SignedOut { errors: Vec::new() }) };
    if first.email.key() != offer.email.key() {
        return Ok(Visitor::Other { email: first.email.to_string(), form });
    }
    let slug = offer.slug.to_string();
    let is_member = memberships.iter().any(|member| member.organization.slug == offer.slug);
    Ok(if is_member { Visitor::Member { slug } } else { Visitor::Invited { name: first.name.to_string(), form } })
}

fn spent() -> PageError {
    PageError::Message(StatusCode::NOT_FOUND, Message::LinkSpent)
}
