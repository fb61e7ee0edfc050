//! A one-time link on the only page that shows it.

/// In its place on paper.
pub const PRINT: &str = "Link left out of print.";
/// Copies it.
pub const COPY: &str = "Copy link";
/// The browser refused to copy.
pub const COPY_BLOCKED: &str = "Copying was blocked. The link is selected — press Ctrl+C (⌘C on a Mac).";

/// Copies the link for that person or thing.
pub fn copy(label: &str) -> String {
    format!("Copy link for {label}")
}
