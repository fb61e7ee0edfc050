//! A person's own API credentials.

/// Heading.
pub const HEADING: &str = "Your API credentials";

/// What they are for this person.
pub fn lede(person: &str) -> String {
    format!("They act as you, {person}. If your account is deactivated they stop working.")
}

/// What they are not.
pub const NOT_PASSWORD: &str = "These are separate from the password you sign in with.";
/// Leads to the question before they are replaced.
pub const REPLACE: &str = "Generate new credentials";
/// They were generated in another window.
pub const GENERATED_MEANWHILE: &str =
    "Your credentials have been generated meanwhile. You can generate new ones in their place.";
/// The person may no longer do this.
pub const NO_LONGER_ALLOWED: &str = "What you may do here has just changed. Nothing was generated.";

/// The pair that is there.
pub mod facts {
    /// Public identifier.
    pub const CLIENT_ID: &str = "Client ID";
    /// Copies it.
    pub const COPY: &str = "Copy";
    /// The same, for screen readers.
    pub const COPY_LABEL: &str = "Copy client ID";
    /// Status.
    pub const STATUS: &str = "Status";
    /// Environment.
    pub const ENVIRONMENT: &str = "Environment";
    /// When it was first generated.
    pub const CREATED: &str = "Created";
    /// When the present secret was made.
    pub const REPLACED: &str = "Secret created";
    /// Last use.
    pub const LAST_USED: &str = "Last used";
    /// No use yet.
    pub const NEVER_USED: &str = "Never";
    /// End.
    pub const EXPIRES: &str = "Expires";
    /// No end.
    pub const NEVER_EXPIRES: &str = "No expiration";
    /// Why the secret is not among them.
    pub const SECRET: &str = "The secret is stored as a fingerprint. It can't be shown again.";
}

/// The form that makes the first.
pub mod generate {
    /// What they are.
    pub const ABOUT: &str = "A client ID and a client secret, which your scripts exchange for access tokens. The \
                             secret is shown once. A service that others depend on gets a key of the organization \
                             instead.";
    /// Where they work.
    pub const ENVIRONMENT: &str = "Environment";
    /// Does it.
    pub const SUBMIT: &str = "Generate credentials";
    /// The button meanwhile.
    pub const PENDING: &str = "Generating…";
}

/// Why nothing can be generated.
pub mod closed {
    /// The plan does not include it.
    pub const PLAN: &str = "Personal credentials come with the Growth and Enterprise plans.";
    /// The organization makes no keys that are exchanged for tokens.
    pub const KIND: &str = "Your organization makes no credentials that are exchanged for access tokens.";
}
