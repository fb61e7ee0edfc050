//! First-run set-up.

/// Heading.
pub fn heading(product: &str) -> String {
    format!("Set up {product}")
}

/// What it is.
pub const LEDE: &str = "Name your organization and make yourself its first administrator.";
/// Does it.
pub const SUBMIT: &str = "Set up";

/// The organization.
pub mod organization {
    /// Its part of the form.
    pub const LEGEND: &str = "Organization";
    /// Display name.
    pub const NAME: &str = "Name";
    /// Slug.
    pub const SLUG: &str = "Short name";
    /// What that is.
    pub const SLUG_HINT: &str = "Stands in addresses: lower-case letters, digits and hyphens. For example: acme.";
}

/// The administrator.
pub mod you {
    /// Their part of the form.
    pub const LEGEND: &str = "You";
    /// Their name.
    pub const NAME: &str = "Your name";
    /// Their address.
    pub const EMAIL: &str = "E-mail";
    /// Their password.
    pub const PASSWORD: &str = "Password";
    /// What makes a good one.
    pub const PASSWORD_HINT: &str = "At least 12 characters. A few unrelated words make a good one.";
}
