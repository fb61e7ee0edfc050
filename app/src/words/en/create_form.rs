//! The form that creates a key.

/// The key's name.
pub const NAME: &str = "Name";
/// What to write there.
pub const NAME_HINT: &str = "What will use it? For example: Billing sync.";
/// When the key ends.
pub const EXPIRATION: &str = "Expiration";
/// Shows where no end is chosen.
pub const NEVER_NOTE: &str = "This key works until someone removes it. Review it from time to time.";
/// Creates the key.
pub const SUBMIT: &str = "Create API Key";
/// The button while the key is made.
pub const PENDING: &str = "Creating…";

/// Asked before what was typed is lost.
pub const DISCARD: &str = "Discard this key?";

/// Which kind of key.
pub mod kind {
    /// The question.
    pub const LEGEND: &str = "How will it be used?";
    /// A client.
    pub const CLIENT: &str = "Exchange it for access tokens";
    /// What that means.
    pub const CLIENT_DETAIL: &str = "Your system trades it for tokens that live an hour at most.";
    /// A token.
    pub const TOKEN: &str = "Send it as it is";
    /// What that means.
    pub const TOKEN_DETAIL: &str = "Your system sends it with every request.";
}

/// Whose key.
pub mod owner {
    /// The question.
    pub const LEGEND: &str = "Who owns it?";
    /// The organization's.
    pub const ORGANIZATION: &str = "The organization";
    /// What that means.
    pub const ORGANIZATION_DETAIL: &str = "Every administrator manages it. It stays when people leave.";
    /// The person's own.
    pub const ME: &str = "Owned by me";
    /// What that means.
    pub const ME_DETAIL: &str =
        "It acts as you, and stops if your account is deactivated. Nobody else gets its secret.";
    /// Whether it stops when the person signs out.
    pub const SUSPEND_ON_SIGN_OUT: &str = "Suspend it when I sign out";
    /// What that means.
    pub const SUSPEND_ON_SIGN_OUT_HINT: &str =
        "It works again once you re-approve it. A session that ends by itself suspends nothing.";
}
