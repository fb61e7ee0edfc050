//! The question before a person's credentials are replaced.

/// Heading.
pub const HEADING: &str = "Replace your credentials?";
/// What it means.
pub const MESSAGE: &str = "Your current client secret stops working now, wherever it is in use.";
/// Does it.
pub const SUBMIT: &str = "Replace credentials";
/// The button meanwhile.
pub const PENDING: &str = "Replacing…";
