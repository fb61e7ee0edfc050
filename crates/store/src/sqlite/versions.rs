//! The version of a file: what changes with each commit, in whichever process.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
};

use sqlx::sqlite::SqliteRow;

use crate::Error;

/// Length of the header of a wal-index, bytes. It stands there twice.
const HEADER: usize = 48;

/// Version of the wal-index that is known here, in the processor's order of bytes.
const KNOWN: [u8; 4] = 3_007_000_u32.to_ne_bytes();

/// Where the header says whether it is filled in.
const IS_INITIALIZED: usize = 12;

/// The header of the wal-index, <https://sqlite.org/walformat.html#the_wal_index_header>. It counts commits, and says where
/// in the log the last one ends; SQLite's own readers compare it with the one before to learn whether anything is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version([u8; HEADER]);

/// What a look-up selects to tell its version: nothing, since it is asked for before.
pub(crate) const READ_VERSION: &str = "";

/// The wal-index, a file that all who have the database open share. It is read on the thread that asks, without a lock: the
/// driver's way to its thread and back takes longer than the look-up that is to be saved.
///
/// Closing it gives up the locks that this process has on it. So it stays open for as long as the database does.
pub(crate) struct Versions(File);

impl Versions {
    /// Opens the wal-index of a database that has been read.
    ///
    /// # Errors
    /// [`Error::Address`] when it cannot be opened.
    pub(super) fn of(database: &Path) -> Result<Self, Error> {
        let opened = wal_index_of(database).and_then(File::open).map(Self);
        opened.map_err(|error| Error::Address(format!("{}-shm cannot be opened: {error}.", database.display())))
    }

    /// The version now; `None` where it cannot be told.
    #[expect(clippy::unused_async, reason = "another database is asked over a network")]
    pub(crate) async fn now(&self) -> Result<Option<Version>, Error> {
        Ok(self.before_reading())
    }

    /// The version that whatever is read after this is at least as new as.
    pub(crate) fn before_reading(&self) -> Option<Version> {
        let mut headers = [[0; HEADER]; 2];
        self.0.read_exact_at(headers.as_flattened_mut(), 0).ok()?;
        let [header, again] = headers;
        let is_whole = header == again && header[IS_INITIALIZED] == 1 && header.starts_with(&KNOWN);
        (is_whole && self.is_in_use()).then_some(Version(header))
    }

    /// The version that a row was read at.
    #[expect(clippy::unnecessary_wraps, reason = "another database says it in the row")]
    pub(crate) fn read_at(_row: &SqliteRow, before: Option<&Version>) -> Result<Option<Version>, Error> {
        Ok(before.cloned())
    }

    /// Whoever closes the database last removes the file, and the next one makes another.
    fn is_in_use(&self) -> bool {
        self.0.metadata().is_ok_and(|file| file.nlink() > 0)
    }
}

/// SQLite keeps it beside the file that a link leads to.
fn wal_index_of(database: &Path) -> io::Result<PathBuf> {
    let mut path = fs::canonicalize(database)?.into_os_string();
    path.push("-shm");
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, SqliteConnection};

    use super::Versions;
    use crate::{Options, Store, sqlite};

    #[tokio::test]
    async fn a_version_lasts_until_somebody_commits_and_none_outlives_the_wal_index() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("keyline.db");
        let url = format!("sqlite:{}", file.display());
        let open = || async { sqlite::open(&url, &Options::default()).await.expect("opened") };
        let database = open().await;
        let mut elsewhere = SqliteConnection::connect(&url).await.expect("connected");
        database.migrate().await.expect("migrated");
        let versions = Versions::of(&file).expect("a wal-index");
        let before = versions.before_reading();
        assert!(before.is_some());
        database.ping().await.expect("read");
        assert_eq!(versions.before_reading(), before);

        sqlx::query("CREATE TABLE other (a INT)").execute(&mut elsewhere).await.expect("committed");
        let after = versions.before_reading();
        assert!(after.is_some() && after != before);

        elsewhere.close().await.expect("closed");
        assert_eq!(versions.before_reading(), after);
        database.close().await;
        let again = open().await;
        again.ping().await.expect("read");
        assert_eq!(versions.before_reading(), None, "another wal-index has taken its place");
    }
}
