//! Light or dark.

/// Heading.
pub const HEADING: &str = super::frame::APPEARANCE;
/// What is chosen.
pub const LEDE: &str = "How the console looks in this browser. System follows your device.";
