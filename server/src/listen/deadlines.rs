use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use tokio::time::timeout;
use tower_http::timeout::{DeadlineBody, TimeoutError};

/// How long one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Until its body has arrived.
    pub body: Duration,
    /// Until its answer starts.
    pub answer: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { body: Duration::from_secs(20), answer: Duration::from_secs(25) }
    }
}

/// Answers 408 to a request whose body stalls and 503 to one whose handler does.
pub fn with_deadlines(router: Router, deadlines: Deadlines) -> Router {
    router.layer(middleware::from_fn_with_state(deadlines, within))
}

async fn within(State(deadlines): State<Deadlines>, request: Request, next: Next) -> Response {
    let late = Arc::new(AtomicBool::new(false));
    let request = request.map(|body| {
        let late = Arc::clone(&late);
        Body::new(DeadlineBody::new(deadlines.body, body).map_err(move |error| {
            late.fetch_or(error.is::<TimeoutError>(), Ordering::Relaxed);
            error
        }))
    });
    match timeout(deadlines.answer, next.run(request)).await {
        // Whatever the handler made of the broken body, the cause is the client's delay.
        Ok(_) if late.load(Ordering::Relaxed) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Ok(response) => response,
        Err(_) => {
            tracing::error!("the handler did not answer in time");
            let retry_after = [(header::RETRY_AFTER, HeaderValue::from_static("5"))];
            (StatusCode::SERVICE_UNAVAILABLE, retry_after).into_response()
        }
    }
}
