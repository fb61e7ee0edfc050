//! Help.

/// Above the guides.
pub const HEADING: &str = super::frame::HELP;
/// Leads to the description of the API.
pub const API_DOCS: &str = "API reference";
