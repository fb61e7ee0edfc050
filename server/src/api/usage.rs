//! `/api/v1/keys/{client_id}/usage`: how often a key is used.

use axum::{Json, extract::State};
use serde_json::{Value, json};
use service::{Service, UsageBy};

use super::{bearer::Caller, path::NamedKey, problem::ApiError};

/// `GET …/usage`: counts of the last 30 days, or of the last 24 hours, oldest first and without a gap.
///
/// # Errors
/// [`ApiError::NotFound`], or a parameter that cannot be read.
pub async fn usage(State(service): State<Service>, caller: Caller, named: NamedKey) -> Result<Json<Value>, ApiError> {
    let (client, mut input) = caller.with_query("keys:read")?;
    let client_id = named.client_id()?;
    let by = input.optional("by", |value| value.word(unit, "day or hour"));
    let by = input.finish(Some(by))?.unwrap_or(UsageBy::Day);
    let uses = service.key_usage(&client, &client_id, by).await?.ok_or(ApiError::NotFound)?;
    let data: Vec<_> = uses.iter().map(|uses| json!({ "at": uses.at, "count": uses.count })).collect();
    Ok(Json(json!({
        "client_id": client_id,
        "by": match by {
            UsageBy::Day => "day",
            UsageBy::Hour => "hour",
        },
        "total": uses.iter().map(|uses| uses.count).sum::<u64>(),
        "data": data,
    })))
}

fn unit(word: &str) -> Option<UsageBy> {
    match word {
        "day" => Some(UsageBy::Day),
        "hour" => Some(UsageBy::Hour),
        _ => None,
    }
}
