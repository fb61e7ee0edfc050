use std::{fmt, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderValue, Method},
    response::Response,
};
use tracing::Span;

use super::metrics::Counters;
use crate::{
    client_address::{ClientAddress, TrustedProxies},
    listen::Peer,
};

/// Names one request in the log, in the activity and in its answer. Always our own: a client's could
/// forge lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    #[expect(clippy::disallowed_methods, reason = "no test expects a certain id")]
    fn random() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has a random generator");
        Self(format!("{:032x}", u128::from_be_bytes(bytes)).into())
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

/// A request under way, as it is told of when it has been answered.
pub(crate) struct Observed {
    id: RequestId,
    method: Method,
    /// The pattern, not the path: links that work once carry their secret in it.
    route: Option<MatchedPath>,
    client: ClientAddress,
    begun: Instant,
    counters: Counters,
}

impl Observed {
    /// Gives a request its [`RequestId`] and its [`ClientAddress`].
    pub(crate) fn begin(request: &mut Request, proxies: &TrustedProxies, counters: Counters) -> Self {
        let peer = request.extensions().get::<Peer>();
        let client = peer.map_or(ClientAddress::UNKNOWN, |peer| proxies.client(peer.0, request.headers()));
        let observed = Self {
            id: RequestId::random(),
            method: request.method().clone(),
            route: request.extensions().get().cloned(),
            client,
            begun: Instant::now(),
            counters,
        };
        request.extensions_mut().insert(observed.id.clone());
        request.extensions_mut().insert(client);
        observed
    }

    /// What every line about it in the log stands in.
    pub(crate) fn span(&self) -> Span {
        tracing::info_span!("request", request_id = self.id.as_str())
    }

    /// Writes its line in the access log, counts it, and puts its id on the answer.
    pub(crate) fn end(self, response: &mut Response) {
        let value = HeaderValue::from_str(self.id.as_str()).expect("hexadecimal digits are a header value");
        response.headers_mut().insert("x-request-id", value);
        let duration = self.begun.elapsed();
        let route = self.route.as_ref().map_or("-", MatchedPath::as_str);
        tracing::info!(
            method = self.method.as_str(),
            route,
            status = response.status().as_u16(),
            duration_ms = duration.as_millis() as u64,
            client = %self.client,
            "request"
        );
        self.counters.count(&self.method, route, response.status(), duration);
    }
}
