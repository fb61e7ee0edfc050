//! What happened, in words.

use domain::{
    activity::{Entry, Event, RefusalReason},
    key::StatusReason,
    time::Timestamp,
};
use serde_json::Value;

use super::moment::{Clock, Moment};
use crate::words::{activity as words, authentication::duration};

/// A row of the Activity Log for people.
#[derive(Clone, Debug)]
pub struct ActivityRow {
    /// When.
    pub at: Moment,
    /// Who.
    pub who: String,
    /// What, in the past tense: "suspended (left the company)".
    pub what: String,
    /// To what, by the name it had then.
    pub target: String,
    /// Its client id or id.
    pub target_id: String,
    /// In which environment, by slug.
    pub environment: String,
    /// From which address; empty at the command line.
    pub address: String,
    /// Which request; empty at the command line.
    pub request_id: String,
    /// Particulars: name, `snake_case`, and value.
    pub details: Vec<(String, String)>,
}

impl ActivityRow {
    /// A row as it reads at the clock's instant and place.
    pub fn new(entry: &Entry, clock: &Clock) -> Self {
        let details: Value = serde_json::from_str(&entry.details).unwrap_or_default();
        Self {
            at: clock.relative(entry.at),
            who: entry.actor.name.clone(),
            what: what(entry.event, &details, clock),
            target: entry.target.name.clone(),
            target_id: entry.target.id.clone(),
            environment: entry.environment.as_ref().map(ToString::to_string).unwrap_or_default(),
            address: entry.address.clone(),
            request_id: entry.request_id.clone(),
            details: particulars(&details, clock),
        }
    }
}

fn what(event: Event, details: &Value, clock: &Clock) -> String {
    let text = |member: &str| details[member].as_str().filter(|text| !text.is_empty());
    match event {
        Event::KeySuspended => match text("reason") {
            Some(reason) => {
                StatusReason::parse(reason).map_or_else(|| words::suspended(reason), words::suspended_because)
            }
            None => words::event(event).to_owned(),
        },
        Event::KeyRotated => {
            let end = text("previous_secret_ends_at").and_then(Timestamp::parse_rfc3339);
            end.map_or_else(|| words::event(event).to_owned(), |end| words::rotated(&clock.exactly(end)))
        }
        Event::OrganizationRestored => {
            let taken = text("backup_of").and_then(Timestamp::parse_rfc3339);
            taken.map_or_else(|| words::event(event).to_owned(), |taken| words::restored(&clock.exactly(taken)))
        }
        Event::SigningKeyRotated if details["emergency"] == true => words::EMERGENCY_ROTATION.to_owned(),
        Event::AccessRefused | Event::SignInRefused => {
            let reason = text("reason").and_then(RefusalReason::parse);
            words::refused(event, reason, details["count"].as_u64().filter(|count| *count > 1))
        }
        other => words::event(other).to_owned(),
    }
}

/// What a row carries beside its own columns.
fn particulars(details: &Value, clock: &Clock) -> Vec<(String, String)> {
    let Some(members) = details.as_object() else { return Vec::new() };
    // The reason stands in what happened.
    let said = members.iter().filter(|(name, value)| !value.is_null() && *name != "reason");
    said.map(|(name, value)| {
        let is_duration = name.ends_with(SECONDS);
        let plain = |value: &Value| match (value, value.as_i64()) {
            (_, Some(seconds)) if is_duration => duration(seconds),
            (Value::String(code), _) if name == "issued_tokens" => code.replace('_', " "),
            _ => plain(value, clock),
        };
        let value = match (value.get("before"), value.get("after")) {
            (Some(before), Some(after)) => words::changed(&plain(before), &plain(after)),
            _ => plain(value),
        };
        (name.trim_end_matches(SECONDS).to_owned(), value)
    })
    .collect()
}

/// What the name of a duration ends with.
const SECONDS: &str = "_s";

/// A value without the marks of JSON, times as the person reads them.
fn plain(value: &Value, clock: &Clock) -> String {
    match value {
        Value::Null => words::NONE.to_owned(),
        Value::String(text) if text.is_empty() => words::NONE.to_owned(),
        Value::Bool(true) => words::ON.to_owned(),
        Value::Bool(false) => words::OFF.to_owned(),
        Value::String(text) => Timestamp::parse_rfc3339(text).map_or_else(|| text.clone(), |at| clock.exactly(at)),
        Value::Array(items) if items.is_empty() => words::NONE.to_owned(),
        Value::Array(items) => items.iter().map(|item| plain(item, clock)).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
