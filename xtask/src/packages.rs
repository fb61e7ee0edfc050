//! Debian packages: installed when we may, otherwise named to the person.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, anyhow, bail};

use crate::process;

/// Installs packages, or says in one sentence what is missing.
///
/// # Errors
/// When this is not root on a Debian system, or `apt-get` fails.
pub fn install(purpose: &str, packages: &[&str]) -> Result<()> {
    if !is_root()? || process::find(&["apt-get"]).is_none() {
        bail!("{purpose} needs {}: please install that and try again", packages.join(", "));
    }
    update_index()?;
    println!("installing {} for {purpose}", packages.join(", "));
    process::output(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages),
    )?;
    Ok(())
}

/// The names of all packages that begin with `prefix`.
///
/// # Errors
/// When the package index cannot be read.
pub fn named(prefix: &str) -> Result<Vec<String>> {
    update_index()?;
    let names = process::output(Command::new("apt-cache").args(["pkgnames", prefix]))?;
    Ok(names.lines().map(str::to_owned).collect())
}

/// Whether this process may install packages and must give up rights before it starts a database.
///
/// # Errors
/// When `/proc` is not mounted.
pub fn is_root() -> Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// Once per run: a fresh container has no index at all.
fn update_index() -> Result<()> {
    static UPDATED: OnceLock<Result<(), String>> = OnceLock::new();
    UPDATED
        .get_or_init(|| {
            println!("reading the package index");
            process::output(Command::new("apt-get").arg("update")).map(drop).map_err(|e| format!("{e:#}"))
        })
        .clone()
        .map_err(|message| anyhow!(message))
}
