//! One minified style sheet out of `style/`.

use anyhow::{Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

use crate::project;

/// Bundles `style/main.css` with what it imports. Nothing is lowered for old browsers.
///
/// # Errors
/// When a file is missing or is not valid CSS; names the place.
pub fn bundle() -> Result<String> {
    let entry = project::root().join("style/main.css");
    let files = FileProvider::new();
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(&entry)
        .map_err(|error| anyhow!("style: {error}"))?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("style: {error}"))?;
    let printed = sheet.to_css(PrinterOptions { minify: true, ..PrinterOptions::default() });
    Ok(printed.map_err(|error| anyhow!("style: {error}"))?.code)
}
