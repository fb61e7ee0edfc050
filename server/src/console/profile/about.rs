//! What a person changes about themselves: name, address, and how times are shown.

use app::{routes, words::profile as words};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{FieldError, Refusal},
    zone::{Times, ZoneName},
};
use service::{sessions::RenewalCause, store::Member};

use super::{membership, open_form, show};
use crate::{
    console::{
        confirm::{self, ConfirmableForm},
        flash,
        form::PostedForm,
        page::PageError,
        session::SignedIn,
        sign_in::path_of_ours,
    },
    state::AppState,
};

/// `POST …/profile`: saves the section that was posted.
pub async fn save(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let (member, _) = membership(&state, &person, &organization).await?;
    open_form(&state, &person, &posted)?;
    let saved = match posted.get("section") {
        "name" => {
            let changed = state.service.change_name(&person.visitor, posted.get("name")).await?;
            changed.map(|changed| if changed { words::about::NAME_CHANGED } else { words::about::NOTHING_CHANGED })
        }
        "email" => {
            let Some(recent) = state.service.recent(&person.visitor) else {
                return Ok(confirm::ask(&state, member.email.to_string(), &routes::profile(&organization), &posted));
            };
            match state.service.change_email(&recent, &person.cookie(), posted.get("email")).await? {
                Ok(true) if !person.renew(&state.service, RenewalCause::Proved).await? => {
                    return Ok(Redirect::to(routes::SIGN_IN).into_response());
                }
                Ok(true) => Ok(words::about::EMAIL_CHANGED),
                Ok(false) => Ok(words::about::NOTHING_CHANGED),
                Err(refused) => Err(refused),
            }
        }
        "times" => match times(&member, posted.get("time_zone"), posted.get("exact_times") == "on") {
            Ok(times) => {
                state.service.set_times(&person.visitor, times).await?;
                Ok(words::times::CHANGED)
            }
            Err(refused) => Err(refused),
        },
        _ => return Err(PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    match saved {
        Ok(said) => {
            flash::leave(&person.session, said).await?;
            Ok(Redirect::to(&routes::profile(&organization)).into_response())
        }
        Err(error) => {
            let person = SignedIn { kept: Some(posted), ..person };
            show(&state, person, &organization, StatusCode::UNPROCESSABLE_ENTITY, vec![error]).await
        }
    }
}

/// An empty zone is that of the organization.
fn times(member: &Member, zone: &str, exact: bool) -> Result<Times, FieldError> {
    let zone = (!zone.trim().is_empty()).then(|| ZoneName::parse(zone)).transpose();
    let zone = zone.map_err(|refused| refused.of("time_zone"))?;
    // Whoever has had a zone of their own is not asked for it again.
    let zone_proposed = member.times.zone_proposed || zone.is_some();
    Ok(Times { zone, exact, zone_proposed })
}

/// `POST …/profile/time-zone`: whether the zone of the browser is used. It is asked once.
pub async fn answer_time_zone(
    State(state): State<AppState>,
    person: SignedIn,
    Path(organization): Path<String>,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let (member, _) = membership(&state, &person, &organization).await?;
    open_form(&state, &person, &posted)?;
    let wanted = (posted.get("answer") == "use").then(|| ZoneName::parse(posted.get("time_zone")));
    let (zone, said) = match wanted {
        Some(Ok(zone)) => (Some(zone.clone()), Some(words::proposal::used(zone.as_str()))),
        Some(Err(_)) => (member.times.zone, Some(words::proposal::UNKNOWN.to_owned())),
        None => (member.times.zone, None),
    };
    state.service.set_times(&person.visitor, Times { zone, exact: member.times.exact, zone_proposed: true }).await?;
    if let Some(said) = said {
        flash::leave(&person.session, &said).await?;
    }
    let here = path_of_ours(posted.get("return_to")).unwrap_or_else(|| routes::profile(&organization));
    Ok(Redirect::to(&here).into_response())
}
