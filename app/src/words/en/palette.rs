//! The command palette.

/// Above pages.
pub const PAGES: &str = "Go to";
/// Above what can be done.
pub const ACTIONS: &str = "Actions";
/// Above keys.
pub const KEYS: &str = "Keys";

/// How much was found.
pub fn results(query: &str, count: usize) -> String {
    match count {
        0 => format!("Nothing matches “{query}”."),
        1 => "1 result".to_owned(),
        _ => format!("{count} results"),
    }
}
