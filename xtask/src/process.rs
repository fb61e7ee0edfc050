//! Starting programs and reading their answers.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project;

/// Cargo of the toolchain that built this program, in the workspace.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(project::root());
    cargo
}

/// Runs a program to its end, its output on ours.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start `{}`", shown(command)))?;
    ensure!(status.success(), "`{}` failed ({status})", shown(command));
    Ok(())
}

/// Runs a program to its end and returns its standard output.
///
/// # Errors
/// When it cannot be started or does not succeed; with what it wrote to standard error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start `{}`", shown(command)))?;
    ensure!(
        output.status.success(),
        "`{}` failed ({})\n{}",
        shown(command),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first of these programs that is on `PATH`.
pub fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    programs
        .iter()
        .flat_map(|program| env::split_paths(&path).map(move |folder| folder.join(program)))
        .find(|file| file.is_file())
}

/// `PATH` with a folder put first.
///
/// # Errors
/// When the folder's name cannot stand in `PATH`.
pub fn path_with(folder: impl Into<PathBuf>) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.into()].into_iter().chain(env::split_paths(&path));
    Ok(env::join_paths(folders)?)
}

fn shown(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_name().unwrap_or(command.get_program());
    [program].into_iter().chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
