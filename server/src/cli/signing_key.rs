use clap::Subcommand;
use serde_json::json;
use service::{
    Service,
    authority::Operator,
    signing::{SigningKeyError, SigningKeyListed},
};

use super::{Failure, Output};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a new key: published now, signing six minutes later, when every verifier knows it
    Rotate {
        /// Let the new key sign at once and forget every other: all JWTs issued before are refused
        #[arg(long)]
        emergency: bool,
    },
    /// Show the ring
    List,
}

impl Command {
    pub(super) async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let operator = Operator::at_the_command_line();
        let keys = match self {
            Self::Rotate { emergency } => service.rotate_signing_key(operator, emergency).await?,
            Self::List => service.signing_keys(operator),
        };
        output.write(&json!({ "data": keys }), || keys.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}

fn line(key: &SigningKeyListed) -> String {
    let gone = key.gone_at.map(|at| format!(", gone at {at}")).unwrap_or_default();
    format!("{}  {}  {}, signs from {}{gone}", key.kid, key.algorithm, key.state, key.activates_at)
}

impl From<SigningKeyError> for Failure {
    fn from(error: SigningKeyError) -> Self {
        match error {
            SigningKeyError::Store(error) => error.into(),
            other => anyhow::Error::from(other).into(),
        }
    }
}
