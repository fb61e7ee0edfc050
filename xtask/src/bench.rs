//! `bench`: provides what the program in `bench/` measures with, and starts it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::{browser, build, node, packages, postgres, process, project};

/// What to measure.
#[derive(Args)]
pub struct Bench {
    /// Everything in a few minutes, to see that it works; the figures mean nothing and are only printed.
    #[arg(long)]
    quick: bool,
    /// This measurement alone, only printed; may be given more than once. A wrong name lists the right ones.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// A built server to measure instead.
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
}

/// Measures.
///
/// # Errors
/// When something does not build or does not work. A figure that misses its mark is no error.
pub fn measure(bench: &Bench) -> Result<()> {
    let server = match &bench.server {
        Some(server) => server.clone(),
        None => {
            build::build(true)?;
            project::server("release")
        }
    };
    process::run(process::cargo().args(["build", "--release", "--package", "bench"]))?;
    let wrk = wrk()?;
    node::install()?;
    browser::find()?;
    let database = postgres::start_durable()?;
    let mut command = Command::new(project::target().join("release/bench"));
    command
        .arg("measure")
        .arg("--keyline")
        .arg(server)
        .arg("--wrk")
        .arg(wrk)
        .arg("--postgres")
        .arg(database.connection_uri())
        .arg("--end2end")
        .arg(node::folder())
        .arg("--folder")
        .arg(project::target())
        .arg("--document")
        .arg(project::root().join("docs/performance.md"))
        .args(bench.quick.then_some("--quick"))
        .args(bench.only.iter().flat_map(|name| ["--only", name]));
    process::run(&mut command)
}

/// The load generator for closed loops.
fn wrk() -> Result<PathBuf> {
    if let Some(wrk) = process::find(&["wrk"]) {
        return Ok(wrk);
    }
    packages::install("measuring", &["wrk"])?;
    process::find(&["wrk"]).context("no `wrk` in the package just installed")
}
