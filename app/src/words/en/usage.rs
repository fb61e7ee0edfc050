//! How often a key is used.

use domain::key::Kind;

/// Opens the table.
pub const TABLE: &str = "Show as a table";
/// Its days.
pub const DAY: &str = "Day (UTC)";
/// Its counts.
pub const COUNT: &str = "Count";

/// "312 token requests in the last 30 days, 24 on the busiest, 12 Nov.": `busiest` is a day and its count.
pub fn summary(kind: Kind, total: u64, days: usize, busiest: Option<(&str, u64)>) -> String {
    match busiest {
        Some((day, most)) => {
            format!("{total} {} in the last {days} days, {most} on the busiest, {day}.", uses(kind, total))
        }
        None => format!("No {} in the last {days} days.", uses(kind, total)),
    }
}

fn uses(kind: Kind, count: u64) -> &'static str {
    match (kind, count) {
        (Kind::Client, 1) => "token request",
        (Kind::Client, _) => "token requests",
        (Kind::Token, 1) => "request",
        (Kind::Token, _) => "requests",
    }
}
