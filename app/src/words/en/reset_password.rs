//! Choosing a new password.

/// Heading.
pub const HEADING: &str = "Choose a new password";
/// The password.
pub const PASSWORD: &str = "New password";
/// What makes a good one.
pub const PASSWORD_HINT: &str = super::set_up::you::PASSWORD_HINT;
/// Does it.
pub const SUBMIT: &str = "Save password";

/// For whom, and what follows.
pub fn lede(email: &str) -> String {
    format!("For {email}. You are signed out everywhere, and sign in with the new one.")
}
