//! The operations listener: whether the process lives, whether it should get requests, its metrics.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use service::Service;
use tokio::time::timeout;

use crate::{listen::Lifecycle, telemetry::Metrics};

/// A database that has not answered by then is not ready; one that is frozen never answers.
const PATIENCE: Duration = Duration::from_secs(2);

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
    match timeout(PATIENCE, health.service.ping()).await {
        Ok(Ok(())) => return (StatusCode::OK, "ready"),
        Ok(Err(error)) => tracing::warn!(%error, "the database does not answer"),
        Err(_) => tracing::warn!(after_s = PATIENCE.as_secs(), "the database does not answer"),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
}

async fn metrics(State(health): State<Health>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], health.metrics.render())
}
