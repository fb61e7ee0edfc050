//! A link with which a person chooses a new password, asked for by an administrator.

/// Heading.
pub fn heading(name: &str) -> String {
    format!("Password link for {name}")
}

/// What to do with it; `until` is as "21 Nov 2026, 13:34 CET".
pub fn by_hand(name: &str, until: &str) -> String {
    format!(
        "Hand it to {name} over a way you trust, until {until}. It works once. Whoever opens it chooses the password; \
         nobody else learns it. Leaving this page removes the link from view for good."
    )
}

/// Leads back to the person.
pub const DONE: &str = "Done";

/// It is on its way.
pub fn mailed(email: &str) -> String {
    format!("A link to choose a new password was mailed to {email}. It works once, for 30 minutes.")
}

/// Why there is none for somebody of several organizations, and what to do.
pub fn elsewhere(name: &str, sends_mail: bool) -> String {
    let instead = if sends_mail {
        "They can ask for a link by mail themselves, on the sign-in page."
    } else {
        "Ask whoever runs this console."
    };
    format!(
        "{name} belongs or belonged to another organization too, so no administrator of one may choose a new password for them. {instead}"
    )
}
