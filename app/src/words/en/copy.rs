//! Copying.

/// A button that has just copied.
pub const COPIED: &str = "Copied";
/// Said of a client id.
pub const CLIENT_ID_COPIED: &str = "Client ID copied";
/// Said of a one-time link.
pub const LINK_COPIED: &str = "Link copied";
