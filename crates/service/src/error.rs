//! Failures that are nobody's input.

/// Something broke on our side. Logged once, at the boundary, with its causes.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database failed; [`store::Error::Unavailable`] passes.
    #[error("storage failed")]
    Store(#[from] store::Error),
    /// A password hash could not be made or read.
    #[error("password hashing failed: {0}")]
    Password(String),
    /// A session could not be opened, saved or ended.
    #[error("a session failed: {what}")]
    Session {
        /// What the session library says.
        what: String,
        /// Whether the database was away.
        is_temporary: bool,
    },
    /// The ring has no key that has activated.
    #[error("no signing key is active")]
    NoSigningKey,
    /// The master key was replaced, and this process has the new one not yet.
    #[error("the master key was replaced; give this server the new file")]
    MasterKeyReplaced,
    /// More sign-ins at once than this process can hash for.
    #[error("too many sign-ins at once")]
    Overloaded,
}

impl Failure {
    /// Whether trying again soon may help: answered with 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Overloaded | Self::MasterKeyReplaced => true,
            Self::Store(error) => error.is_temporary(),
            Self::Session { is_temporary, .. } => *is_temporary,
            Self::Password(_) | Self::NoSigningKey => false,
        }
    }
}
