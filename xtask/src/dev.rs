//! `dev`: a debug server that follows the sources.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::{build, project, site};

const SOURCES: &[&str] = &["Cargo.toml", "app", "crates", "frontend", "migrations", "server", "style"];

/// Looking at a few hundred files is cheaper than a dependency that is told about them.
const PERIOD: Duration = Duration::from_millis(400);

/// Serves and restarts until it is interrupted.
///
/// # Errors
/// When the sources cannot be read. A build that fails is reported and waits for the next change.
pub fn serve(arguments: &[String]) -> Result<()> {
    let mut server = None;
    loop {
        let built_from = newest_change()?;
        match rebuild() {
            Ok(()) => server = Some(restart(server, arguments)?),
            Err(error) => eprintln!("{error:#}\nwaiting for a change"),
        }
        while newest_change()? == built_from {
            thread::sleep(PERIOD);
        }
    }
}

fn rebuild() -> Result<()> {
    site::build(false)?;
    build::debug_server().map(drop)
}

fn restart(old: Option<Child>, arguments: &[String]) -> Result<Child> {
    if let Some(mut old) = old {
        old.kill()?;
        old.wait()?;
    }
    Command::new(project::server("debug"))
        .current_dir(project::root())
        .arg("serve")
        .args(arguments)
        .spawn()
        .context("cannot start the server")
}

fn newest_change() -> Result<SystemTime> {
    SOURCES
        .iter()
        .map(|source| newest_below(&project::root().join(source)))
        .try_fold(SystemTime::UNIX_EPOCH, |newest, changed| Ok(newest.max(changed?)))
}

/// Folders count too: theirs is the time at which a file came or went.
fn newest_below(path: &Path) -> Result<SystemTime> {
    let about = fs::metadata(path).with_context(|| path.display().to_string())?;
    let mut newest = about.modified()?;
    if about.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(newest_below(&entry?.path())?);
        }
    }
    Ok(newest)
}
