//! A sentence about what was just done. It waits in the session and is shown once, on the page that follows.

use axum::http::HeaderMap;
use serde_json::Value;
use tower_sessions::Session;

use super::{page::PageError, session};

/// Member of what a session carries.
const FLASH: &str = "flash";

/// Whether a request is for a page that somebody sees. What a script has sent in a dialog is redirected like any form, to a
/// page that nobody looks at.
pub fn is_seen(headers: &HeaderMap) -> bool {
    !headers.contains_key(app::routes::UNSEEN)
}

/// Leaves `words` for the next page of the session. One that has ended meanwhile has none.
///
/// # Errors
/// When the database fails.
pub async fn leave(session: &Session, words: &str) -> Result<(), PageError> {
    if !session::is_somebodys(session).await? {
        return Ok(());
    }
    session.insert(FLASH, words).await.map_err(|error| session::failure(error).into())
}

/// Takes what was left, given the `data` that the session carries: nothing is read or written where there is none.
///
/// # Errors
/// When the database fails.
pub async fn take(session: &Session, data: &str) -> Result<Option<String>, service::Failure> {
    let waits = serde_json::from_str::<Value>(data).is_ok_and(|data| data.get(FLASH).is_some());
    if waits { session.remove(FLASH).await.map_err(session::failure) } else { Ok(None) }
}
