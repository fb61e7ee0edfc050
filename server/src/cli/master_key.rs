use std::sync::Arc;

use anyhow::Context;
use clap::Subcommand;
use serde_json::json;
use service::{
    clock::{Clock, Draws, SystemClock, SystemRandom},
    master_key_rotation::{ReplaceError, replace_master_key},
};

use super::{Failure, Output, open};
use crate::{
    config::Config,
    master_key_file::{self, Replacement},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make the master key's file; one that exists is never overwritten
    New,
    /// Put a new master key in the place of the present one; keys and tokens stay good
    Rotate,
}

impl Command {
    pub(super) async fn run(&self, config: &Config, output: Output) -> Result<(), Failure> {
        let path = &config.master_key_file;
        match self {
            Self::New => {
                master_key_file::create(path)?;
                output.write(&json!({ "master_key_file": path }), || {
                    format!("Made {}. Keep a copy of it apart from the database.", path.display())
                })
            }
            Self::Rotate => rotate(config, output).await,
        }
    }
}

/// The order is what makes it safe: the file first, then the database, then the name.
async fn rotate(config: &Config, output: Output) -> Result<(), Failure> {
    let path = &config.master_key_file;
    let store = open::database(config).await?;
    let lock_path = path.clone();
    let replacement =
        tokio::task::spawn_blocking(move || Replacement::begin(&lock_path)).await.context("a thread")??;
    let (present, successor) = (replacement.present()?, replacement.successor()?);
    let draws = Draws(Arc::new(SystemRandom));
    let replaced = replace_master_key(&*store, present, successor, SystemClock.now(), &draws).await;
    store.close().await;
    replaced?;
    let former = replacement.end()?;
    output.write(&json!({ "master_key_file": path, "former_master_key_file": former }), || {
        format!(
            "{} holds the new master key. Keep a copy of it apart from the database.\n\
             {} holds the former one, which backups made until now need.",
            path.display(),
            former.display()
        )
    })
}

impl From<ReplaceError> for Failure {
    fn from(error: ReplaceError) -> Self {
        match error {
            ReplaceError::Store(error) => error.into(),
            ReplaceError::WrongMasterKey | ReplaceError::Unwrap(_) | ReplaceError::SigningKey(_) => {
                Self::MasterKey(error.to_string())
            }
        }
    }
}
