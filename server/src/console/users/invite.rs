//! Inviting people, and taking an invitation back.

use app::{
    pages::{
        Page,
        users::{
            invite::InviteView,
            invited::{InvitedView, Outcome},
        },
    },
    routes,
    words::{invited::refused, users::invitations},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::{field::FieldError, id::InvitationId, user::Role};
use service::invitations::{INVITATION_S, INVITED_AT_ONCE, InviteOutcome, Invitees};

use super::{PeopleDesk, open};
use crate::{
    console::{
        confirm::{self, ConfirmableForm},
        form::PostedForm,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// `GET …/users/invite`.
pub async fn ask(
    State(state): State<AppState>,
    mut person: SignedIn,
    Path(organization): Path<String>,
) -> Result<Response, PageError> {
    let kept = person.kept.take().unwrap_or_else(PostedForm::empty);
    let desk = open(&state, person, &organization).await?;
    let role = Role::parse(kept.get("role")).unwrap_or(Role::Member);
    Ok(show(&state, StatusCode::OK, desk, kept.get("emails").to_owned(), role, Vec::new()))
}

/// `POST …/users/invite`. The answer is the only page that ever shows the links; where they are mailed, none does.
pub async fn invite(
    State(state): State<AppState>,
    Path(organization): Path<String>,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let desk = open(&state, person, &organization).await?;
    let form = desk.open_form(&state, posted.get("form"))?;
    let role = match posted.get("role") {
        "" => Role::Member,
        role => Role::parse(role).ok_or_else(|| PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY))?,
    };
    let refuse = |desk, error| {
        let typed = posted.get("emails").to_owned();
        show(&state, StatusCode::UNPROCESSABLE_ENTITY, desk, typed, role, vec![error])
    };
    let invitees = match Invitees::parse(posted.get("emails")) {
        Ok(invitees) => invitees,
        Err(error) => return Ok(refuse(desk, error)),
    };
    let Some(administrator) = state.service.recent(&desk.manager) else {
        let email = desk.frame.user_email.clone();
        return Ok(confirm::ask(&state, email, &routes::invite_users(&organization), &posted));
    };
    let outcomes = match state.service.invite_all(&administrator, &form, invitees, role).await? {
        Ok(outcomes) => outcomes,
        Err(error) => return Ok(refuse(desk, error)),
    };
    let result = |outcome| match outcome {
        InviteOutcome::Invited(invited) => {
            let link = |token: &str| state.site.public_url.join(&routes::accept_invitation(token));
            let outcome = invited.token.map_or(Outcome::Mailed, |token| Outcome::Link(link(&token)));
            (invited.invitation.email.to_string(), outcome)
        }
        InviteOutcome::SentBefore(email) => (email.to_string(), Outcome::Before),
        InviteOutcome::AlreadyMember(email) => (email.to_string(), Outcome::Refused(refused::MEMBER)),
        InviteOutcome::NoAddress(typed) => (typed, Outcome::Refused(refused::NO_ADDRESS)),
    };
    let anybody = outcomes.iter().any(|outcome| matches!(outcome, InviteOutcome::Invited(_)));
    let status = if anybody { StatusCode::CREATED } else { StatusCode::OK };
    let view = InvitedView {
        results: outcomes.into_iter().map(result).collect(),
        until: desk.clock.last_minute(desk.clock.now().plus_seconds(INVITATION_S)),
        frame: desk.frame,
    };
    Ok(page::render(&state.site, status, Page::Invited(Box::new(view))))
}

/// `POST …/users/invitations/{invitation}/withdraw`: its link stops working.
pub async fn withdraw(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, invitation)): Path<(String, String)>,
    posted: PostedForm,
) -> Result<Response, PageError> {
    let desk = open(&state, person, &organization).await?;
    desk.open_form(&state, posted.get("form"))?;
    let id = InvitationId::parse(&invitation).ok_or_else(PageError::not_found)?;
    let withdrawn = state.service.withdraw_invitation(&desk.manager, &id).await?;
    let words = if withdrawn { invitations::WITHDRAWN } else { invitations::ENDED_BEFORE };
    desk.go_on(&routes::users(&desk.frame.org.slug), words).await
}

fn show(
    state: &AppState,
    status: StatusCode,
    desk: PeopleDesk,
    emails: String,
    role: Role,
    errors: Vec<FieldError>,
) -> Response {
    let form = desk.form_value(state);
    let view = InviteView { frame: desk.frame, form, most: INVITED_AT_ONCE, emails, role, errors };
    page::render(&state.site, status, Page::Invite(Box::new(view)))
}
