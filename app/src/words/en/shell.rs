//! The HTML document around every page.

use crate::shell::Theme;

/// BCP 47 tag of the language of these words.
pub const LANGUAGE: &str = "en";
/// Leads past the rail.
pub const SKIP: &str = "Skip to content";
/// Shows while the browser has no connection.
pub const OFFLINE: &str = "You're offline. What you see may be out of date; changes will wait until you reconnect.";

/// A colour scheme.
pub fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}
