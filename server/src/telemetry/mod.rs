//! What the server says about itself: log lines, the access log, metrics.
//!
//! Nothing here writes a header's value, a body, a query or a path as it was typed: any of them may
//! hold a secret.

mod json_lines;
mod metrics;
mod request;

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, Layer, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use self::json_lines::JsonLines;
pub(crate) use self::{metrics::Counters, request::Observed};
pub use self::{metrics::Metrics, request::RequestId};

/// Libraries that would print what clients send, or a line per statement, at their finer levels.
const QUIET: [&str; 6] = ["h2", "hyper", "hyper_util", "rustls", "sqlx", "tower_sessions_core"];

/// Starts logging to standard error: lines for a person at a terminal, JSON otherwise. `RUST_LOG`
/// chooses levels, `info` without it.
pub fn init() {
    let layer = if io::stderr().is_terminal() {
        fmt::layer().with_writer(io::stderr).with_target(false).boxed()
    } else {
        fmt::layer().fmt_fields(JsonLines).event_format(JsonLines).with_writer(io::stderr).boxed()
    };
    tracing_subscriber::registry().with(filter()).with(layer).init();
    log_panics();
}

fn filter() -> EnvFilter {
    let chosen = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    QUIET.iter().fold(chosen, |filter, library| {
        let directive = format!("{library}=warn").parse().expect("a library and a level");
        filter.add_directive(directive)
    })
}

/// One line per panic, in the format of the other lines. The message is the program's own text.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let location = panic.location().map(ToString::to_string);
        tracing::error!(panic = message, location, "the program has a defect");
    }));
}

/// One line for a failure on our side, with its causes. Called where the answer is made, and nowhere else.
pub fn log_failure(failure: &(dyn std::error::Error + 'static)) {
    let causes: Vec<String> =
        std::iter::successors(Some(failure), |error| error.source()).map(ToString::to_string).collect();
    tracing::error!(error = causes.join(": "), "a request failed");
}
