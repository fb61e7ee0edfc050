//! Choice of an organization.

/// Heading.
pub const HEADING: &str = "Choose an organization";
/// Where there is none.
pub const NONE: &str = "You don't belong to an organization yet. Ask an administrator to add you.";
/// Ends the session.
pub const SIGN_OUT: &str = "Sign out";

/// Who is signed in.
pub fn signed_in_as(email: &str) -> String {
    format!("Signed in as {email}.")
}
