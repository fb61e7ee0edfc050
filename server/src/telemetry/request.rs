use std::{any::Any, fmt, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

use super::metrics;
use crate::{
    client_address::{ClientAddress, TrustedProxies},
    listen::Peer,
};

/// Names one request in the log, in the activity and in its answer. Always our own: a client's could
/// forge lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    #[expect(clippy::disallowed_methods, reason = "no test expects a certain id")]
    fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has a random generator");
        Self(format!("{:032x}", u128::from_be_bytes(bytes)))
    }

    /// 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts the layers around all routes that every request passes first: it gets a [`RequestId`] and a
/// [`ClientAddress`], one line in the access log, and an answer even if the handler panics.
pub fn observed(router: Router, proxies: TrustedProxies) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn_with_state(proxies, observe))
            .layer(CatchPanicLayer::custom(answer_to_panic)),
    )
}

async fn observe(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::random();
    let client = request
        .extensions()
        .get::<Peer>()
        .map_or(ClientAddress::UNKNOWN, |peer| proxies.client(peer.0, request.headers()));
    let method = request.method().clone();
    // The pattern, not the path: links that work once carry their secret in it.
    let route = request.extensions().get().map(MatchedPath::as_str).unwrap_or("-").to_owned();
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(client);

    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let value = HeaderValue::from_str(id.as_str()).expect("hexadecimal digits are a header value");
    response.headers_mut().insert("x-request-id", value);
    let answered = Answered { method: &method, route: &route, client, status: response.status(), started };
    span.in_scope(|| answered.log());
    response
}

struct Answered<'a> {
    method: &'a Method,
    route: &'a str,
    client: ClientAddress,
    status: StatusCode,
    started: Instant,
}

impl Answered<'_> {
    fn log(&self) {
        let duration = self.started.elapsed();
        tracing::info!(
            method = %self.method,
            route = self.route,
            status = self.status.as_u16(),
            duration_ms = duration.as_millis() as u64,
            client = %self.client,
            "request"
        );
        metrics::count_request(self.method, self.route, self.status, duration);
    }
}

/// The panic itself is logged where panics are.
fn answer_to_panic(_: Box<dyn Any + Send>) -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
