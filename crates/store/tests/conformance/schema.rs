//! Opening databases, and bringing their schemas up to date.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, path::Path};

use rstest::rstest;
use sqlx::ConnectOptions;
use store::{
    Error, Options, connect,
    testing::{Database, Engine},
};

use crate::scene::{Scene, new_key, now, postgres, sqlite, verified_chain};

/// A column: table, name, whether it may be missing.
pub type Columns = BTreeSet<(String, String, bool)>;

pub async fn columns(database: &Database) -> Columns {
    match database.engine() {
        Engine::Sqlite => {
            let sql = "SELECT t.name, c.name, c.\"notnull\" = 0 FROM sqlite_schema t, pragma_table_info(t.name) c \
                 WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
            let mut connection = sqlite(database).connect().await.expect("connected");
            sqlx::query_as(sql).fetch_all(&mut connection).await.expect("answered").into_iter().collect()
        }
        Engine::Postgres => {
            let sql = "SELECT table_name::text, column_name::text, is_nullable::text = 'YES' \
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
            let mut connection = postgres(database).connect().await.expect("connected");
            sqlx::query_as(sql).fetch_all(&mut connection).await.expect("answered").into_iter().collect()
        }
    }
}

/// The indexes that have a name of our own: constraints are named by each database in its way.
async fn indexes(database: &Database) -> BTreeSet<(String, String)> {
    match database.engine() {
        Engine::Sqlite => {
            let sql = "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
            let mut connection = sqlite(database).connect().await.expect("connected");
            sqlx::query_as(sql).fetch_all(&mut connection).await.expect("answered").into_iter().collect()
        }
        Engine::Postgres => {
            let sql = "SELECT tablename::text, indexname::text FROM pg_indexes i WHERE schemaname = 'public' \
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)";
            let mut connection = postgres(database).connect().await.expect("connected");
            sqlx::query_as(sql).fetch_all(&mut connection).await.expect("answered").into_iter().collect()
        }
    }
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let on_sqlite = Database::start(Engine::Sqlite).await;
    let on_postgres = Database::start(Engine::Postgres).await;
    let sqlites = columns(&on_sqlite).await;
    assert_eq!(sqlites, columns(&on_postgres).await);
    assert!(sqlites.contains(&("api_keys".to_owned(), "owner_user_id".to_owned(), true)), "{sqlites:?}");
    assert_eq!(indexes(&on_sqlite).await, indexes(&on_postgres).await);
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let names = |database| -> BTreeSet<_> {
        let files = folder.join(database).read_dir().expect("a folder");
        files.map(|file| file.expect("a file").file_name()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_database_is_opened_again_with_all_that_was_in_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    scene.close().await;
    let again = scene.database.open_again().await;
    again.migrate().await.expect("nothing to do");
    again.ping().await.expect("answered");
    assert_eq!(again.key(&scene.acme, &key.client_id).await.expect("answered"), Some(key));
    assert_eq!(verified_chain(again.as_ref(), &scene.acme).await.len(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_migrate_once(#[case] on: Engine) {
    let database = Database::start_without_schema(on).await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { connect(&url, &Options::default()).await?.migrate().await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("migrated");
    }
    assert!(database.organizations().await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_newer_schema_is_refused(#[case] on: Engine) {
    let database = Database::start(on).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    database.execute(newer).await.expect("changed");
    let Err(Error::Schema(why)) = database.migrate().await else { panic!("migrated") };
    assert!(why.contains("9999") && why.contains("versions up to "), "{why}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_altered_migration_is_refused(#[case] on: Engine) {
    let database = Database::start(on).await;
    database.execute("UPDATE _sqlx_migrations SET checksum = substr(checksum, 2)").await.expect("changed");
    let Err(Error::Schema(why)) = database.migrate().await else { panic!("migrated") };
    assert!(why.contains("version 1 "), "{why}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_database_that_is_closed_does_not_answer(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.close().await;
    assert!(matches!(scene.ping().await, Err(Error::Unavailable(_))));
    let link = store::Link { token_hash: [1; 32], purpose: store::LinkPurpose::SetUp, at: now(), ends_at: now() };
    assert!(matches!(scene.insert_link(link).await, Err(Error::Unavailable(_))));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_value_outside_its_type_is_corrupt(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.execute("UPDATE organizations SET name = ''").await.expect("changed");
    assert!(matches!(scene.organizations().await, Err(Error::Corrupt { what: "org_name" })));
}

#[tokio::test]
async fn addresses_that_cannot_be_used_are_refused_without_quoting_a_password() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let missing = format!("sqlite:{}/missing/keyline.db", directory.path().display());
    let folder = format!("sqlite:{}", directory.path().display());
    for (url, why) in [
        ("mysql://root:hunter2@localhost/keyline", "begin with"),
        ("keyline.db", "begin with"),
        ("sqlite:", "name a file"),
        ("sqlite::memory:", "name a file"),
        (&missing, "folder does not exist"),
        (&folder, "cannot be opened"),
        ("postgres://user:hunter2@localhost:99999999/keyline", "look like"),
    ] {
        let Err(Error::Address(said)) = connect(url, &Options::default()).await.map(|_| ()) else { panic!("{url}") };
        assert!(said.contains(why) && !said.contains("hunter2"), "{url}: {said}");
    }
    let silent = connect("postgres://user:hunter2@127.0.0.1:1/keyline", &Options::default()).await;
    assert!(matches!(silent.map(|_| ()), Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn the_file_is_private_and_written_ahead_and_synchronously() {
    let database = Database::start(Engine::Sqlite).await;
    let path = Path::new(database.url().strip_prefix("sqlite:").expect("a path"));
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn sqlite_is_free_of_the_bug_that_corrupted_its_log() {
    let database = Database::start(Engine::Sqlite).await;
    let mut connection = sqlite(&database).connect().await.expect("connected");
    let version: String =
        sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await.expect("answered");
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().expect("a number")).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
}
