//! A link with which a person chooses a new password, asked for by an administrator.

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
