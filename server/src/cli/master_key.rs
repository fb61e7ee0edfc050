use clap::Subcommand;
use serde_json::json;

use super::{Failure, Output};
use crate::{config::Config, master_key_file};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make the master key's file; one that exists is never overwritten
    New,
}

impl Command {
    pub(super) fn run(&self, config: &Config, output: Output) -> Result<(), Failure> {
        match self {
            Self::New => {
                let path = &config.master_key_file;
                master_key_file::create(path)?;
                output.write(&json!({ "master_key_file": path }), || {
                    format!("Made {}. Keep a copy of it apart from the database.", path.display())
                })
            }
        }
    }
}
