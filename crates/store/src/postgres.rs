//! The body of SQL on PostgreSQL: one pool reads and writes, another looks credentials up.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions, Connection, Pool,
    error::DatabaseError,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions},
};
use tokio::time::timeout;

use self::{backend::Backend, versions::Versions};
use crate::{Error, Options};

#[path = "backend/mod.rs"]
mod backend;
mod versions;

type Db = sqlx::Postgres;

/// At this level each statement sees what was committed before it began: once the lock of the organization is taken,
/// nothing that it protects can change.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Locks an organization and reads the end of its chain. A row that changes is fought for by all who wait for it, so that
/// some wait long; they queue at an advisory lock instead, which is given in the order of asking and only then shows the
/// row. The row is what protects, also from a process that does not queue.
const LOCK_ORGANIZATION: &str = "UPDATE activity_heads SET sequence = sequence \
     WHERE org_id = (SELECT $1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))) RETURNING sequence, hash";

/// What ends a statement that locks the keys `k` it reads, in the order in which it reads them. Rows that refer to a key
/// may be added meanwhile.
const LOCK_KEYS: &str = " FOR NO KEY UPDATE OF k";

/// Number of tables.
const TABLES: &str =
    "SELECT COUNT(*) AS tables FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";

/// Number of tables that say that a restore is not finished.
const RESTORING: &str = "SELECT COUNT(*) AS tables FROM pg_tables WHERE tablename = 'restore_in_progress'";

/// What the server ends by itself, so that no client can hold a lock or a connection for long.
const TIMEOUTS: [(&str, &str); 3] =
    [("statement_timeout", "10s"), ("lock_timeout", "5s"), ("idle_in_transaction_session_timeout", "10s")];

/// Pages are in memory, or on a disk that reads any of them as fast as the next one. The server's default is that of a disk
/// which has to move: it reads a table of a thousand keys from end to end to find a dozen.
const PLANNER: [(&str, &str); 1] = [("random_page_cost", "1.1")];

/// A migration takes as long as it takes, and waits for one that runs in another process.
const NO_TIMEOUTS: [(&str, &str); 3] =
    [("statement_timeout", "0"), ("lock_timeout", "0"), ("idle_in_transaction_session_timeout", "0")];

/// Before statements of a transaction that take as long as they take.
const UNHURRIED: &str = "SET LOCAL statement_timeout = 0";

/// A connection that was idle for longer is asked for a sign of life before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Opens `postgres://…`.
pub(crate) async fn open(url: &str, options: &Options) -> Result<Backend, Error> {
    // The error of the parser is left out: it may quote the address, which holds the password.
    let connection = PgConnectOptions::from_str(url).map_err(|_| {
        Error::Address("The database address must look like postgres://user:password@host:5432/database.".to_owned())
    })?;
    let connection = connection.application_name("keyline").options(TIMEOUTS).options(PLANNER);
    let pool = PgPoolOptions::new().acquire_timeout(options.acquire_timeout).test_before_acquire(false).before_acquire(
        |connection, known| {
            Box::pin(async move {
                if known.idle_for > TRUSTED_IDLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        },
    );
    let lookups = (options.max_connections / 4).max(1);
    let others = options.max_connections.saturating_sub(lookups).max(1);
    let lookups = match pool.clone().max_connections(lookups).connect_with(connection.clone()).await {
        // The pool does not say what kept it waiting; a connection of its own does.
        Err(sqlx::Error::PoolTimedOut) => {
            let alone = timeout(options.acquire_timeout, connection.connect()).await;
            return Err(alone.ok().and_then(Result::err).unwrap_or(sqlx::Error::PoolTimedOut).into());
        }
        connected => connected?,
    };
    let pool = pool.max_connections(others).connect_lazy_with(connection);
    let versions = Versions::of(lookups.clone());
    Ok(Backend::new(lookups, pool.clone(), pool, versions))
}

/// Brings the schema up to date under an advisory lock, so that of several processes one does it and the others wait.
async fn migrate(writers: &Pool<Db>) -> Result<(), Error> {
    let options = PgConnectOptions::clone(&writers.connect_options()).options(NO_TIMEOUTS);
    let mut connection = options.connect().await?;
    MIGRATOR.run_direct(None, &mut connection, false).await.map_err(|error| Error::from_migration(error, &MIGRATOR))?;
    connection.close().await?;
    Ok(())
}

/// Whether the connection is broken: the server has ended it, or is gone.
pub(crate) fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(refusal) => {
            let code = refusal.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code);
            matches!(code, Some("57P01" | "57P02")) // stopped by an administrator, or because it crashed
        }
        _ => false,
    }
}

/// Whether trying again may help. <https://www.postgresql.org/docs/current/errcodes-appendix.html>
pub(crate) fn is_transient(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code) else {
        return false;
    };
    let classes = ["08", "40", "53", "57", "58"]; // connection, rollback, resources, intervention, system
    let codes = [
        "25006", // read only: a standby, until it is promoted
        "25P03", // a transaction in which nothing happened for too long
        "25P04", // one that took too long
        "55000", // lets nobody in: a database under maintenance
        "55P03", // a lock that others have
    ];
    codes.contains(&code) || classes.iter().any(|class| code.starts_with(class))
}
