//! Search.

/// Heading.
pub const HEADING: &str = "Search";
/// What is looked for.
pub const QUERY: &str = super::frame::PALETTE;
/// What it may be.
pub const QUERY_PLACEHOLDER: &str = "Name or client ID";
/// Looks for it.
pub const SUBMIT: &str = "Search";
/// Above the keys that were found.
pub const KEYS: &str = "Keys";
/// Below them.
pub const MORE: &str = "There are more. Search for more of the name.";
/// Above the pages that were found.
pub const PLACES: &str = "Go to";
/// What to do where nothing was found.
pub const NOTHING_ADVICE: &str = "Check the spelling.";

/// Title once something is looked for.
pub fn title(q: &str) -> String {
    format!("Search for “{q}”")
}

/// Nothing was found.
pub fn nothing(q: &str) -> String {
    format!("Nothing matches “{q}”")
}
