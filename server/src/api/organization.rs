//! `/api/v1/organization` and `/api/v1/environments`: where the caller is.

use axum::{Json, extract::State};
use domain::organization::Environment;
use serde_json::{Value, json};
use service::{Service, authority::KeyManager};

use super::{bearer::Caller, problem::ApiError};

/// `GET /api/v1/organization`: the caller's organization with its settings.
///
/// # Errors
/// [`ApiError::InsufficientScope`].
pub async fn organization(caller: Caller) -> Result<Json<Value>, ApiError> {
    let client = caller.with_scope("keys:read")?;
    Ok(Json(json!(client.organization())))
}

/// `GET /api/v1/environments`: its environments in the order they are shown, each with its number of live keys and the
/// most there may be.
///
/// # Errors
/// [`ApiError::InsufficientScope`].
pub async fn environments(State(service): State<Service>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let client = caller.with_scope("keys:read")?;
    let max_keys = client.organization().policy.max_keys_per_environment.effective();
    let environments = service.environments(&client).await?;
    let environments = environments.iter().map(|environment| {
        let Environment { id, slug, name, live_keys } = environment;
        json!({ "id": id, "slug": slug, "name": name, "live_keys": live_keys, "max_keys": max_keys })
    });
    Ok(Json(json!({ "data": environments.collect::<Vec<_>>() })))
}
