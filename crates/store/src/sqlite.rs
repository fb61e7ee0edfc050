//! The body of SQL on SQLite: one connection writes, any number read.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path, thread, time::Duration};

use sqlx::{
    ConnectOptions, Connection, Pool,
    error::DatabaseError,
    migrate::Migrator,
    sqlite::{
        SqliteConnectOptions, SqliteConnection, SqliteError, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};

use self::{backend::Backend, versions::Versions};
use crate::{Error, Options};

#[path = "backend/mod.rs"]
mod backend;
mod versions;

type Db = sqlx::Sqlite;

/// Takes the lock for writing at once: a transaction that reads first could not wait for it later.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Reads the end of an organization's chain, and shows a mistake where a transaction only reads.
const LOCK_ORGANIZATION: &str = "UPDATE activity_heads SET sequence = sequence \
     WHERE org_id = $1 RETURNING sequence, hash";

/// Before statements of a transaction that take as long as they take; they do anyway.
const UNHURRIED: &str = "SELECT 1";

/// What ends a statement that locks the keys `k` it reads: nothing, since a transaction that writes is the only one.
const LOCK_KEYS: &str = "";

/// Number of tables.
const TABLES: &str = "SELECT COUNT(*) AS tables FROM sqlite_schema WHERE type = 'table'";

/// Number of tables that say that a restore is not finished.
const RESTORING: &str = "SELECT COUNT(*) AS tables FROM sqlite_schema WHERE name = 'restore_in_progress'";

/// Connections for looking credentials up: one that runs, and one that waits for the disk.
const LOOKUPS: u32 = 2;

/// Memory in which a connection keeps pages: 512 KiB, as SQLite writes it. The others are in the system's cache, a copy of
/// 4 KiB away.
const PAGES: &str = "-512";

/// How long a connection waits while another process writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a process waits while another one migrates.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Opens `sqlite:{path}`, making the file when it is missing.
pub(crate) async fn open(url: &str, options: &Options) -> Result<Backend, Error> {
    let path = path_of(url)?;
    create_private(path)?;
    let connection = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // An acknowledged write survives a loss of power.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("cache_size", PAGES)
        .busy_timeout(BUSY_TIMEOUT);
    let pool = pool(options);
    let writers = pool.clone().max_connections(1).connect_with(connection.clone()).await?;
    // The first one to read the file makes its wal-index.
    sqlx::query(TABLES).execute(&writers).await?;
    let reading = connection.pragma("query_only", "ON");
    let lookups = pool.clone().max_connections(LOOKUPS).connect_with(reading.clone()).await?;
    let readers = pool.max_connections(readers().min(options.max_connections)).connect_with(reading).await?;
    Ok(Backend::new(lookups, readers, writers, Versions::of(path)?))
}

fn pool(options: &Options) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(options.acquire_timeout)
        // There is no network that could cut a connection off.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(is_free(connection)))
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Whether no transaction is left on a connection. SQLite ends one by itself where the disk is full, which the driver does
/// not hear of: to it the connection stays within, and begins no other.
async fn is_free(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The end of one that was dropped may be on its way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// As many as can run at once. Each has a thread, which comes to keep some megabytes.
fn readers() -> u32 {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(processors).unwrap_or(u32::MAX)
}

/// Brings the schema up to date in one transaction, so that of several processes one does it and the others wait.
async fn migrate(writers: &Pool<Db>) -> Result<(), Error> {
    let options = SqliteConnectOptions::clone(&writers.connect_options()).busy_timeout(MIGRATION_TIMEOUT);
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin_with(BEGIN).await?;
    MIGRATOR
        .run_direct(None, &mut *transaction, false)
        .await
        .map_err(|error| Error::from_migration(error, &MIGRATOR))?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

/// Copies the database in `file` as it is at one moment, while others write to it, into the empty file `copy`.
///
/// # Errors
/// When `file` is no whole SQLite database, or `copy` cannot be written.
pub async fn copy(file: &Path, copy: &Path) -> Result<(), Error> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true).busy_timeout(BUSY_TIMEOUT);
    let mut connection = options.connect().await?;
    let copy = copy.to_str().ok_or_else(|| Error::Address("The name of the copy is not UTF-8.".to_owned()))?;
    sqlx::query("VACUUM INTO $1").bind(copy).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Whether trying again may help. <https://sqlite.org/rescode.html>
pub(crate) fn is_transient(error: &dyn DatabaseError) -> bool {
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const IO_ERROR: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    let code = error.try_downcast_ref::<SqliteError>().and_then(|error| error.code()?.parse::<i32>().ok());
    // The primary code is the low byte of the extended one.
    code.is_some_and(|code| matches!(code & 0xff, BUSY | LOCKED | IO_ERROR | FULL | CANNOT_OPEN))
}

fn path_of(url: &str) -> Result<&Path, Error> {
    let rest = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path.starts_with(':') {
        return Err(Error::Address("The database address must name a file, like sqlite:data/keyline.db.".to_owned()));
    }
    Ok(Path::new(path))
}

/// Makes the file with a mode that lets nobody else read it; SQLite gives its companions the same mode.
fn create_private(path: &Path) -> Result<(), Error> {
    let opened = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path);
    let why = match opened {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(Error::Address(format!("The database file {} cannot be opened: {why}.", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_leaves_no_transaction_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = SqliteConnectOptions::new().filename(folder.path().join("keyline.db")).create_if_missing(true);
        let writers = pool(&Options::default()).max_connections(1).connect_with(file).await.expect("opened");
        sqlx::query("CREATE TABLE texts (text TEXT)").execute(&writers).await.expect("made");
        let long = "x".repeat(100_000);

        sqlx::query("PRAGMA max_page_count = 8").execute(&writers).await.expect("set");
        let mut transaction = writers.begin_with(BEGIN).await.expect("begun");
        let full = sqlx::query("INSERT INTO texts VALUES ($1)").bind(&long).execute(&mut *transaction).await;
        assert!(full.is_err_and(|error| error.as_database_error().is_some_and(is_transient)));
        drop(transaction);

        // The next one gets a connection of its own, which has no such limit.
        let mut transaction = writers.begin_with(BEGIN).await.expect("begun");
        sqlx::query("INSERT INTO texts VALUES ($1)").bind(&long).execute(&mut *transaction).await.expect("written");
        transaction.commit().await.expect("committed");
    }
}
