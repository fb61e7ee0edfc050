//! The operations listener: whether the process lives, whether it should get requests, its metrics.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use service::Service;

use crate::{listen::Lifecycle, telemetry::Metrics};

/// What the three answers need.
#[derive(Clone)]
pub struct Health {
    /// Knows whether the database answers.
    pub service: Service,
    /// Knows whether the server is on its way out.
    pub lifecycle: Lifecycle,
    /// The program's counters.
    pub metrics: Metrics,
}

/// `/livez`, `/readyz`, `/metrics`.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/livez", get(async || "ok"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(health)
}

async fn readyz(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.lifecycle.is_draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "shutting down");
    }
    if !health.service.has_master_key() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the master key was replaced; give this server the new file");
    }
    match health.service.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], health.metrics.render())
}
