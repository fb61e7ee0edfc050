//! `/api/v1/activity`: what happened in the caller's organization.

use axum::{Json, extract::State};
use domain::{activity::Event, field::FieldError, id::UserId, secret::ClientId};
use serde_json::{Value, json};
use service::{
    Service,
    authority::{ApiClient, KeyManager},
    store::ActivityQuery,
};

use super::{
    bearer::Caller,
    input::{self, Input},
    keys, page,
    problem::ApiError,
};
use crate::representation;

/// `GET /api/v1/activity`: newest first. A client of a member sees what that member and their keys did and met.
///
/// # Errors
/// A parameter that cannot be read, or a cursor of another list.
pub async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let (client, input) = caller.with_query("activity:read")?;
    let (query, list) = read_query(&service, &client, input)?;
    let page = service.activity(&client, query).await?;
    let last = page.rows.last().filter(|_| page.has_next);
    let next_cursor = last.map(|row| service.seal_cursor(&client, &list, &row.sequence.to_string()));
    let data: Vec<_> = page.rows.iter().map(|row| representation::activity(&row.entry)).collect();
    Ok(Json(json!({ "data": data, "next_cursor": next_cursor })))
}

/// The query, and the name of the list that its cursors belong to.
fn read_query(service: &Service, client: &ApiClient, mut input: Input) -> Result<(ActivityQuery, String), ApiError> {
    let actor = input.optional("actor", actor);
    let event = input.optional("event", |value| value.word(Event::parse, "an event of this log"));
    let target = input.optional("key", |value| value.word(ClientId::parse, "a client id"));
    let target = target.map(|client_id| client_id.to_string());
    let environment = input.optional("environment", keys::environment);
    let from = input.optional("from", page::instant);
    let until = input.optional("until", page::instant);
    let limit = input.optional("limit", page::limit).unwrap_or(page::LIMIT);
    let list = format!("activity {actor:?} {event:?} {target:?} {environment:?} {from:?} {until:?}");
    let before = input.optional("cursor", |value| {
        let place = service.open_cursor(client, &list, &value.text()?);
        place.and_then(|place| place.parse().ok()).ok_or_else(page::foreign_cursor)
    });
    let organization = client.organization().id.clone();
    let query =
        ActivityQuery { organization, concerning: None, actor, event, target, environment, from, until, before, limit };
    input.finish(Some((query, list)))
}

/// An actor as rows name one; the command line has no id.
fn actor(value: input::Value) -> Result<String, FieldError> {
    let text = value.text()?;
    match text.as_str() {
        "operator" => Ok(String::new()),
        id if UserId::parse(id).is_some() || ClientId::parse(id).is_some() => Ok(text),
        _ => Err(FieldError::new("", "unknown", "Use the id of a user, a client id, or operator.")),
    }
}
