//! `test`: what CI runs, in the order in which a mistake shows soonest.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::{browser, build, dependencies, interop, node, postgres, process, site, size, tools};

/// One check.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting.
    Format,
    /// Which crate may know which.
    Dependencies,
    /// Licences, bans and sources of dependencies.
    Deny,
    /// Lints of the server, its libraries and their tests.
    Lint,
    /// Lints of what runs in the browser.
    LintBrowser,
    /// Tests in Rust, on SQLite and on PostgreSQL.
    Unit,
    /// Client libraries in other languages against the server, on SQLite and on PostgreSQL.
    Interop,
    /// Sizes of what the browser loads.
    Size,
    /// Tests in a browser.
    Browser,
}

impl Step {
    fn run(self) -> Result<()> {
        match self {
            Self::Format => process::run(process::cargo().args(["fmt", "--all", "--check"])),
            Self::Dependencies => dependencies::check(),
            Self::Deny => deny(),
            Self::Lint => lint(&["--workspace", "--exclude", "frontend", "--all-targets"]),
            Self::LintBrowser => lint(&["--package", "frontend", "--package", "app", "--features", "app/hydrate"]),
            Self::Unit => unit(),
            Self::Interop => interop::check(),
            Self::Size => size::check(),
            Self::Browser => browser(),
        }
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Runs the given steps, or all.
///
/// # Errors
/// At the first step that fails; names it.
pub fn test(only: &[Step]) -> Result<()> {
    let steps: Vec<Step> =
        Step::value_variants().iter().copied().filter(|step| only.is_empty() || only.contains(step)).collect();
    let started = Instant::now();
    let mut passed = Vec::new();
    for step in &steps {
        let name = step.name();
        println!("\n── {} of {}: {name}", passed.len() + 1, steps.len());
        let step_started = Instant::now();
        step.run().with_context(|| format!("step `{name}` failed; again with: cargo xtask test --only {name}"))?;
        passed.push((name, step_started.elapsed()));
    }
    println!("\n── passed in {}", shown(started.elapsed()));
    for (name, took) in passed {
        println!("{name:<14} {:>8}", shown(took));
    }
    Ok(())
}

fn lint(selection: &[&str]) -> Result<()> {
    process::run(process::cargo().arg("clippy").args(selection).args(["--", "-D", "warnings"]))
}

fn deny() -> Result<()> {
    // Advisories are left out: their database lies outside the package registries.
    process::run(tools::DENY.command()?.args(["--log-level", "error", "check", "bans", "licenses", "sources"]))
}

fn unit() -> Result<()> {
    let database = postgres::start()?;
    process::run(
        tools::NEXTEST
            .command()?
            .args(["nextest", "run", "--workspace", "--exclude", "frontend", "--profile", "ci"])
            .env("KEYLINE_TEST_POSTGRES", database.connection_uri()),
    )
}

fn browser() -> Result<()> {
    node::install()?;
    process::run(&mut node::program("tsc"))?;
    site::build(true)?;
    let server = build::tested_server()?;
    browser::find()?;
    process::run(node::program("playwright").arg("test").env("KEYLINE_BIN", server))
}

fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}
