//! The panel with a secret.

/// What the secret is: of a pair, or a key that is sent as it is.
pub fn label(pair: bool) -> &'static str {
    if pair { "Client secret" } else { "API key" }
}

/// Copies it.
pub const COPY: &str = "Copy key";
/// Said after that.
pub const COPIED: &str = "API key copied";

/// Copies it with the client id it goes with.
pub const COPY_BOTH: &str = "Copy both";
/// Said after that.
pub const BOTH_COPIED: &str = "Client ID and client secret copied";

/// Hides it.
pub const HIDE: &str = "Hide";
/// Shows it again.
pub const SHOW: &str = "Show";
/// In its place on paper.
pub const PRINT: &str = "Secret left out of print.";
/// Downloads the lines for the environment.
pub const DOWNLOAD: &str = "Download .env";
/// What to do with it.
pub const ADVICE: &str = "Keep it like a password: whoever has it can use it.";
/// The browser refused to copy.
pub const COPY_BLOCKED: &str = "Copying was blocked. The key is selected — press Ctrl+C (⌘C on a Mac).";

/// Whose secret it is.
pub mod facts {
    /// Name.
    pub const NAME: &str = "Name";
    /// Environment.
    pub const ENVIRONMENT: &str = "Environment";
    /// End.
    pub const EXPIRES: &str = "Expires";
    /// No end.
    pub const NEVER_EXPIRES: &str = "No expiration";
    /// Public identifier.
    pub const CLIENT_ID: &str = "Client ID";
    /// That it is no secret.
    pub const CLIENT_ID_HINT: &str = "You can see this again in the list.";
    /// The same of a person's own credentials.
    pub const OWN_CLIENT_ID_HINT: &str = "You can see this again on this page.";
}

/// What to do with it.
pub mod snippets {
    /// The tabs, for screen readers.
    pub const LABEL: &str = "Use it";
    /// The secret alone.
    pub const KEY: &str = "Key";
    /// Copies it.
    pub const COPY_KEY: &str = "Copy";
    /// Puts the secret into the command.
    pub const INSERT: &str = "Put my key in the command";
    /// Lines for the environment.
    pub const ENV: &str = ".env";
    /// Copies them.
    pub const COPY_ENV: &str = "Copy .env";
    /// Said after that.
    pub const ENV_COPIED: &str = ".env copied";
    /// A command.
    pub const CURL: &str = "curl";
}

/// Asked before a secret is lost that nobody has copied.
pub mod guard {
    /// What is the matter. What follows from closing comes next.
    pub const NOT_COPIED: &str = "You haven't copied this key.";
    /// For a new key.
    pub const CREATE_AGAIN: &str = " If you close now, you'll have to create another.";
    /// For a key that was rotated.
    pub const ROTATE_AGAIN: &str = " If you close now, you'll have to rotate it again.";
    /// For a person's credentials.
    pub const GENERATE_AGAIN: &str = " If you close now, you'll have to generate new ones.";
    /// Stays.
    pub const KEEP: &str = "Keep open";
    /// Goes.
    pub const LEAVE: &str = "Close without copying";
}
