//! From an address to a [`Store`].

use std::{sync::Arc, time::Duration};

use crate::{Error, Store, postgres, sqlite};

/// How to use the database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Most connections of this process, two at least: a quarter look credentials up. On SQLite, readers beside those that do
    /// and the one writer.
    pub max_connections: u32,
    /// Longest wait for a connection.
    pub acquire_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_connections: 16, acquire_timeout: Duration::from_secs(2) }
    }
}

/// Opens the database at `url`, `sqlite:{path}` or `postgres://…`, without touching its schema.
/// A SQLite file is made when it is missing.
///
/// # Errors
/// [`Error::Address`] for another scheme or an unreadable address, [`Error::Unavailable`] when it does not answer.
pub async fn connect(url: &str, options: &Options) -> Result<Arc<dyn Store>, Error> {
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok(Arc::new(sqlite::open(url, options).await?)),
        Some("postgres" | "postgresql") => Ok(Arc::new(postgres::open(url, options).await?)),
        _ => Err(Error::Address("The database address must begin with sqlite: or postgres://.".to_owned())),
    }
}
