//! `run` and `demo`: from a clone to a running server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{build, project};

/// Serves with the release build.
///
/// # Errors
/// When it does not build or cannot be started.
pub fn serve(arguments: &[String]) -> Result<()> {
    start(&[], arguments)
}

/// Serves sample data with the release build.
///
/// # Errors
/// As [`serve`].
pub fn demo(arguments: &[String]) -> Result<()> {
    start(&["--demo"], arguments)
}

fn start(own: &[&str], arguments: &[String]) -> Result<()> {
    build::build(true)?;
    // Takes our place, so that signals reach the server directly.
    let error = Command::new(project::server("release")).arg("serve").args(own).args(arguments).exec();
    Err(error).context("cannot start the server")
}
