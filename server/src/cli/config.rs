use clap::Subcommand;

use super::{Failure, Output};
use crate::{
    config::{Config, Flags, Source, Sources},
    master_key_file::{self, MasterKeyError},
};

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
    let config = Config::from_sources(&sources)?;
    match master_key_file::read(&config.master_key_file) {
        // The first start makes it.
        Err(MasterKeyError::Missing(_)) if config.database.is_sqlite() => {}
        read => drop(read?),
    }
    let settings = config.effective();
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
