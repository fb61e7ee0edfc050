//! The management API: `/api/v1/…`, and `/auth/credentials` in the shape of partners. One file per resource. Bearer
//! credentials only: no cookie is read here, so no other site can use one.

mod activity;
mod bearer;
mod conditional;
mod credentials;
mod input;
mod key_verbs;
mod keys;
pub mod openapi;
mod organization;
mod page;
mod path;
mod problem;
mod usage;

use axum::{
    Router, middleware,
    routing::{delete, get, post},
};

use crate::state::AppState;
pub use problem::ApiError;

/// Largest body of a request here, bytes.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// Every route of the API.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/keys", get(keys::list).post(keys::create))
        .route("/api/v1/keys/{client_id}", get(keys::get).patch(key_verbs::edit).delete(key_verbs::revoke))
        .route("/api/v1/keys/{client_id}/suspend", post(key_verbs::suspend))
        .route("/api/v1/keys/{client_id}/reapprove", post(key_verbs::reapprove))
        .route("/api/v1/keys/{client_id}/rotate", post(key_verbs::rotate))
        .route("/api/v1/keys/{client_id}/end-previous-secret", post(key_verbs::end_previous_secret))
        .route("/api/v1/keys/{client_id}/usage", get(usage::usage))
        .route("/api/v1/activity", get(activity::list))
        .route("/api/v1/environments", get(organization::environments))
        .route("/api/v1/organization", get(organization::organization))
        // Partners who manage their keys by program alone.
        .route("/auth/credentials", get(credentials::list).post(credentials::create))
        .route("/auth/credentials/{client_id}", delete(credentials::revoke))
        // What all this is.
        .route("/api/v1/openapi.json", get(openapi::openapi))
        .route("/api/docs", get(openapi::docs))
        .route("/api/docs/{operation}", get(openapi::operation))
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        .layer(middleware::from_fn(conditional::tagged))
        // Any other address of programs is a problem, not a page.
        .nest("/api", nothing())
        .nest("/auth", nothing())
}

fn nothing() -> Router<AppState> {
    Router::new().fallback(async || ApiError::NotFound)
}
