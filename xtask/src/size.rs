//! `size`: what the browser loads, against the budgets.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{assets, project, site};

/// Compressed with brotli, as it travels.
struct Budget {
    part: &'static str,
    files: &'static [&'static str],
    bytes: u64,
}

const BUDGETS: &[Budget] = &[
    Budget { part: "WebAssembly", files: &["keyline.wasm"], bytes: 120_000 },
    Budget { part: "JavaScript", files: &["keyline.js", "boot.js", "session.js"], bytes: 7_000 },
    Budget { part: "CSS", files: &["main.css"], bytes: 12_000 },
    Budget { part: "Fonts", files: &["sans.woff2", "sans-extended.woff2", "mono.woff2"], bytes: 45_000 },
];

/// Builds the optimised site, prints its sizes and compares.
///
/// # Errors
/// When the site does not build or a part is above its budget.
pub fn check() -> Result<()> {
    site::build(true)?;
    let site = project::site();
    let manifest = assets::manifest(&site)?;
    let mut too_large = Vec::new();
    println!("{:<12} {:>9} {:>9} {:>9} {:>9}", "", "raw", "gzip", "brotli", "budget");
    for Budget { part, files, bytes } in BUDGETS {
        let paths = files.iter().map(|name| manifest.get(*name).with_context(|| format!("no {name}")));
        let paths = paths.collect::<Result<Vec<_>>>()?;
        let total = |suffix| paths.iter().map(|path| length(&site, path, suffix)).sum::<Result<u64>>();
        let (raw, gzip, brotli) = (total("")?, total(".gz")?, total(".br")?);
        println!("{part:<12} {raw:>9} {gzip:>9} {brotli:>9} {bytes:>9}");
        if brotli > *bytes {
            too_large.push(*part);
        }
    }
    ensure!(too_large.is_empty(), "above the budget: {}", too_large.join(", "));
    Ok(())
}

/// Of a file that is compressed by itself there is no other.
fn length(site: &Path, path: &str, suffix: &str) -> Result<u64> {
    let compressed = site.join(format!("{path}{suffix}"));
    let file = if compressed.exists() { compressed } else { site.join(path) };
    Ok(fs::metadata(&file).with_context(|| file.display().to_string())?.len())
}
