use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Seconds; the token endpoint answers within the first ones, sign-in within the middle ones.
const DURATIONS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 25.0];

/// The program's counters, as the text of Prometheus.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Starts counting, for the whole process.
    ///
    /// # Errors
    ///
    /// Counting has started before.
    pub fn start() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new().set_buckets(&DURATIONS)?.install_recorder()?;
        metrics::describe_counter!("keyline_http_requests_total", "Requests answered");
        metrics::describe_counter!("argon2_verify_total", "Passwords verified");
        metrics::describe_counter!("keyline_mails_total", "Mails by what became of a try");
        metrics::describe_histogram!("keyline_http_request_seconds", "Time to an answer");
        metrics::describe_gauge!("keyline_http_connections", "Connections open");
        Ok(Self(handle))
    }

    /// Sorts the durations recorded since the last time into their buckets. Until then each takes memory of its own.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }

    /// All of them, in the text format 0.0.4.
    #[must_use]
    pub fn render(&self) -> String {
        self.upkeep();
        self.0.render()
    }
}

/// The counters that the requests of one place in the router have needed so far: finding them among all takes longer than
/// counting.
#[derive(Clone, Default)]
pub(crate) struct Counters(Arc<RwLock<Vec<Counted>>>);

struct Counted {
    method: &'static str,
    route: Box<str>,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

impl Counters {
    pub(super) fn count(&self, method: &Method, route: &str, status: StatusCode, duration: Duration) {
        let method = known(method);
        let counted = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = counted.iter().find(|one| one.method == method && one.status == status && *one.route == *route);
        if let Some(known) = known {
            return known.count(duration);
        }
        drop(counted);
        let new = Counted::register(method, route, status);
        new.count(duration);
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(new);
    }
}

impl Counted {
    fn register(method: &'static str, route: &str, status: StatusCode) -> Self {
        let (code, path) = (status.as_u16().to_string(), route.to_owned());
        let requests = metrics::counter!(
            "keyline_http_requests_total", "method" => method, "route" => path.clone(), "status" => code
        );
        let seconds = metrics::histogram!("keyline_http_request_seconds", "method" => method, "route" => path);
        Self { method, route: route.into(), status, requests, seconds }
    }

    fn count(&self, duration: Duration) {
        self.requests.increment(1);
        self.seconds.record(duration);
    }
}

/// Clients may send any word as a method; each would be a time series.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
