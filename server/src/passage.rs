//! What every request passes on its way to its route, and every answer on its way out.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::Route,
};
use futures_util::FutureExt;
use tower::{Service, layer::layer_fn};
use tracing::Instrument;

use crate::{
    client_address::TrustedProxies,
    console::headers,
    listen::{Arrival, Deadlines},
    telemetry::{Counters, Observed},
};

/// Puts the passage before all routes: each request gets an id, a client address, a line in the access log, and an answer
/// in time, even if its handler panics; each answer gets the headers that close what it does not need.
///
/// It is one service, since a layer of `axum::middleware::from_fn` copies all that lies inside it for each request.
pub fn before(routes: Router, proxies: TrustedProxies, deadlines: Deadlines) -> Router {
    routes.layer(layer_fn(move |route| Passage {
        route,
        proxies: proxies.clone(),
        deadlines,
        counters: Counters::default(),
    }))
}

#[derive(Clone)]
struct Passage {
    route: Route,
    proxies: TrustedProxies,
    deadlines: Deadlines,
    counters: Counters,
}

impl Service<Request> for Passage {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.route, context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let observed = Observed::begin(&mut request, &self.proxies, self.counters.clone());
        let span = observed.span();
        let allowed = !headers::asks_for_web_socket(request.headers());
        let (request, arrival) = Arrival::watch(request);
        let answering = allowed.then(|| AssertUnwindSafe(self.route.call(request)).catch_unwind());
        let deadlines = self.deadlines;
        let passing = async move {
            let mut response = match answering {
                // The panic itself is logged where panics are.
                Some(answering) => {
                    let answered = answering.map(|answered| match answered {
                        Ok(Ok(response)) => response,
                        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                    });
                    deadlines.within(arrival, answered).await
                }
                None => StatusCode::BAD_REQUEST.into_response(),
            };
            headers::secure(&mut response);
            observed.end(&mut response);
            Ok(response)
        };
        Box::pin(passing.instrument(span))
    }
}
