//! Where a deployment keeps what it has: a folder, and a database in it or on the PostgreSQL server.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::{Context, Result};
use service::{master_key::MasterKey, signing::Algorithm};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, postgres::PgConnectOptions};
use tempfile::TempDir;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub const BOTH: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// The place of one deployment; gone when dropped, but for its database on the server.
pub struct Place {
    pub engine: Engine,
    pub algorithm: Algorithm,
    /// Address of the database.
    pub url: String,
    pub folder: TempDir,
}

impl Place {
    /// A new place in `folder`, on PostgreSQL with a new database on the server.
    ///
    /// # Errors
    /// When either cannot be made.
    pub async fn make(engine: Engine, algorithm: Algorithm, folder: &TempDir, server: &str) -> Result<Self> {
        let folder = TempDir::new_in(folder)?;
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("keyline.db").display()),
            Engine::Postgres => database(server, &folder).await?,
        };
        Ok(Self { engine, algorithm, url, folder })
    }

    /// The settings that lead a program here.
    pub fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("KEYLINE_DATA_DIR", self.folder.path().display().to_string()),
            ("KEYLINE_DATABASE_URL", self.url.clone()),
            ("KEYLINE_MASTER_KEY_FILE", self.master_key_file().display().to_string()),
            ("KEYLINE_SIGNING_ALGORITHM", self.algorithm.as_str().to_owned()),
        ]
    }

    /// The key that hashes secrets here.
    ///
    /// # Errors
    /// When there is none yet.
    pub fn master_key(&self) -> Result<MasterKey> {
        Ok(MasterKey::parse(&std::fs::read_to_string(self.master_key_file())?)?)
    }

    /// Bytes on the disk.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn size(&self) -> Result<u64> {
        if self.engine == Engine::Sqlite {
            return Ok(self.folder.path().join("keyline.db").metadata()?.len());
        }
        let mut connection = PgConnectOptions::from_str(&self.url)?.connect().await?;
        let (size,): (i64,) =
            sqlx::query_as("SELECT pg_database_size(current_database())").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(u64::try_from(size)?)
    }

    fn master_key_file(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }
}

/// Makes a database named after the folder, whose name is random.
async fn database(server: &str, folder: &TempDir) -> Result<String> {
    let (server_address, _) = server.rsplit_once('/').context("the server's address names a database")?;
    let random: String =
        folder.path().to_string_lossy().chars().rev().take_while(char::is_ascii_alphanumeric).collect();
    let name = format!("bench_{}", random.to_lowercase());
    let mut connection = PgConnectOptions::from_str(server)?.connect().await?;
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    connection.close().await?;
    Ok(format!("{server_address}/{name}"))
}
