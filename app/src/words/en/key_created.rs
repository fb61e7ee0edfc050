//! The page with a secret, and the answer to a repeated post.

use crate::pages::key_created::Repeated;

/// Heading for a new key.
pub const CREATED: &str = "API key created";
/// Heading for a person's first credentials.
pub const GENERATED: &str = "Your API credentials are ready";
/// Heading for those that take the place of others.
pub const GENERATED_AGAIN: &str = "Your new API credentials are ready";

/// Heading for a key that was rotated.
pub fn rotated(name: &str) -> String {
    format!("New secret for “{name}”")
}

/// What to do with a new key.
pub const COPY_KEY_NOW: &str = "Copy the key now. We keep only a fingerprint of it, so nobody can show it again.";
/// The same for a secret.
pub const COPY_SECRET_NOW: &str = "Copy the secret now. We keep only a fingerprint of it, so nobody can show it again.";
/// What a page says after that of a new key.
pub const LEAVING_REMOVES_KEY: &str = "Leaving this page removes the key from view for good.";
/// The same for a secret.
pub const LEAVING_REMOVES_SECRET: &str = "Leaving this page removes the secret from view for good.";

/// Until when the secret before works; `None` where it has ended.
pub fn previous_secret(ends: Option<&str>) -> String {
    match ends {
        Some(end) => format!("The previous secret works until {end}."),
        None => "The previous secret has stopped working.".to_owned(),
    }
}

/// What a person's credentials are.
pub const NOT_A_PASSWORD: &str = "These are separate from the password you sign in with.";
/// The same for those that take the place of others.
pub const PREVIOUS_ENDED_NOT_A_PASSWORD: &str =
    "The previous secret has stopped working. These are separate from the password you sign in with.";
/// Goes on.
pub const DONE: &str = "Done";

/// Where the same form was sent before.
pub mod repeated {
    use super::Repeated;

    /// Heading.
    pub fn heading(done: Repeated) -> &'static str {
        match done {
            Repeated::Creation => "This key was already created",
            Repeated::Rotation => "This key was already rotated",
            Repeated::Credentials => "Your credentials were already generated",
        }
    }

    /// Why the secret is not here, and what to do.
    pub fn lede(done: Repeated) -> &'static str {
        match done {
            Repeated::Creation => {
                "Its value was shown once and can't be shown again. If you didn't save it, rotate the key to get a new one."
            }
            Repeated::Rotation => {
                "Its new secret was shown once and can't be shown again. If you didn't save it, rotate the key again to \
                 get a new one."
            }
            Repeated::Credentials => {
                "The secret was shown once and can't be shown again. If you didn't save it, generate new credentials."
            }
        }
    }

    /// Leads back.
    pub const BACK: &str = "Back to the list";
    /// Rotates the key.
    pub const ROTATE: &str = "Rotate";
    /// Removes it.
    pub const REMOVE: &str = "Remove";
    /// Leads to the person's credentials.
    pub const CREDENTIALS: &str = "Your API credentials";
    /// Generates them again.
    pub const GENERATE: &str = "Generate new credentials";
}
