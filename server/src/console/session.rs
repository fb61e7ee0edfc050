//! Sessions: the cookie is kept by tower-sessions, the rest by the use cases.

use std::cell::Cell;

use app::{components::session_dialog::SessionLeft, routes};
use async_trait::async_trait;
use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Request, State},
    http::{Method, StatusCode, Uri, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::id::UserId;
use serde_json::Value;
use service::{
    Failure, Service,
    authority::{Origin, Visitor},
    form::SessionName,
    sessions::{Opening, Proven, RenewalCause},
};
use time::OffsetDateTime;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};

use super::{flash, form::PostedForm, kept::Kept, page::PageError, sections, session_cookie, sign_in};
use crate::{origin::RequestOrigin, state::AppState};

/// Members of what a session carries.
const USER: &str = "user";
const SESSION: &str = "session";
const ADDRESS: &str = "address";
const USER_AGENT: &str = "user_agent";
const CREDENTIALS_VERSION: &str = "credentials_version";

/// The id that a session goes by from now on: on its way to the cookie only.
const RENEWED: &str = "renewed";

/// The layer that reads and sets the cookie. It lasts as long as the browser; the limits are the store's.
pub fn layer(state: &AppState) -> SessionManagerLayer<Sessions> {
    let secure = state.site.public_url.is_https();
    SessionManagerLayer::new(Sessions(state.service.clone()))
        .with_name(session_cookie::NAMES[usize::from(!secure)])
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnSessionEnd)
}

tokio::task_local! {
    static LEFT: Cell<Option<SessionLeft>>;
}

/// Lets every page of a request know how long its session lasts.
pub async fn timed(request: Request, next: Next) -> Response {
    LEFT.scope(Cell::default(), next.run(request)).await
}

/// How long the session of the request that is being answered lasts, once it is known.
pub fn left() -> Option<SessionLeft> {
    LEFT.try_with(Cell::get).ok().flatten()
}

fn is_left(left: SessionLeft) {
    // Outside a request there is no page to tell.
    LEFT.try_with(|cell| cell.set(Some(left))).unwrap_or_default();
}

/// `POST /session/stay`: prolongs the session, and says for how many seconds.
pub async fn stay(State(state): State<AppState>, person: SignedIn) -> Result<Response, PageError> {
    let left = state.service.prolong_session(&person.cookie()).await?;
    Ok(left.map_or_else(
        || StatusCode::UNAUTHORIZED.into_response(),
        |left| Json(serde_json::json!({ "left": left })).into_response(),
    ))
}

/// Opens a session for a person who has just proved who they are. Whatever session there was ends; its cookie never
/// becomes valid again.
pub async fn open(service: &Service, session: &Session, person: &Proven, origin: &Origin) -> Result<(), Failure> {
    if let Some(before) = session.id() {
        service.end_session(&before.to_string()).await?;
    }
    let opened = async {
        session.clear().await;
        session.cycle_id().await?;
        session.insert(USER, &person.user).await?;
        session.insert(CREDENTIALS_VERSION, person.credentials_version).await?;
        session.insert(SESSION, Id::default().to_string()).await?;
        session.insert(ADDRESS, &origin.address).await?;
        session.insert(USER_AGENT, &origin.user_agent).await?;
        session.save().await
    };
    opened.await.map_err(failure)
}

/// Whether somebody is signed in by a session, as far as it was read in this request.
pub async fn is_somebodys(session: &Session) -> Result<bool, Failure> {
    Ok(session.get_value(USER).await.map_err(failure)?.is_some())
}

/// What the session library could not do.
pub fn failure(error: tower_sessions::session::Error) -> Failure {
    use tower_sessions::session::Error;
    let is_temporary = matches!(error, Error::Store(session_store::Error::Backend(_)));
    Failure::Session { what: error.to_string(), is_temporary }
}

/// A person with a live session.
pub struct SignedIn {
    /// The person.
    pub visitor: Visitor,
    /// Names the session, as long as it lasts: forms are bound to it.
    pub session_id: SessionName,
    /// What was left for this page to say once.
    pub flash: Option<String>,
    /// What was typed into the form of this page when the last session ended.
    pub kept: Option<PostedForm>,
    /// Slug of the environment that they looked at last in the organization the request is about.
    pub last_environment: Option<String>,
    /// The session.
    pub session: Session,
}

