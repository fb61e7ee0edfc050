//! `build`: the site, then the server.

use std::path::PathBuf;

use anyhow::Result;

use crate::{process, project, site};

/// # Errors
/// When either does not build.
pub fn build(release: bool) -> Result<()> {
    site::build(release)?;
    let server = if release { release_server()? } else { debug_server()? };
    println!("built {}", server.display());
    Ok(())
}

/// Compiles the server with the site inside.
fn release_server() -> Result<PathBuf> {
    println!("server: compiling");
    process::run(process::cargo().args(["build", "--release", "--package", "server", "--bin", "keyline"]))?;
    Ok(project::server("release"))
}

/// Compiles the server that reads the site from disk.
///
/// # Errors
/// When it does not compile.
pub fn debug_server() -> Result<PathBuf> {
    println!("server: compiling");
    process::run(process::cargo().args(["build", "--workspace", "--exclude", "frontend", "--bin", "keyline"]))?;
    Ok(project::server("debug"))
}

/// The same as the tests in Rust compile it, with what only tests need: after them, nothing is compiled twice.
///
/// # Errors
/// When it does not compile.
pub fn tested_server() -> Result<PathBuf> {
    println!("server: compiling");
    process::run(process::cargo().args(["test", "--no-run", "--workspace", "--exclude", "frontend"]))?;
    Ok(project::server("debug"))
}
