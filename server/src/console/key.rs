//! The page of one key.

use app::{
    components::{activity::ActivityRow, usage::UsageView},
    pages::{
        Page,
        key::{KeyView, SecretRow},
    },
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use domain::key::ApiKey;
use service::{UsageBy, store::ActivityQuery};

use super::{
    desk::{AtDesk, Desk},
    keys,
    page::{self, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// How much of what happened to a key its page shows.
const LAST: u32 = 10;

/// `GET …/{client_id}`.
pub async fn details<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, environment, client_id)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    // Whether its previous secret is still used, also this very second.
    state.service.flush_uses().await?;
    let key = keys::find(&state, &desk, &client_id).await?;
    let (service, manager, clock) = (&state.service, &desk.manager, &desk.clock);
    let days = service.key_usage(manager, &key.client_id, UsageBy::Day).await?.ok_or_else(PageError::not_found)?;
    let happened = service.activity(manager, activity_query(&desk, &key, LAST)).await?;
    let view = KeyView {
        usage: UsageView::new(key.kind, days.into_iter().map(|day| (day.at, day.count))),
        activity: happened.rows.iter().map(|row| ActivityRow::new(&row.entry, clock)).collect(),
        secrets: SecretRow::all(&key, clock),
        revision: key.revision,
        form: desk.form_value(&state),
        key: keys::row(&desk, &key),
        frame: desk.frame,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::Key(Box::new(view))))
}

/// What happened to a key, at most `limit` rows of it.
pub fn activity_query<M: AtDesk>(desk: &Desk<M>, key: &ApiKey, limit: u32) -> ActivityQuery {
    ActivityQuery {
        organization: desk.manager.organization().id.clone(),
        concerning: None,
        actor: None,
        event: None,
        target: Some(key.client_id.to_string()),
        environment: None,
        from: None,
        until: None,
        before: None,
        limit,
    }
}
