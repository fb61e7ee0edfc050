//! The npm packages of `end2end/`: wasm-opt, esbuild, Playwright; and those of other folders.

use std::path::{Path, PathBuf};
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

/// Installs the packages of [`folder`].
///
/// # Errors
/// As [`install_in`].
pub fn install() -> Result<()> {
    install_in(&folder())
}

/// Installs the packages that a folder's lock file names, unless they are there.
///
/// # Errors
/// When Node.js is missing and cannot be installed, or npm fails.
pub fn install_in(folder: &Path) -> Result<()> {
    if is_current(folder)? {
        return Ok(());
    }
    find_node()?;
    println!("npm ci");
    let mut npm = Command::new("npm");
    npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
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
fn is_current(folder: &Path) -> Result<bool> {
    let lock = folder.join("package-lock.json");
    let wanted = modified(&lock).with_context(|| lock.display().to_string())?;
    Ok(modified(&folder.join("node_modules/.package-lock.json")).is_ok_and(|installed| installed >= wanted))
}

fn modified(file: &Path) -> Result<SystemTime> {
    Ok(file.metadata()?.modified()?)
}
