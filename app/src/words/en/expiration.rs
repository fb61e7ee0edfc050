//! When a key ends.

/// A date of one's own.
pub const CUSTOM: &str = "Custom";
/// What that asks for.
pub const CUSTOM_DETAIL: &str = "Choose a date";
/// No end.
pub const NEVER: &str = "No expiration";
/// What that means.
pub const NEVER_DETAIL: &str = "Until removed";
/// Why it cannot be chosen.
pub const NEVER_FORBIDDEN: &str = "Turned off by your organization";
/// The end a key has already.
pub const SAME: &str = "Same date";
/// What keeping no end means.
pub const SAME_NEVER_DETAIL: &str = "As before";
/// Label of the date.
pub const ON: &str = "Expires on";

/// A fixed choice.
pub fn days(days: u32) -> String {
    match days {
        1 => "1 day".to_owned(),
        365 => "1 year".to_owned(),
        _ => format!("{days} days"),
    }
}

/// As long as policy allows.
pub fn longest(days: u32) -> String {
    let unit = if days == 1 { "day" } else { "days" };
    format!("{days} {unit} — the longest allowed")
}

/// When on that date.
pub fn on_hint(zone: &str) -> String {
    format!("At the end of that day, {zone}.")
}
