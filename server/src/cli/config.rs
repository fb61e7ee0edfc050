use clap::Subcommand;

use super::{Failure, Output};
use crate::config::{Config, Flags, Source, Sources};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Check the configuration and print what is in force, without passwords
    Check,
}

impl Command {
    pub(super) fn run(&self, flags: &Flags, output: Output) -> Result<(), Failure> {
        match self {
            Self::Check => check(flags, output),
        }
    }
}

fn check(flags: &Flags, output: Output) -> Result<(), Failure> {
    let sources = Sources::load(flags, std::env::vars_os())?;
    let settings = Config::from_sources(&sources)?.effective();
    output.write(&settings, || {
        // Lines of TOML, so that they can be the start of a settings file.
        let lines = settings.iter().filter(|(_, value)| !value.is_null());
        lines.map(|(name, value)| format!("{name} = {value} # {}\n", source(&sources, name))).collect()
    })
}

fn source(sources: &Sources, name: &str) -> Source {
    match sources.source(name) {
        Source::Default => sources.source(&format!("{name}_file")),
        source => source,
    }
}
