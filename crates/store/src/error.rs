//! What can go wrong with a database.

use sqlx::migrate::{MigrateError, Migrator};

use crate::{postgres, sqlite};

/// A failure that is nobody's input: a rule that refuses is an outcome, not an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer, or not in time; trying again may help.
    #[error("the database did not answer")]
    Unavailable(#[source] sqlx::Error),
    /// The database refused a statement it should accept.
    #[error("the database refused a statement")]
    Refused(#[source] sqlx::Error),
    /// A stored value is outside its type.
    #[error("the database holds an impossible {what}")]
    Corrupt {
        /// Which column.
        what: &'static str,
    },
    /// The schema is not one this program can use; the sentence says why.
    #[error("{0}")]
    Schema(String),
    /// The address of the database cannot be used; the sentence says why and holds no password.
    #[error("{0}")]
    Address(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let transient = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(refusal) => {
                sqlite::is_transient(refusal.as_ref()) || postgres::is_transient(refusal.as_ref())
            }
            _ => false,
        };
        if transient { Self::Unavailable(error) } else { Self::Refused(error) }
    }
}

impl Error {
    /// Whether trying again soon may help.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// What a look-up hears whose query failed for another one beside it, which is told the reason.
    pub(crate) fn of_neighbour(temporary: bool) -> Self {
        if temporary {
            Self::Unavailable(sqlx::Error::WorkerCrashed)
        } else {
            Self::Refused(sqlx::Error::WorkerCrashed)
        }
    }

    /// What a failed migration means to whoever runs this program.
    pub(crate) fn from_migration(error: MigrateError, migrator: &Migrator) -> Self {
        let newest = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(version) => Self::Schema(format!(
                "The database has schema version {version}, and this program knows versions up to {newest}. \
                 Use the program that made it, or a newer one."
            )),
            MigrateError::VersionMismatch(version) => Self::Schema(format!(
                "Schema version {version} of the database was made by another migration than the one this program has."
            )),
            other => Self::Schema(format!("The schema of the database cannot be brought up to date: {other}.")),
        }
    }
}
