//! The browser of the system that tests and measurements drive.

use anyhow::Result;

use crate::{packages, process};

/// Installs one where there is none.
///
/// # Errors
/// When it cannot be installed.
pub fn find() -> Result<()> {
    if process::find(&["chromium", "chromium-browser", "google-chrome"]).is_none() {
        packages::install("the browser", &["chromium"])?;
    }
    Ok(())
}
