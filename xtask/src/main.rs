//! The commands of the README and of CI: `cargo xtask <command>`.

mod assets;
mod bench;
mod browser;
mod build;
mod css;
mod dependencies;
mod dev;
mod interop;
mod node;
mod packages;
mod postgres;
mod process;
mod project;
mod run;
mod site;
mod size;
mod test;
mod toolchain;
mod tools;
mod wasm;

use std::process::ExitCode;

use clap::Parser;

/// Builds, runs and checks Keyline.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Build the site and the server.
    Build {
        /// Optimise both and put the site into the binary: one file to deploy.
        #[arg(long)]
        release: bool,
    },
    /// Build the release binary and serve with it.
    Run {
        /// Passed on to `keyline serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build the release binary and serve sample data with it.
    Demo {
        /// Passed on to `keyline serve --demo`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Serve a debug build; rebuild and restart when a source changes.
    Dev {
        /// Passed on to `keyline serve`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check that CI runs; stops at the first that fails.
    Test {
        /// Run this step alone; may be given more than once.
        #[arg(long, value_name = "STEP")]
        only: Vec<test::Step>,
    },
    /// Print the sizes of what the browser loads; fails above the budgets.
    Size,
    /// Measure the release server against a floor; a full run rewrites docs/performance.md.
    Bench(bench::Bench),
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Build { release } => build::build(release),
        Command::Run { arguments } => run::serve(&arguments),
        Command::Demo { arguments } => run::demo(&arguments),
        Command::Dev { arguments } => dev::serve(&arguments),
        Command::Test { only } => test::test(&only),
        Command::Size => size::check(),
        Command::Bench(bench) => bench::measure(&bench),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
