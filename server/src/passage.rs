//! What every request passes on its way to its route, and every answer on its way out.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use app::rpc::RpcError;
use axum::{
    Router,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::Route,
};
use futures_util::FutureExt;
use tower::{Service, layer::layer_fn};
use tracing::Instrument;

use crate::{
    admission::Admission,
    api::ApiError,
    client_address::TrustedProxies,
    console::{headers, server_functions},
    listen::{Arrival, Deadlines},
    oauth::OAuthError,
    telemetry::{Counters, Observed},
};

/// Seconds after which a request that no handler answered in time may be tried again.
const RETRY_AFTER_S: u32 = 5;

/// Puts the passage before all routes: each request gets an id, a client address, a line in the access log, and an answer
/// in time, even if its handler panics; each answer gets the headers that close what it does not need.
///
/// It is one service, since a layer of `axum::middleware::from_fn` copies all that lies inside it for each request.
pub fn before(routes: Router, proxies: TrustedProxies, deadlines: Deadlines) -> Router {
    let admission = Admission::default();
    routes.layer(layer_fn(move |route| Passage {
        route,
        proxies: proxies.clone(),
        deadlines,
        admission: admission.clone(),
        counters: Counters::default(),
    }))
}

#[derive(Clone)]
struct Passage {
    route: Route,
    proxies: TrustedProxies,
    deadlines: Deadlines,
    admission: Admission,
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
        let unanswered = Unanswered::at(request.uri().path());
        let allowed = !headers::asks_for_web_socket(request.headers());
        let turn = self.admission.turn(&request);
        let (request, arrival) = Arrival::watch(request);
        let answering = allowed.then(|| AssertUnwindSafe(self.route.call(request)).catch_unwind());
        let deadlines = self.deadlines;
        let passing = async move {
            let mut response = match answering {
                Some(answering) => match turn.come(deadlines.turn).await {
                    Ok(_turn) => match deadlines.within(arrival, answering).await {
                        Ok(Ok(Ok(response))) => response,
                        // The panic itself is logged where panics are.
                        Ok(Err(_)) => unanswered.says(StatusCode::INTERNAL_SERVER_ERROR),
                        Err(status) => unanswered.says(status),
                    },
                    Err(status) => unanswered.says(status),
                },
                None => StatusCode::BAD_REQUEST.into_response(),
            };
            headers::secure(&mut response);
            observed.end(&mut response);
            Ok(response)
        };
        Box::pin(passing.instrument(span))
    }
}

/// Who is told that no handler came to an answer, in the form they read.
#[derive(Clone, Copy)]
enum Unanswered {
    OAuthClient,
    ApiClient,
    Function,
    Person,
}

impl Unanswered {
    fn at(path: &str) -> Self {
        match path {
            "/auth/token" | "/api/oauth/token" => Self::OAuthClient,
            _ if path.starts_with("/oauth/") => Self::OAuthClient,
            _ if path.starts_with("/api/v1/") || path.starts_with("/auth/credentials") => Self::ApiClient,
            _ if server_functions::is_at(path) => Self::Function,
            _ => Self::Person,
        }
    }

    fn says(self, status: StatusCode) -> Response {
        let mut response = match self {
            Self::OAuthClient => OAuthError::Unanswered(status).into_response(),
            Self::ApiClient => ApiError::Unanswered(status).into_response(),
            Self::Function => server_functions::json(status, &RpcError::Unheard),
            Self::Person => (status, "Keyline did not come to an answer. Try again shortly.").into_response(),
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
        }
        response
    }
}
