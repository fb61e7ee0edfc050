//! Client libraries in other languages against the server: the suites of `interop/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{build, node, packages, postgres, process, project};

/// Said when something has to be installed.
const PURPOSE: &str = "the tests with client libraries";

/// Runs both suites. They start their servers themselves, and make databases of their own on the PostgreSQL given.
///
/// # Errors
/// When a test fails, or something is missing and cannot be installed.
pub fn check() -> Result<()> {
    let folder = project::root().join("interop");
    let python = python(&folder.join("requirements.txt"))?;
    node::install_in(&folder)?;
    if process::find(&["curl"]).is_none() {
        packages::install(PURPOSE, &["curl"])?;
    }
    let server = build::tested_server()?;
    let database = postgres::start()?;
    let mut suites = [Command::new(python), Command::new("npm")];
    suites[0].args(["-B", "-m", "pytest"]);
    suites[1].args(["test", "--silent"]);
    for suite in &mut suites {
        let suite = suite.current_dir(&folder).env("KEYLINE_BIN", &server);
        process::run(suite.env("KEYLINE_TEST_POSTGRES", database.connection_uri()))?;
    }
    Ok(())
}

/// Python with exactly the packages that `requirements` names, in an environment of its own.
fn python(requirements: &Path) -> Result<PathBuf> {
    let environment = project::target().join("interop");
    let python = environment.join("bin/python");
    let wanted = fs::read(requirements).with_context(|| requirements.display().to_string())?;
    // Written last, so that it is there only when everything was installed.
    let installed = environment.join("requirements.txt");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    println!("pip install");
    make_environment(&environment)?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]);
    process::run(pip.arg(requirements))?;
    fs::write(&installed, wanted).with_context(|| installed.display().to_string())?;
    Ok(python)
}

fn make_environment(folder: &Path) -> Result<()> {
    let make = || process::output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder));
    // Debian's Python comes without pip for environments.
    if make().is_err() {
        packages::install(PURPOSE, &["python3-venv"])?;
        make()?;
    }
    Ok(())
}
