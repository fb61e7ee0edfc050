//! Inviting people.

/// Heading.
pub const HEADING: &str = "Invite people";
/// Leads back to the list.
pub const BACK: &str = super::frame::USERS;

/// What happens.
pub fn lede(org: &str) -> String {
    format!(
        "Each of them gets a link of their own to join {org}. It works once, within 7 days. A new link ends an older \
         one for the same address."
    )
}

/// Whom.
pub const EMAILS: &str = "E-mail addresses";

/// How to write them.
pub fn emails_hint(most: usize) -> String {
    format!("Up to {most}, separated by commas or line breaks.")
}

/// As what.
pub const ROLE: &str = "Role";
/// Does it.
pub const SUBMIT: &str = "Invite";
