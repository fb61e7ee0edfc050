//! That there is more in the Activity Log.

/// How many events are new: digits, "50+" for more.
pub fn events(count: &str) -> String {
    let noun = if count == "1" { "event" } else { "events" };
    format!("{count} new {noun}")
}
