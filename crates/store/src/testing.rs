//! Private databases for tests.
//!
//! A PostgreSQL database is made on the server that `KEYLINE_TEST_POSTGRES` names, the address of its maintenance
//! database; the server is thrown away after the tests, so nothing is dropped there. Without the variable each
//! database has a server of its own, which stops with it.

use std::{
    env,
    hash::{BuildHasher, Hasher, RandomState},
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use pgtemp::PgTempDB;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, migrate::Migrator, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use tempfile::TempDir;

use crate::{Options, Store, connect, postgres, sqlite};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary directory.
    Sqlite,
    /// A database of its own on a server.
    Postgres,
}

/// A database that nobody else uses, gone when dropped.
pub struct Database {
    engine: Engine,
    url: String,
    store: Arc<dyn Store>,
    _server: Server,
}

#[expect(dead_code, reason = "held so that it is removed or stopped when dropped")]
enum Server {
    Directory(TempDir),
    Shared,
    Private(Box<PgTempDB>),
}

impl Database {
    /// A database with today's schema and no rows.
    ///
    /// # Panics
    /// When there is no database to be had.
    pub async fn start(engine: Engine) -> Self {
        let database = Self::start_without_schema(engine).await;
        database.migrate().await.expect("the schema can be made");
        database
    }

    /// A database as an earlier version of the program has left it, with no rows of its own.
    ///
    /// # Panics
    /// When there is no database to be had.
    pub async fn start_at(engine: Engine, version: i64) -> Self {
        let database = Self::start_without_schema(engine).await;
        let until = |migrator: &Migrator| {
            Migrator::with_migrations(migrator.iter().filter(|step| step.version <= version).cloned().collect())
        };
        match engine {
            Engine::Sqlite => {
                let options = database.url.parse::<SqliteConnectOptions>().expect("an address");
                let mut connection = options.connect().await.expect("the file can be opened");
                let steps = until(&sqlite::MIGRATOR);
                steps.run_direct(None, &mut connection, false).await.expect("an earlier schema can be made");
                connection.close().await.expect("written");
            }
            Engine::Postgres => {
                let options = database.url.parse::<PgConnectOptions>().expect("an address");
                let mut connection = options.connect().await.expect("the server answers");
                let steps = until(&postgres::MIGRATOR);
                steps.run_direct(None, &mut connection, false).await.expect("an earlier schema can be made");
                connection.close().await.expect("the server answers");
            }
        }
        database
    }

    /// A database in which nothing is.
    ///
    /// # Panics
    /// When there is no database to be had.
    pub async fn start_without_schema(engine: Engine) -> Self {
        let (url, server) = match engine {
            Engine::Sqlite => file(),
            Engine::Postgres => match env::var("KEYLINE_TEST_POSTGRES") {
                Ok(maintenance) => (database_on(&maintenance).await, Server::Shared),
                Err(_) => private_server().await,
            },
        };
        let store = open(&url).await;
        Self { engine, url, store, _server: server }
    }

    /// Changes rows in a way no method of the store does; returns how many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => {
                let mut connection = self.url.parse::<SqliteConnectOptions>()?.connect().await?;
                let done = connection.execute(sql).await?.rows_affected();
                connection.close().await?;
                Ok(done)
            }
            Engine::Postgres => {
                let mut connection = self.url.parse::<PgConnectOptions>()?.connect().await?;
                let done = connection.execute(sql).await?.rows_affected();
                connection.close().await?;
                Ok(done)
            }
        }
    }

    /// Number of rows of a table.
    ///
    /// # Errors
    /// What the database says.
    pub async fn count(&self, table: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let count: i64 = match self.engine {
            Engine::Sqlite => {
                let mut connection = self.url.parse::<SqliteConnectOptions>()?.connect().await?;
                sqlx::query_scalar(sql).fetch_one(&mut connection).await?
            }
            Engine::Postgres => {
                let mut connection = self.url.parse::<PgConnectOptions>()?.connect().await?;
                sqlx::query_scalar(sql).fetch_one(&mut connection).await?
            }
        };
        Ok(count.unsigned_abs())
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Its address, for [`crate::connect`] and `KEYLINE_DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The store on it.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// Another store on it, as another process has one.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open_again(&self) -> Arc<dyn Store> {
        open(&self.url).await
    }
}

/// Somebody in the middle of a transaction, in whose way a migration is.
pub struct LongReader(PgConnection);

impl LongReader {
    /// Ends the transaction.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn end(self) {
        self.0.close().await.expect("the server answers");
    }
}

impl Database {
    /// Begins to read a table, and does not end. On PostgreSQL only: nobody waits for a reader of SQLite.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn read_for_long(&self, table: &str) -> LongReader {
        let options = self.url.parse::<PgConnectOptions>().expect("an address of PostgreSQL");
        let mut connection = options.connect().await.expect("the server answers");
        let lock = AssertSqlSafe(format!("BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE"));
        connection.execute(lock).await.expect("there is such a table");
        LongReader(connection)
    }
}

impl Deref for Database {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        self.store.as_ref()
    }
}

async fn open(url: &str) -> Arc<dyn Store> {
    // Many tests run at once on few processors.
    let options = Options { max_connections: 8, acquire_timeout: Duration::from_secs(30) };
    connect(url, &options).await.expect("the database can be opened")
}

fn file() -> (String, Server) {
    let directory = TempDir::with_prefix("keyline-").expect("a temporary directory can be made");
    (format!("sqlite:{}", directory.path().join("keyline.db").display()), Server::Directory(directory))
}

async fn database_on(maintenance: &str) -> String {
    let (server, _) = maintenance.rsplit_once('/').expect("the address names a database");
    let name = format!("keyline_test_{:016x}", RandomState::new().build_hasher().finish());
    let options: PgConnectOptions = maintenance.parse().expect("the address can be read");
    let mut connection = options.connect().await.expect("the server answers");
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    connection.execute(create).await.expect("a database can be made");
    connection.close().await.expect("the server answers");
    format!("{server}/{name}")
}

async fn private_server() -> (String, Server) {
    // Nobody reads the server's log; a full pipe would stop it.
    let mut builder = PgTempDB::builder().with_dbname("keyline").with_config_param("log_min_messages", "panic");
    builder.bin_path = programs();
    let server = builder.start_async().await;
    (server.connection_uri(), Server::Private(Box::new(server)))
}

/// Debian keeps the programs of each version in a folder that is not on `PATH`; `None` when they are on it.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    if env::split_paths(&path).any(|folder| folder.join("initdb").is_file()) {
        return None;
    }
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    versions.flatten().map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max()
}
