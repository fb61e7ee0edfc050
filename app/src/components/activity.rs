//! What happened, in words.

use domain::{
    activity::{Entry, Event, RefusalReason},
    time::Timestamp,
};
use serde_json::Value;

use super::moment::{Clock, Moment};

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
    /// Particulars: name and value.
    pub details: Vec<(String, String)>,
}

impl ActivityRow {
    /// A row as it reads at the clock's instant and place.
    pub fn new(entry: &Entry, clock: &Clock) -> Self {
        let details: Value = serde_json::from_str(&entry.details).unwrap_or_default();
        Self {
            at: clock.relative(entry.at),
            who: entry.actor.name.clone(),
            what: words(entry.event, &details, clock),
            target: entry.target.name.clone(),
            target_id: entry.target.id.clone(),
            environment: entry.environment.as_ref().map(ToString::to_string).unwrap_or_default(),
            address: entry.address.clone(),
            request_id: entry.request_id.clone(),
            details: particulars(&details),
        }
    }
}

fn words(event: Event, details: &Value, clock: &Clock) -> String {
    let text = |member: &str| details[member].as_str().filter(|text| !text.is_empty());
    match event {
        Event::KeySuspended => match text("reason") {
            Some(reason) => format!("suspended ({reason})"),
            None => "suspended".to_owned(),
        },
        Event::KeyRotated => {
            let end = text("previous_secret_ends_at").and_then(Timestamp::parse_rfc3339);
            end.map_or_else(
                || "rotated".to_owned(),
                |end| format!("rotated; previous secret until {}", clock.relative(end).exact),
            )
        }
        Event::OrganizationRestored => {
            let taken = text("backup_of").and_then(Timestamp::parse_rfc3339);
            taken.map_or_else(
                || label(event).to_owned(),
                |taken| format!("restored from a backup of {}", clock.relative(taken).exact),
            )
        }
        Event::AccessRefused | Event::SignInRefused => {
            let reason = text("reason").and_then(RefusalReason::parse).map(why);
            let times = details["count"].as_u64().filter(|count| *count > 1).map(|count| format!("{count} times"));
            let said: Vec<_> = reason.map(str::to_owned).into_iter().chain(times).collect();
            if said.is_empty() { label(event).to_owned() } else { format!("{} ({})", label(event), said.join(", ")) }
        }
        other => label(other).to_owned(),
    }
}

/// Why somebody was refused.
fn why(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::WrongSecret => "wrong secret",
        RefusalReason::ReplacedSecret => "secret replaced by a newer one",
        RefusalReason::Revoked => "key removed",
        RefusalReason::Expired => "key expired",
        RefusalReason::Suspended => "key suspended",
        RefusalReason::OwnerDeactivated => "owner deactivated",
        RefusalReason::OrganizationDisabled => "organization disabled",
        RefusalReason::FeatureOff => "API keys turned off",
        RefusalReason::Throttled => "too many wrong secrets before",
        RefusalReason::ClientSecretAsBearer => "secret sent as it is instead of exchanged for a token",
        RefusalReason::TokenSecretExchanged => "secret offered for exchange instead of sent as it is",
        RefusalReason::WrongPassword => "wrong password",
        RefusalReason::Deactivated => "deactivated",
    }
}

/// An event without its particulars.
pub fn label(event: Event) -> &'static str {
    match event {
        Event::OrganizationCreated => "created organization",
        Event::OrganizationChanged => "changed settings",
        Event::OrganizationRestored => "restored from a backup",
        Event::KeyPolicyChanged => "changed key policy",
        Event::UserCreated => "added member",
        Event::UserDeactivated => "deactivated",
        Event::UserReactivated => "reactivated",
        Event::RoleChanged => "changed role",
        Event::ResetLinkMade => "made password link",
        Event::PasswordChanged => "changed password",
        Event::InvitationCreated => "invited",
        Event::InvitationWithdrawn => "withdrew invitation",
        Event::EnvironmentCreated => "created environment",
        Event::EnvironmentRenamed => "renamed environment",
        Event::EnvironmentRetired => "retired environment",
        Event::SignedIn => "signed in",
        Event::SignedOut => "signed out",
        Event::KeyCreated => "created API key",
        Event::KeyEdited => "changed name or description",
        Event::KeySuspended => "suspended",
        Event::KeyReapproved => "re-approved",
        Event::KeyRotated => "rotated",
        Event::PreviousSecretEnded => "ended previous secret",
        Event::KeyRevoked => "removed",
        Event::TokenRevoked => "revoked access token",
        Event::AccessRefused => "was refused",
        Event::SignInRefused => "could not sign in",
    }
}

/// What a row carries beside its own columns, `snake_case` read as words.
fn particulars(details: &Value) -> Vec<(String, String)> {
    let Some(members) = details.as_object() else { return Vec::new() };
    let said = members.iter().filter(|(_, value)| !value.is_null());
    said.map(|(name, value)| {
        let value = match (value.get("before"), value.get("after")) {
            (Some(before), Some(after)) => format!("{} → {}", plain(before), plain(after)),
            _ => plain(value),
        };
        (name.replace('_', " "), value)
    })
    .collect()
}

/// A value without the marks of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
