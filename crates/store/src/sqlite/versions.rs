//! The version of a file: a number that changes with each commit, in whichever process.

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags};
use sqlx::sqlite::SqliteRow;

use crate::Error;

/// <https://sqlite.org/pragma.html#pragma_data_version>: changes with each commit of any connection but this one, which
/// commits nothing. Only numbers of the same connection compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version(i64);

/// What a look-up selects to tell its version: nothing, since its connection counts otherwise.
pub(crate) const READ_VERSION: &str = "";

/// A connection of its own, which is asked on the thread that asks: the driver's way to its thread and back takes longer
/// than the look-up that is to be saved.
pub(crate) struct Versions(Mutex<Option<Connection>>);

impl Versions {
    /// Opens the file once more.
    ///
    /// # Errors
    /// [`Error::Address`] when it cannot be opened.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)
            // Whoever asks does not wait for a lock: what cannot be told at once is read.
            .and_then(|connection| connection.busy_timeout(Duration::ZERO).map(|()| connection))
            .map_err(|error| Error::Address(format!("{} cannot be opened: {error}.", path.display())))?;
        Ok(Self(Mutex::new(Some(connection))))
    }

    /// The version now; `None` where it cannot be told.
    #[expect(clippy::unused_async, reason = "another database is asked over a network")]
    pub(crate) async fn now(&self) -> Option<Version> {
        self.before_reading()
    }

    /// The version that whatever is read after this is at least as new as.
    pub(crate) fn before_reading(&self) -> Option<Version> {
        let connection = self.connection();
        let mut statement = connection.as_ref()?.prepare_cached("PRAGMA data_version").ok()?;
        statement.query_row([], |row| row.get(0).map(Version)).ok()
    }

    /// The version that a row was read at.
    #[expect(clippy::unnecessary_wraps, reason = "another database says it in the row")]
    pub(crate) fn read_at(_row: &SqliteRow, before: Option<&Version>) -> Result<Option<Version>, Error> {
        Ok(before.cloned())
    }

    /// Closes the connection.
    pub(crate) fn close(&self) {
        self.connection().take();
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
