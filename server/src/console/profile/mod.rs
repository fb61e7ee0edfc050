//! A person's own page and what they do there.

pub mod about;

use app::{
    components::moment::Clock,
    frame::FrameView,
    pages::{
        Page,
        profile::{About, ProfileView, SessionRow, TimesForm},
    },
    routes,
    words::profile::{password as words, sessions},
};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use domain::{field::FieldError, zone::ZoneName};
use service::{
    accounts::PasswordRefused,
    sessions::{OwnSession, RenewalCause},
    store::Member,
};
use zeroize::Zeroizing;

use super::{
    device, flash,
    form::PostedForm,
    page::{self, PageError},
    sections,
    session::SignedIn,
    sign_in,
};
use crate::state::AppState;

/// `GET /t/{organization}/me/profile`.
pub async fn page(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    show(&state, person, &organization, StatusCode::OK, Vec::new()).await
}

/// `POST …/profile/password`.
pub async fn change_password(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    posted: PostedForm,
) -> Result<Response, PageError> {
    membership(&state, &person, &organization).await?;
    open_form(&state, &person, &posted)?;
    let typed = |name: &str| Zeroizing::new(posted.get(name).to_owned());
    let (present, new) = (typed("current_password"), typed("new_password"));
    match state.service.change_password(&person.visitor, &person.cookie(), present, new).await? {
        Ok(()) => {
            if !person.renew(&state.service, RenewalCause::Proved).await? {
                return Ok(Redirect::to(routes::SIGN_IN).into_response());
            }
            flash::leave(&person.session, words::CHANGED).await?;
            Ok(Redirect::to(&routes::profile(&organization)).into_response())
        }
        Err(PasswordRefused::Throttled(throttled)) => {
            let seconds = throttled.retry_after_s;
            let error = FieldError::new("current_password", "throttled", words::throttled(seconds));
            let mut response = show(&state, person, &organization, StatusCode::TOO_MANY_REQUESTS, vec![error]).await?;
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
        Err(refused) => {
            let error = match refused {
                PasswordRefused::Field(error) => FieldError { param: "new_password".to_owned(), ..error },
                _ => FieldError::new("current_password", "wrong", words::WRONG),
            };
            show(&state, person, &organization, StatusCode::UNPROCESSABLE_ENTITY, vec![error]).await
        }
    }
}

/// `POST …/profile/sessions/{session}/end`.
pub async fn end_session(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, id)): Path<(String, String)>,
    posted: PostedForm,
) -> Result<Response, PageError> {
    membership(&state, &person, &organization).await?;
    open_form(&state, &person, &posted)?;
    if !state.service.end_own_session(&person.visitor, &id).await? {
        return Err(PageError::not_found());
    }
    flash::leave(&person.session, sessions::SIGNED_OUT).await?;
    Ok(Redirect::to(&routes::profile(&organization)).into_response())
}

/// `POST …/profile/sign-out-everywhere`.
pub async fn sign_out_everywhere(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    posted: PostedForm,
) -> Result<Response, PageError> {
    membership(&state, &person, &organization).await?;
    open_form(&state, &person, &posted)?;
    state.service.sign_out_everywhere(&person.visitor).await?;
    sign_in::signed_out(&person.session).await
}

fn open_form(state: &AppState, person: &SignedIn, posted: &PostedForm) -> Result<(), PageError> {
    let opened = state.service.open_form_value(&person.session_id, posted.get("form"));
    opened.map(|_| ()).ok_or_else(PageError::stale_form)
}

/// What the person is in the organization; every membership, too.
async fn membership(
    state: &AppState,
    person: &SignedIn,
    organization: &str,
) -> Result<(Member, Vec<Member>), PageError> {
    let memberships = state.service.memberships(&person.visitor).await?;
    let member = memberships.iter().find(|member| member.organization.slug.as_str() == organization);
    Ok((member.cloned().ok_or_else(PageError::not_found)?, memberships))
}

/// What the person is in the organization, and the frame of their own pages there.
///
/// # Errors
/// When they are no member.
pub async fn frame(
    state: &AppState,
    person: &mut SignedIn,
    organization: &str,
) -> Result<(Member, FrameView), PageError> {
    let (member, memberships) = membership(state, person, organization).await?;
    let environments = state.service.environments_of(&member).await?;
    let usual = sections::usual(&environments, person.last_environment.as_deref()).ok_or_else(PageError::not_found)?;
    let form = state.service.form_value(&person.session_id);
    let frame = page::frame(&state.site, &member, memberships, &environments, usual, form, person.flash.take());
    Ok((member, frame))
}

async fn show(
    state: &AppState,
    mut person: SignedIn,
    organization: &str,
    status: StatusCode,
    errors: Vec<FieldError>,
) -> Result<Response, PageError> {
    let (member, frame) = frame(state, &mut person, organization).await?;
    let form = frame.form.clone();
    let clock = Clock::of(state.service.now(), &member);
    let sessions = state.service.own_sessions(&person.visitor, &person.cookie()).await?;
    let sessions = sessions.into_iter().map(|session| row(session, &clock)).collect();
    let typed = person.kept.unwrap_or_else(PostedForm::empty);
    let about = About {
        name: typed.sent("name").unwrap_or(member.name.as_str()).to_owned(),
        email: typed.sent("email").unwrap_or(member.email.as_str()).to_owned(),
    };
    let zone = member.times.zone.as_ref().map_or("", ZoneName::as_str);
    let times = TimesForm {
        zone: typed.sent("time_zone").unwrap_or(zone).to_owned(),
        zones: ZoneName::places(),
        exact: if typed.get("section") == "times" { typed.get("exact_times") == "on" } else { member.times.exact },
        organization_zone: member.organization.time_zone.clone(),
        time_there: clock.time(clock.now()),
    };
    let view = ProfileView { frame, about, times, sessions, form, errors };
    Ok(page::render(&state.site, status, Page::Profile(Box::new(view))))
}

fn row(session: OwnSession, clock: &Clock) -> SessionRow {
    SessionRow {
        device: device::name(&session.user_agent),
        address: session.address,
        created: clock.relative(session.created_at),
        last_seen: clock.relative(session.last_seen_at),
        current: session.is_present,
        id: session.id,
    }
}
