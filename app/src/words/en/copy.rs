//! Copying.

/// A button that has just copied.
pub const COPIED: &str = "Copied";
/// Said of a client id.
pub const CLIENT_ID_COPIED: &str = "Client ID copied";
/// Neither way of copying is open to the page.
pub const BLOCKED: &str = "Copying was blocked. Select the text and press Ctrl+C (⌘C on a Mac).";
/// Said of a one-time link.
pub const LINK_COPIED: &str = "Link copied";
