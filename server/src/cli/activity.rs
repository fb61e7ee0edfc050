use clap::Subcommand;
use service::{Service, authority::Operator};

use super::{Failure, Output};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Check that no row of any organization's Activity Log was altered or removed
    Verify,
}

impl Command {
    pub(super) async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        match self {
            Self::Verify => {
                let chains = service.verify_activity(Operator::at_the_command_line()).await?;
                let chains = chains.map_err(Failure::refused)?;
                output.list(&chains, |chain| format!("{}\t{} rows", chain.organization, chain.rows))
            }
        }
    }
}
