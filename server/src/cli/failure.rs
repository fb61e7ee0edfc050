use std::process::ExitCode;

use crate::{config::ConfigError, master_key_file::MasterKeyError};

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// A setting is wrong.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    /// The master key does not fit the database; the sentence says how.
    #[error("{0}")]
    MasterKey(String),
    /// The schema of the database is not one of this program's; the sentence says why.
    #[error("{0}")]
    Schema(String),
    /// A rule of the product says no; the sentence says which.
    #[error("{0}")]
    Refused(String),
    /// Something broke.
    #[error("{0:#}")]
    Broken(#[from] anyhow::Error),
}

impl Failure {
    pub(super) fn refused(sentence: impl ToString) -> Self {
        Self::Refused(sentence.to_string())
    }

    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Configuration(ConfigError::SecretOnCommandLine { .. }) => 2,
            // sysexits.h, EX_CONFIG: supervisors can be told not to try again.
            Self::Configuration(_) | Self::MasterKey(_) | Self::Schema(_) => 78,
            Self::Refused(_) | Self::Broken(_) => 1,
        })
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Address(problem) => ConfigError::Database(problem).into(),
            store::Error::Schema(why) => Self::Schema(why),
            error => Self::Broken(error.into()),
        }
    }
}

impl From<service::Failure> for Failure {
    fn from(failure: service::Failure) -> Self {
        Self::Broken(failure.into())
    }
}

impl From<MasterKeyError> for Failure {
    fn from(error: MasterKeyError) -> Self {
        match error {
            MasterKeyError::Exists(_) => Self::refused(error),
            MasterKeyError::Missing(_)
            | MasterKeyError::Malformed(..)
            | MasterKeyError::Foreign(_)
            | MasterKeyError::Io(..) => Self::MasterKey(format!("{:#}", anyhow::Error::from(error))),
        }
    }
}
