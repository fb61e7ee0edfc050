//! A PostgreSQL for one run of the tests, or of the measurements.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use pgtemp::{PgTempDB, PgTempDBBuilder};

use crate::{packages, process};

/// Starts a server on a free port with its data in a temporary directory, gone when dropped.
///
/// # Errors
/// When PostgreSQL is missing and cannot be installed.
pub fn start() -> Result<PgTempDB> {
    Ok(server()?.start())
}

/// The same with what a test can do without: a commit is on the disk before it is acknowledged.
///
/// # Errors
/// As [`start`].
pub fn start_durable() -> Result<PgTempDB> {
    let switches = ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"];
    Ok(switches.into_iter().fold(server()?, |server, switch| server.with_config_param(switch, "on")).start())
}

fn server() -> Result<PgTempDBBuilder> {
    let programs = match programs() {
        Some(programs) => programs,
        None => {
            packages::install("a PostgreSQL of its own", &["postgresql"])?;
            programs().context("no `initdb` in the packages just installed")?
        }
    };
    // PostgreSQL refuses to run as root.
    if packages::is_root()? && process::find(&["sudo"]).is_none() {
        packages::install("starting PostgreSQL as its own user", &["sudo"])?;
    }
    Ok(PgTempDB::builder()
        .with_bin_path(programs)
        // Making a database of another name waits until the server answers.
        .with_dbname("keyline")
        .with_config_param("max_connections", "400")
        // Nobody reads its log; a full pipe would stop it.
        .with_config_param("log_min_messages", "panic"))
}

/// The folder of the programs. On `PATH` may be links to single ones; Debian puts none there.
fn programs() -> Option<PathBuf> {
    let on_path =
        process::find(&["initdb"]).and_then(|initdb| initdb.canonicalize().ok()?.parent().map(Path::to_owned));
    on_path.into_iter().chain(newest_of_debian()).find(|folder| folder.join("createdb").is_file())
}

fn newest_of_debian() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    versions
        .flatten()
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path().join("bin"))))
        .max()
        .map(|(_, programs)| programs)
}
