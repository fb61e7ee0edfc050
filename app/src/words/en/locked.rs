//! The page in place of another where a gate is closed.

use crate::frame::Section;

/// Only administrators see this.
pub fn role(section: Section, org: &str) -> String {
    match section {
        Section::ApiKeys | Section::Credentials => "You can't see API keys here".to_owned(),
        _ => format!("You don't have access to this page in {org}."),
    }
}

/// API access is off.
pub fn feature_off(org: &str) -> String {
    format!("API access isn't turned on for {org}")
}

/// What to do then.
pub const FEATURE_OFF_ADVICE: &str = "It depends on your contract.";
/// The same, before an address to write to.
pub const FEATURE_OFF_OFFER: &str = "It depends on your contract. We can turn it on for you.";
/// The person may not own keys.
pub const SELF_SERVICE: &str = "You can't own API keys here";

/// What to do then; `ask` says whom to ask.
pub fn self_service_advice(org: &str, ask: &str) -> String {
    format!("{org} doesn't let you have keys of your own. {ask}")
}

/// Whom to ask, by name.
pub fn ask(administrators: &[String]) -> String {
    match administrators {
        [] => "Ask an organization administrator.".to_owned(),
        names => format!("Ask an organization administrator: {}.", names.join(", ")),
    }
}

/// Where the person may go instead.
pub const OWN_KEYS: &str = super::frame::OWN_KEYS;
/// Leads to whoever runs the console.
pub const CONTACT: &str = "Contact us";
/// Leads to whom the organization's people ask.
pub const ASK_FOR_HELP: &str = "Ask for help";
/// Where there is no such address.
pub const NO_CONTACT: &str = "Ask whoever runs this console.";
