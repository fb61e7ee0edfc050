//! The page of one person: role and password.

use app::{
    components::key_verbs::Viewer,
    pages::{
        Page,
        api_keys::KeyRow,
        users::{
            reset_link::ResetLinkView,
            user::{OwnedKey, UserView},
        },
    },
    words::{
        reset_link,
        user::{password, role as words},
    },
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{field::FieldError, user::Role};
use service::{
    accounts::{AccountRefused, RESET_LINK_S, ResetLinkRefused},
    store::KeyFilter,
};

use super::{PersonDesk, PersonPath};
use crate::{
    console::{
        confirm::ConfirmableForm,
        flash,
        page::{self, PageError},
        session::SignedIn,
    },
    state::AppState,
};

/// Most keys that the page lists.
const KEYS_SHOWN: u32 = 50;

/// `GET …/users/{user}`.
pub async fn details(
    State(state): State<AppState>,
    mut person: SignedIn,
    path: PersonPath,
) -> Result<Response, PageError> {
    let kept = person.kept.take().and_then(|kept| Role::parse(kept.get("role")));
    let at = PersonDesk::open(state, person, path).await?;
    let role = kept.unwrap_or(at.person.membership.role);
    show(at, StatusCode::OK, role, Vec::new()).await
}

/// `POST …/users/{user}`: another role, which counts from their next request on.
pub async fn set_role(
    State(state): State<AppState>,
    path: PersonPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let session = person.session.clone();
    let at = PersonDesk::posted(state, person, path, &posted).await?;
    let Some(role) = Role::parse(posted.get("role")) else {
        let error = FieldError::new("role", "required", words::REQUIRED);
        let role = at.person.membership.role;
        return show(at, StatusCode::UNPROCESSABLE_ENTITY, role, vec![error]).await;
    };
    if role == at.person.membership.role {
        return at.done(words::NOTHING_CHANGED).await;
    }
    let Some(administrator) = at.state.service.recent(&at.desk.manager) else {
        return Ok(at.confirm(&at.address(), &posted));
    };
    match at.state.service.set_role(&administrator, at.id(), role).await? {
        Ok(()) if at.is_you() => {
            // No administrator any more: their own page is closed to them now.
            let org = &at.desk.frame.org;
            flash::leave(&session, &words::given_up(&org.name)).await?;
            Ok(Redirect::to(&app::routes::organization(&org.slug)).into_response())
        }
        Ok(()) => at.done(&words::changed(at.name(), role)).await,
        Err(AccountRefused::LastAdmin(_)) => {
            let error = FieldError::new("role", "last_admin", at.last_administrator());
            show(at, StatusCode::CONFLICT, role, vec![error]).await
        }
        Err(refused) => Err(at.refused(&refused)),
    }
}

/// `POST …/users/{user}/reset-link`: the answer is the only page that ever shows the link; where it is mailed, none does.
pub async fn reset_link(
    State(state): State<AppState>,
    path: PersonPath,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let at = PersonDesk::posted(state, person, path, &posted).await?;
    let Some(administrator) = at.state.service.recent(&at.desk.manager) else {
        let action = app::routes::reset_link_of_user(&at.desk.frame.org.slug, at.id().as_str());
        return Ok(at.confirm(&action, &posted));
    };
    let token = match at.state.service.reset_link_of_member(&administrator, at.id()).await? {
        Ok(Some(token)) => token,
        Ok(None) => return at.done(&reset_link::mailed(at.person.membership.email.as_str())).await,
        Err(ResetLinkRefused::NotActive) => return Err(at.conflict(password::not_active(at.name()))),
        Err(ResetLinkRefused::Elsewhere) => {
            return Err(at.conflict(reset_link::elsewhere(at.name(), at.state.service.sends_mail())));
        }
    };
    let clock = &at.desk.clock;
    let view = ResetLinkView {
        user: at.id().to_string(),
        name: at.name().to_owned(),
        link: at.state.site.public_url.join(&app::routes::reset_password(&token)),
        until: clock.last_minute(clock.now().plus_seconds(RESET_LINK_S)),
        frame: at.desk.frame,
    };
    Ok(page::render(&at.state.site, StatusCode::CREATED, Page::ResetLink(Box::new(view))))
}

async fn show(at: PersonDesk, status: StatusCode, role: Role, errors: Vec<FieldError>) -> Result<Response, PageError> {
    let (service, desk) = (&at.state.service, &at.desk);
    let owned = service.keys_of_person(&desk.manager, at.id(), KeyFilter::NotRevoked, KEYS_SHOWN).await?;
    let key = |key| {
        let row = KeyRow::new(key, Viewer::ADMINISTRATOR, &desk.clock);
        OwnedKey {
            client_id: row.client_id,
            name: row.name,
            environment: key.environment.to_string(),
            status: row.status,
        }
    };
    let view = UserView {
        person: at.row(),
        role,
        keys: owned.keys.iter().map(key).collect(),
        more_keys: owned.has_next,
        sends_mail: service.sends_mail(),
        form: desk.form_value(&at.state),
        errors,
        frame: at.desk.frame,
    };
    Ok(page::render(&at.state.site, status, Page::User(Box::new(view))))
}