impl SignedIn {
    /// The person behind a request; `None` without a live session.
    pub async fn from_parts(parts: &mut Parts, service: &Service) -> Result<Option<Self>, Failure> {
        let Some(session) = parts.extensions.get::<Session>().cloned() else {
            return Ok(None);
        };
        let Some(id) = session.id() else {
            return Ok(None);
        };
        let Ok(RequestOrigin(origin)) = RequestOrigin::from_request_parts(parts, &()).await;
        let cookie = id.to_string();
        let Some(resumed) = service.resume_session(&cookie, origin).await? else {
            return Ok(None);
        };
        let data: Value = serde_json::from_str(&resumed.data).unwrap_or_default();
        // A session that an earlier version opened goes by its cookie.
        let name = data.get(SESSION).and_then(Value::as_str).unwrap_or(&cookie).to_owned();
        let session_id = SessionName { user: resumed.visitor.user().clone(), name };
        if resumed.renewal_due && !renew(service, &session, RenewalCause::Due).await? {
            return Ok(None);
        }
        let (mut flash, mut kept) = (None, None);
        if parts.method == Method::GET {
            if flash::is_seen(&parts.headers) {
                flash = flash::take(&session, &resumed.data).await?;
            }
            kept = Kept::take(service, &session, &data, asked_for(parts).path()).await?;
        }
        let last_environment = sections::last_environment(&parts.headers).map(str::to_owned);
        is_left(SessionLeft { idle_s: resumed.idle_s, limit_s: resumed.limit_s });
        Ok(Some(Self { visitor: resumed.visitor, session_id, flash, kept, last_environment, session }))
    }

    /// Value of the session cookie.
    pub fn cookie(&self) -> String {
        self.session.id().map(|id| id.to_string()).unwrap_or_default()
    }

    /// Gives the session of somebody who has proved again who they are, or changed how they do that, another cookie. To
    /// the forms on their screens it is the same session. `false` when it has ended meanwhile.
    pub async fn renew(&self, service: &Service, cause: RenewalCause) -> Result<bool, Failure> {
        renew(service, &self.session, cause).await
    }
}

/// Of two requests that renew a session at once one finds it gone; it leaves the cookie alone, which the other sets.
async fn renew(service: &Service, session: &Session, cause: RenewalCause) -> Result<bool, Failure> {
    // While it still goes by its old id.
    session.load().await.map_err(failure)?;
    let (old, new) = (session.id().unwrap_or_default(), Id::default());
    if !service.renew_session(&old.to_string(), &new.to_string(), cause).await? {
        return Ok(false);
    }
    let adopted = async {
        session.insert(RENEWED, new.to_string()).await?;
        session.cycle_id().await?;
        session.save().await
    };
    adopted.await.map_err(failure)?;
    Ok(true)
}

/// Pages for signed-in people: anyone else is sent to sign in, and comes back afterwards.
impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        match Self::from_parts(parts, &state.service).await {
            Ok(Some(signed_in)) => Ok(signed_in),
            Ok(None) => Err(Redirect::to(&sign_in_for(parts, state)).into_response()),
            Err(failure) => Err(PageError::from(failure).into_response()),
        }
    }
}

/// What a request asked for, whichever router has it now.
pub fn asked_for(parts: &Parts) -> &Uri {
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0)
}

/// The way back leads to the page that was asked for, or to the one with the form that was sent.
fn sign_in_for(parts: &Parts, state: &AppState) -> String {
    let page = match parts.method {
        Method::GET => asked_for(parts).path_and_query().map(ToString::to_string),
        _ => sign_in::came_from(&parts.headers, &state.site.public_url),
    };
    let Some(page) = page.filter(|page| page != routes::HOME) else { return routes::SIGN_IN.to_owned() };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &page).finish();
    format!("{}?{query}", routes::SIGN_IN)
}

/// The use cases as a store of sessions.
#[derive(Clone)]
pub struct Sessions(Service);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        if let Some(renewed) = record.data.remove(RENEWED) {
            let id = renewed.as_str().and_then(|id| id.parse().ok());
            record.id = id.ok_or_else(|| session_store::Error::Decode("no session id".to_owned()))?;
            return Ok(());
        }
        let text = |member: &str| record.data.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let user = UserId::parse(&text(USER))
            .ok_or_else(|| session_store::Error::Encode("only a person who signed in gets a session".to_owned()))?;
        let version = record.data.get(CREDENTIALS_VERSION).and_then(Value::as_i64).unwrap_or_default();
        let person = Proven { user, credentials_version: version };
        let opening = Opening { person, data: encode(record)?, address: text(ADDRESS), user_agent: text(USER_AGENT) };
        while !self.0.open_session(&record.id.to_string(), opening.clone()).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    /// A session that ended meanwhile stays ended. The library saves once more when the answer is made, and puts an empty one
    /// in its place where that fails: a secret that is shown once would be lost for a word that is said once.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if let Err(failure) = self.0.save_session(&record.id.to_string(), &encode(record)?).await {
            tracing::warn!(error = %failure, "what a session carries was not saved");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let Some(data) = self.0.session_data(&id.to_string()).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        // The store has checked both ends of the session; this one is never looked at.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::UNIX_EPOCH + time::Duration::days(365_000) }))
    }

    /// The library forgets an id when a session gets another one, which is no end. What ends a session is a use case.
    async fn delete(&self, _id: &Id) -> session_store::Result<()> {
        Ok(())
    }
}

fn encode(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))
}

/// Of the library's kinds of errors one says that trying again may help.
fn backend(failure: Failure) -> session_store::Error {
    let kind = if failure.is_temporary() { session_store::Error::Backend } else { session_store::Error::Decode };
    kind(failure.to_string())
}
