//! What was typed into a form while its session ended. It waits, sealed, in the sign-in page; then in the new session of
//! the same person, until the form is shown with it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::Service;
use tower_sessions::Session;

use super::{flash, form::PostedForm, page::PageError, session};

/// Member of what a session carries.
const KEPT: &str = "kept";

/// How long it waits, seconds.
const KEPT_S: i64 = 15 * 60;

/// What was typed, and where it belongs.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    /// Path of the page that shows the form.
    pub page: String,
    fields: Vec<(String, String)>,
    until_ms: i64,
}

impl Kept {
    /// What was posted to `action`, without secrets.
    pub fn new(service: &Service, action: &str, posted: &PostedForm) -> Self {
        let until_ms = service.now().plus_seconds(KEPT_S).as_millis();
        Self { page: app::routes::page_of_form(action), fields: posted.typed(), until_ms }
    }

    /// Closed, for the sign-in page; `None` when it is too much to keep.
    pub fn seal(&self, service: &Service) -> Option<String> {
        service.seal_typed(serde_json::to_string(self).ok()?.as_bytes())
    }

    /// Opens it for the person who has just signed in, if it is theirs and not too old.
    pub fn open(service: &Service, user: &domain::id::UserId, sealed: &str) -> Option<Self> {
        let kept: Self = serde_json::from_slice(&service.open_typed(sealed)?).ok()?;
        let form = kept.fields.iter().find(|(name, _)| name == "form").map(|(_, value)| value.as_str());
        let theirs = form.is_some_and(|value| service.is_form_of(user, value));
        (theirs && kept.is_fresh(service)).then_some(kept)
    }

    /// Leaves it in the session for the page of its form.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave(&self, session: &Session) -> Result<(), PageError> {
        session.insert(KEPT, self).await.map_err(session::failure)?;
        flash::leave(session, app::words::form::SUBMIT_AGAIN).await
    }

    /// Takes what was left for the page at `path`, given the `data` that the session carries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        service: &Service,
        session: &Session,
        data: &Value,
        path: &str,
    ) -> Result<Option<PostedForm>, service::Failure> {
        if data.pointer("/kept/page").and_then(Value::as_str) != Some(path) {
            return Ok(None);
        }
        let kept: Option<Self> = session.remove(KEPT).await.map_err(session::failure)?;
        Ok(kept.filter(|kept| kept.is_fresh(service)).map(|kept| PostedForm::from_typed(kept.fields)))
    }

    fn is_fresh(&self, service: &Service) -> bool {
        service.now().as_millis() < self.until_ms
    }
}
