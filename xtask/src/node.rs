//! The npm packages of `end2end/`: wasm-opt, esbuild, Playwright.

use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use crate::{packages, process, project};

/// What Playwright asks for.
const OLDEST_NODE: u32 = 20;

/// Where the npm packages and the browser tests live.
pub fn folder() -> PathBuf {
    project::root().join("end2end")
}

/// A program of the installed npm packages, started in [`folder`].
pub fn program(name: &str) -> Command {
    let mut command = Command::new(folder().join("node_modules/.bin").join(name));
    command.current_dir(folder());
    command
}

/// Installs the packages that the lock file names, unless they are there.
///
/// # Errors
/// When Node.js is missing and cannot be installed, or npm fails.
pub fn install() -> Result<()> {
    if is_current()? {
        return Ok(());
    }
    find_node()?;
    println!("npm ci");
    let mut npm = Command::new("npm");
    npm.current_dir(folder()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
}

fn find_node() -> Result<()> {
    if process::find(&["npm"]).is_none() {
        packages::install("building the site", &["nodejs", "npm"])?;
    }
    let version = process::output(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    ensure!(major >= Some(OLDEST_NODE), "Node.js {} is too old: please install {OLDEST_NODE} or newer", version.trim());
    Ok(())
}

/// npm writes its own lock file last, so it is younger than ours when it belongs to it.
fn is_current() -> Result<bool> {
    let wanted = modified("package-lock.json").context("end2end/package-lock.json")?;
    Ok(modified("node_modules/.package-lock.json").is_ok_and(|installed| installed >= wanted))
}

fn modified(file: &str) -> Result<SystemTime> {
    Ok(folder().join(file).metadata()?.modified()?)
}
