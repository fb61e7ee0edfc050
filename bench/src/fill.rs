//! Keys by number: copies of a real one, so that every row looks as the program writes it.

use std::{str::FromStr, sync::Arc};

use crate::{
    place::{Engine, Place},
    request::Pair,
};
use anyhow::{Result, ensure};
use domain::{
    secret::Secret,
    slug::{EnvironmentSlug, KeyPrefix},
};
use service::clock::{Draws, SystemRandom};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Database, Executor, Row,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// PostgreSQL runs no triggers while rows are copied.
const RECOUNT: &str = "UPDATE environments SET keys_not_revoked = (SELECT COUNT(*) FROM api_keys k \
     WHERE k.org_id = environments.org_id AND k.environment = environments.slug AND k.revoked_at IS NULL \
     AND NOT k.personal)";

/// Rows that one statement writes.
const CHUNK: u32 = 50_000;

/// What the two databases say differently.
struct Dialect {
    /// Numbers from `{from}` to `{to}`.
    numbers: &'static str,
    /// The number `n` in 24 digits.
    padded: &'static str,
    /// 26 random characters of a client id.
    random_id: &'static str,
    /// 32 random bytes.
    random_hash: &'static str,
    /// A binary value begins and ends with these.
    binary: [&'static str; 2],
    before: &'static str,
    after: &'static str,
}

const SQLITE: Dialect = Dialect {
    numbers: "RECURSIVE numbers (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {to})",
    padded: "printf('%024d', n)",
    random_id: "lower(substr(hex(randomblob(13)), 1, 26))",
    random_hash: "randomblob(32)",
    binary: ["x'", "'"],
    before: "PRAGMA cache_size = -400000",
    after: "PRAGMA wal_checkpoint(TRUNCATE)",
};

const POSTGRES: Dialect = Dialect {
    numbers: "numbers (n) AS (SELECT generate_series({from}, {to}))",
    padded: "lpad(n::text, 24, '0')",
    random_id: "substr(md5(random()::text || n::text), 1, 26)",
    random_hash: "sha256((random()::text || n::text)::bytea)",
    binary: [r"'\x", "'::bytea"],
    // Rows that refer to rows which are there need no check.
    before: "SET session_replication_role = replica",
    after: "VACUUM ANALYZE",
};

/// Keys to be made.
pub struct Copies<'a> {
    /// The client id of the key to copy, the first one of the environment `production`.
    pub of: &'a str,
    /// Numbers that no other copies have.
    pub from: u32,
    pub count: u32,
    /// As many of them, evenly spread, get a secret that is known here.
    pub known: u32,
}

/// Makes the copies; returns those whose secret is known.
///
/// # Errors
/// When the database refuses.
pub async fn fill(place: &Place, copies: &Copies<'_>) -> Result<Vec<Pair>> {
    ensure!(copies.known <= copies.count, "more keys known than there are");
    match place.engine {
        Engine::Sqlite => {
            let options = SqliteConnectOptions::from_str(&place.url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Off)
                .foreign_keys(false);
            fill_over(options.connect().await?, &SQLITE, place, copies).await
        }
        Engine::Postgres => {
            fill_over(PgConnectOptions::from_str(&place.url)?.connect().await?, &POSTGRES, place, copies).await
        }
    }
}

async fn fill_over<C>(mut connection: C, dialect: &Dialect, place: &Place, copies: &Copies<'_>) -> Result<Vec<Pair>>
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
    for<'r> String: sqlx::Decode<'r, C::Database> + sqlx::Type<C::Database>,
    for<'r> &'r str: sqlx::ColumnIndex<<C::Database as Database>::Row>,
{
    connection.execute(dialect.before).await?;
    let end = copies.from + copies.count;
    for from in (copies.from..end).step_by(CHUNK as usize) {
        let to = (from + CHUNK).min(end) - 1;
        connection.execute(AssertSqlSafe(dialect.keys(copies.of, from, to))).await?;
        connection.execute(AssertSqlSafe(dialect.secrets(copies.of, from, to))).await?;
    }
    connection.execute(RECOUNT).await?;
    let mut known = Vec::new();
    for nth in 0..copies.known {
        let id = format!("key_01{:024}", copies.from + nth * (copies.count / copies.known));
        let (client_secret, hash) = draw(place)?;
        connection.execute(AssertSqlSafe(dialect.set_secret(copies.of, &id, &hash))).await?;
        let row = connection.fetch_one(AssertSqlSafe(client_id(copies.of, &id))).await?;
        known.push(Pair { client_id: row.try_get("client_id")?, client_secret });
    }
    connection.execute(dialect.after).await?;
    connection.close().await?;
    Ok(known)
}

/// A new secret and what the database keeps of it.
fn draw(place: &Place) -> Result<(String, String)> {
    let prefix = KeyPrefix::parse("kl").expect("two letters");
    let environment = EnvironmentSlug::parse("production").expect("letters");
    let secret = Secret::draw(&prefix, &environment, &mut Draws(Arc::new(SystemRandom)));
    let hash = place.master_key()?.hash_secret(secret.expose());
    Ok((secret.expose().to_owned(), hash.iter().map(|byte| format!("{byte:02x}")).collect()))
}

impl Dialect {
    /// Each a second older than the one before, under names that sort alike.
    fn keys(&self, of: &str, from: u32, to: u32) -> String {
        let Self { padded, random_id, .. } = self;
        let numbers = self.numbers(from, to);
        format!(
            "INSERT INTO api_keys (org_id, id, client_id, environment, name, name_key, name_search, description, kind, \
             scopes, access_token_format, expires_at, created_at, created_by, updated_at) \
             WITH {numbers} SELECT org_id, 'key_01' || {padded}, 'kl_ci_' || {random_id}, environment, \
             'Service ' || {padded}, 'service ' || {padded}, 'service ' || {padded}, description, kind, scopes, \
             access_token_format, expires_at, created_at - n * 1000, created_by, created_at - n * 1000 \
             FROM api_keys, numbers WHERE client_id = '{of}'"
        )
    }

    fn secrets(&self, of: &str, from: u32, to: u32) -> String {
        let Self { padded, random_hash, .. } = self;
        let numbers = self.numbers(from, to);
        format!(
            "INSERT INTO api_key_secrets (org_id, key_id, version, secret_hash, hash_key_version, created_at) \
             WITH {numbers} SELECT s.org_id, 'key_01' || {padded}, 1, {random_hash}, s.hash_key_version, \
             s.created_at - n * 1000 FROM numbers, api_key_secrets s \
             JOIN api_keys k ON k.org_id = s.org_id AND k.id = s.key_id WHERE k.client_id = '{of}'"
        )
    }

    fn set_secret(&self, of: &str, id: &str, hash: &str) -> String {
        let [begin, end] = self.binary;
        let same = same_organization(of);
        format!("UPDATE api_key_secrets SET secret_hash = {begin}{hash}{end} WHERE {same} AND key_id = '{id}'")
    }

    fn numbers(&self, from: u32, to: u32) -> String {
        self.numbers.replace("{from}", &from.to_string()).replace("{to}", &to.to_string())
    }
}

fn client_id(of: &str, id: &str) -> String {
    format!("SELECT client_id FROM api_keys WHERE {} AND id = '{id}'", same_organization(of))
}

fn same_organization(of: &str) -> String {
    format!("org_id = (SELECT org_id FROM api_keys WHERE client_id = '{of}')")
}
