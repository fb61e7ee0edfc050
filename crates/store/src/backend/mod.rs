//! The body of SQL. It is mounted once per database, by `sqlite.rs` and by `postgres.rs`, which say what `Db` is, how
//! a transaction that writes begins and how the schema is migrated.
//!
//! Statements are constants that both databases take as they are. Every one that touches a tenant's rows has the
//! tenant in its condition.

/// Whether the key `k` is live at the time in parameter `$now`: it has a place in the limits and keeps its name.
macro_rules! live {
    ($now:literal) => {
        concat!("(k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ", $now, "))")
    };
}

/// How many keys of the environment `e` are not revoked but have expired at the time in parameter `$now`: what its
/// `keys_not_revoked` is to be lowered by to count the live ones. Personal keys are in neither.
macro_rules! expired_in_environment {
    ($now:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM api_keys k WHERE k.org_id = e.org_id AND k.environment = e.slug \
             AND k.revoked_at IS NULL AND NOT k.personal AND k.expires_at <= ",
            $now,
            ")"
        )
    };
}

/// The owner of the key `k`, as `u` and `m`; both are missing where the organization owns it.
macro_rules! join_owner {
    () => {
        "LEFT JOIN users u ON u.id = k.owner_user_id \
         LEFT JOIN memberships m ON m.org_id = k.org_id AND m.user_id = k.owner_user_id"
    };
}

/// Whether the owner of the key `k` may do anything; needs [`join_owner`].
macro_rules! owner_active {
    () => {
        "(k.owner_user_id IS NULL OR COALESCE(u.state = 'active' AND m.state = 'active', FALSE))"
    };
}

mod accounts;
mod activity;
mod backups;
mod clients;
mod columns;
mod creations;
mod deletions;
mod deployment;
mod environments;
mod idempotency;
mod invitations;
mod key_changes;
mod key_list;
mod keys;
mod links;
mod mails;
mod memberships;
mod organizations;
mod remember;
mod retention;
mod sessions;
mod signing_keys;
mod survey;
mod together;
mod tokens;
mod users;
mod uses;

use std::sync::Arc;

use sqlx::{Database, Pool};
use tracing::Instrument;

use creations::Creations;
use remember::Remembered;
use signing_keys::Ring;

use super::{
    BEGIN, Db, migrate,
    versions::{READ_VERSION, Version, Versions},
};
use crate::{Client, Error, Hash, OpaqueToken, Store, TokenState, steady::steadily};

type Connection = <Db as Database>::Connection;
type Row = <Db as Database>::Row;
type Query<'q> = sqlx::query::Query<'q, Db, <Db as Database>::Arguments>;
type Statement = Query<'static>;
type Transaction = sqlx::Transaction<'static, Db>;

/// A database.
pub(crate) struct Backend {
    /// For what every request of a machine waits for: pages that take long leave it alone.
    lookups: Pool<Db>,
    readers: Pool<Db>,
    writers: Pool<Db>,
    ring: Ring,
    clients: Remembered<Hash, Client>,
    token_states: Remembered<tokens::TokenOf, TokenState>,
    opaque_tokens: Remembered<Hash, (OpaqueToken, TokenState)>,
    creations: Creations,
}

impl Backend {
    /// A database in which credentials are looked up through one pool, which is read through another, and written through
    /// a third, or the same.
    pub(super) fn new(lookups: Pool<Db>, readers: Pool<Db>, writers: Pool<Db>, versions: Versions) -> Self {
        let versions = Arc::new(versions);
        Self {
            clients: Remembered::new(lookups.clone(), Arc::clone(&versions), clients::BY_SECRET),
            token_states: Remembered::new(lookups.clone(), Arc::clone(&versions), tokens::STATE),
            opaque_tokens: Remembered::new(lookups.clone(), Arc::clone(&versions), tokens::OPAQUE),
            ring: Ring::new(lookups.clone(), versions),
            creations: Creations::through(writers.clone()),
            lookups,
            readers,
            writers,
        }
    }

    /// Runs `work` with a transaction, which is undone unless `work` commits it.
    async fn write<T, W>(&self, work: impl FnOnce(Transaction) -> W + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Error>> + Send,
    {
        let writers = self.writers.clone();
        let done = detached(async move { work(steadily(|| writers.begin_with(BEGIN)).await?).await }).await;
        self.give_up_held();
        done
    }

    /// Runs one statement that is a whole change; returns how many rows it touched.
    async fn change(&self, statement: Statement) -> Result<u64, Error> {
        let writers = self.writers.clone();
        let done = detached(async move { Ok(statement.execute(&writers).await?.rows_affected()) }).await;
        self.give_up_held();
        done
    }

    fn give_up_held(&self) {
        self.clients.give_up();
        self.token_states.give_up();
        self.opaque_tokens.give_up();
    }
}

/// Runs a change in a task of its own, so that a caller who goes away leaves neither a change half done nor a
/// transaction open on a connection that others will use.
async fn detached<T: Send + 'static>(
    change: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(change.in_current_span()).await.unwrap_or_else(|stopped| match stopped.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => Err(Error::Unavailable(sqlx::Error::PoolClosed)), // the runtime shuts down
    })
}

#[async_trait::async_trait]
impl Store for Backend {
    async fn migrate(&self) -> Result<(), Error> {
        backups::check_finished(&self.readers).await?;
        migrate(&self.writers).await
    }

    async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    async fn close(&self) {
        self.lookups.close().await;
        self.readers.close().await;
        // The last one to close a SQLite file writes its log back.
        self.writers.close().await;
    }
}
