//! The command line. Results go to standard output, everything else to standard error.

mod activity;
mod backup;
mod config;
mod demo;
mod export;
mod failure;
mod key;
mod master_key;
mod open;
mod org;
mod output;
mod serve;
mod signing_key;
mod user;
mod value;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use serde_json::json;
use service::Service;
use tokio::runtime::Runtime;

use self::{failure::Failure, output::Output};
use crate::{
    config::{Config, Flags},
    telemetry,
};

/// Issues, verifies and revokes API keys, for organizations and their people.
#[derive(Parser)]
#[command(name = "keyline", version, arg_required_else_help = true, disable_help_subcommand = true)]
struct Cli {
    /// Print JSON instead of text for people
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console and the API; brings the database up to date first
    Serve {
        /// Serve sample data instead, in a database of its own that is made anew at each start
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database up to date
    Migrate,
    /// Copy the database into one file, while servers run
    Backup(backup::Backup),
    /// Make a database from a backup: tokens and sessions end, keys wait until somebody re-approves them
    Restore(backup::Restore),
    /// Organizations
    #[command(subcommand)]
    Org(org::Command),
    /// People
    #[command(subcommand)]
    User(user::Command),
    /// API keys
    #[command(subcommand)]
    Key(key::Command),
    /// The Activity Log
    #[command(subcommand)]
    Activity(activity::Command),
    /// The keys that sign access tokens
    #[command(subcommand)]
    SigningKey(signing_key::Command),
    /// The key that wraps all others
    #[command(subcommand)]
    MasterKey(master_key::Command),
    /// The configuration
    #[command(subcommand)]
    Config(config::Command),
}

/// Runs the command that this process was started with. Exit codes: 0 done, 1 failed or refused by a
/// rule, 2 usage, 78 bad configuration.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    telemetry::init();
    match cli.execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("keyline: {failure}");
            failure.exit_code()
        }
    }
}

impl Cli {
    fn execute(self) -> Result<(), Failure> {
        let runtime = Runtime::new().context("threads")?;
        let result = runtime.block_on(self.command.run(&self.flags, Output::new(self.json)));
        // Not dropped: that would wait for work which was just cut off.
        runtime.shutdown_background();
        result
    }
}

impl Command {
    async fn run(self, flags: &Flags, output: Output) -> Result<(), Failure> {
        let config = || Config::load(flags);
        match self {
            Self::Serve { demo } => serve::run(&config()?, demo, output).await,
            Self::Migrate => migrate(&config()?, output).await,
            Self::Backup(backup) => backup.run(&config()?, output).await,
            Self::Restore(restore) => restore.run(&config()?, output).await,
            Self::Org(command) => with_service(&config()?, async |service| command.run(service, output).await).await,
            Self::User(command) => with_service(&config()?, async |service| command.run(service, output).await).await,
            Self::Key(command) => with_service(&config()?, async |service| command.run(service, output).await).await,
            Self::Activity(command) => {
                let config = config()?;
                open::must_exist(&config)?;
                with_service(&config, async |service| command.run(service, output).await).await
            }
            Self::SigningKey(command) => {
                with_service(&config()?, async |service| command.run(service, output).await).await
            }
            Self::MasterKey(command) => command.run(&config()?, output).await,
            Self::Config(command) => command.run(flags, output),
        }
    }
}

async fn with_service(config: &Config, run: impl AsyncFnOnce(&Service) -> Result<(), Failure>) -> Result<(), Failure> {
    let service = open::service(config, &config.public_url(config.listen)).await?;
    let result = run(&service).await;
    result.and(service.close().await.map_err(Failure::from))
}

async fn migrate(config: &Config, output: Output) -> Result<(), Failure> {
    open::database(config).await?.close().await;
    output.write(&json!({ "migrated": true }), || "The database is up to date.".to_owned())
}
