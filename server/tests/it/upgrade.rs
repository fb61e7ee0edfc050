//! Databases of other versions.

use std::fs;

use rstest::rstest;
use store::testing::{Database, Engine};

use crate::program::Program;

/// A key that is suspended, in the first schema: upgrading changes its row.
const ROWS: [&str; 4] = [
    "INSERT INTO organizations VALUES ('org_0000000000000000000000000A', 'acme', 'Acme', 'UTC', 'free', 'active', TRUE, \
     50, 10, 'members', 'both', 'jwt', 3600, NULL, TRUE, FALSE, '', 0, 1, 1)",
    "INSERT INTO activity_heads SELECT id, 0, ZEROS FROM organizations",
    "INSERT INTO environments VALUES ('org_0000000000000000000000000A', 'env_a', 'production', 'Production', 0, NULL)",
    "INSERT INTO api_keys (org_id, id, client_id, environment, name, name_search, description, kind, scopes, \
     access_token_format, suspended_at, suspended_reason, created_at, created_by, updated_at) VALUES \
     ('org_0000000000000000000000000A', 'key_0000000000000000000000000A', 'kl_ci_00000000000000000000000001', \
     'production', 'Key', 'key', '', 'client', '', 'jwt', 5, 'suspended_by_admin', 1, 'Ana', 1)",
];

async fn first_schema(engine: Engine) -> Database {
    let database = Database::start_at(engine, 1).await;
    let zeros = match engine {
        Engine::Sqlite => "zeroblob(32)",
        Engine::Postgres => "decode(repeat('00', 32), 'hex')",
    };
    for statement in ROWS {
        database.execute(&statement.replace("ZEROS", zeros)).await.unwrap();
    }
    database
}

/// A program whose settings name the database; its address holds a password, which no flag may.
fn program_over(database: &Database) -> Program {
    let program = Program::new();
    fs::write(program.path("keyline.toml"), format!("database_url = \"{}\"\n", database.url())).unwrap();
    program
}

fn migrate(program: &Program) -> Option<i32> {
    program.run(&["migrate"]).code
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_killed_on_sqlite_is_done_by_the_next_start() {
    let database = first_schema(Engine::Sqlite).await;
    // Changing a key takes so long that it is cut off.
    database.execute("CREATE TABLE numbers (n INTEGER)").await.unwrap();
    let many = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 5000) \
         INSERT INTO numbers SELECT n FROM c";
    database.execute(many).await.unwrap();
    let slow = "CREATE TRIGGER slow BEFORE UPDATE ON api_keys BEGIN \
         SELECT COUNT(*) FROM numbers a, numbers b, numbers c WHERE a.n + b.n + c.n = 0; END";
    database.execute(slow).await.unwrap();
    let program = program_over(&database);
    let mut child = program.spawn(&["migrate"]);
    while database.execute("BEGIN IMMEDIATE; ROLLBACK").await.is_ok() {
        assert!(child.try_wait().unwrap().is_none(), "it was to take long");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(database.count("_sqlx_migrations").await.unwrap(), 1, "nothing is half done");
    assert!(database.count("(SELECT suspended_by FROM api_keys)").await.is_err());
    database.execute("DROP TRIGGER slow").await.unwrap();
    assert_eq!(migrate(&program), Some(0));
    assert_eq!(database.count("(SELECT suspended_by FROM api_keys)").await.unwrap(), 1);
    assert_eq!(database.count("pragma_integrity_check WHERE integrity_check = 'ok'").await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_killed_on_postgres_is_done_by_the_next_start() {
    let database = first_schema(Engine::Postgres).await;
    let program = program_over(&database);
    // Somebody reads the keys, so that the migration waits in the middle.
    let reader = database.read_for_long("api_keys").await;
    let mut child = program.spawn(&["migrate"]);
    let waiting = "pg_locks WHERE NOT granted AND relation = 'api_keys'::regclass";
    while database.count(waiting).await.unwrap() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it was to wait");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    reader.end().await;
    let columns = "information_schema.columns WHERE column_name IN ('suspended_by', 'clean_up_until')";
    assert_eq!(migrate(&program), Some(0));
    assert_eq!(database.count(columns).await.unwrap(), 2);
    let once = "_sqlx_migrations WHERE version = 3 AND success";
    assert_eq!(database.count(once).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_another_program_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let database = Database::start(engine).await;
    let program = program_over(&database);
    program.run(&["master-key", "new"]);
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    for (change, named) in [
        (newer, "schema version 9999, and this program knows versions up to "),
        ("DELETE FROM _sqlx_migrations WHERE version = 9999", ""),
        ("UPDATE _sqlx_migrations SET checksum = substr(checksum, 2) WHERE version = 1", "Schema version 1 "),
    ] {
        database.execute(change).await.unwrap();
        let serve = ["serve", "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0"];
        if named.is_empty() {
            continue;
        }
        let run = program.run(&serve);
        assert_eq!(run.code, Some(78), "{}", run.stderr);
        assert!(run.stderr.contains(named), "{}", run.stderr);
    }
}
