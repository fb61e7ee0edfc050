//! The page with the create form, and the head of its dialog.

/// Heading, and the links that lead here.
pub const HEADING: &str = "Create API Key";
/// Before the name of the environment.
pub const IN: &str = "In ";
