//! The version of a database: what a statement sees of it.

use std::collections::HashMap;

use sqlx::{PgPool, Row as _, postgres::PgRow};

use crate::{Error, coalesce::Coalesced, steady::steadily};

/// A snapshot: which transactions are over, for the statement that asks. Between two equal ones nothing was committed.
/// <https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT>
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(String);

/// What a look-up selects to tell its version.
pub(crate) const READ_VERSION: &str = "pg_current_snapshot()::text AS read_version, ";

/// Whoever asks at the same moment is answered by one statement, which reads no table.
pub(crate) struct Versions(Coalesced<(), Version>);

impl Versions {
    pub(super) fn of(pool: PgPool) -> Self {
        Self(Coalesced::by(move |_| {
            let pool = pool.clone();
            async move {
                let now = || sqlx::query_scalar("SELECT pg_current_snapshot()::text").fetch_one(&pool);
                let now = steadily(now).await?;
                Ok(HashMap::from([((), Version(now))]))
            }
        }))
    }

    /// The version now; `None` where it cannot be told.
    pub(crate) async fn now(&self) -> Result<Option<Version>, Error> {
        self.0.find(()).await
    }

    /// The version that whatever is read after this is at least as new as: what is read says better.
    #[expect(clippy::unused_self, reason = "another database is asked")]
    pub(crate) fn before_reading(&self) -> Option<Version> {
        None
    }

    /// The version that a row was read at.
    pub(crate) fn read_at(row: &PgRow, _before: Option<&Version>) -> Result<Option<Version>, Error> {
        row.try_get("read_version").map(Version).map(Some).map_err(|_| Error::Corrupt { what: "read_version" })
    }
}
