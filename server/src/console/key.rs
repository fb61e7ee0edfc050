//! The page of one key.

use app::pages::{
    Page,
    key::{KeyView, SecretRow},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::{
    desk::Desk,
    keys,
    page::{self, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// `GET …/{client_id}`.
pub async fn details(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, environment, client_id)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let desk = Desk::open(&state, person, &organization, &environment).await?;
    let key = keys::find(&state, &desk, &client_id).await?;
    let view = KeyView {
        secrets: SecretRow::all(&key, &desk.clock),
        revision: key.revision,
        form: desk.form_value(&state),
        key: keys::row(&desk, &key),
        frame: desk.frame,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::Key(Box::new(view))))
}
