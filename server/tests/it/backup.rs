//! A backup taken from a running deployment, and a deployment made from it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rstest::rstest;
use serde_json::Value;
use store::testing::{Database, Engine};

use crate::{
    master_key::{Place, Secret},
    program::{Program, Run},
};

/// Two keys, one of which is removed after the backup, and the backup.
struct Lost {
    place: Place,
    kept: Secret,
    removed: Secret,
    backup: PathBuf,
}

async fn lost(engine: Engine) -> Lost {
    let place = Place::start(engine).await;
    let (kept, removed) = (place.key("Kept"), place.key("Removed"));
    let backup = place.program.path("copy.keyline");
    let made: Value = serde_json::from_str(&place.run(&["backup", &text(&backup), "--json"]).stdout).unwrap();
    assert_eq!(made["file"], Value::from(text(&backup)));
    place.ok(&["key", "revoke", "--org=acme", &removed.client_id]);
    Lost { place, kept, removed, backup }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Another machine, with the same master key.
async fn elsewhere(engine: Engine, lost: &Lost) -> Place {
    let place = Place::empty(engine).await;
    fs::create_dir_all(place.program.path("data")).unwrap();
    fs::copy(lost.place.program.path("data/master.key"), place.program.path("data/master.key")).unwrap();
    place
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_key_works_once_it_is_approved(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let lost = lost(engine).await;
    assert_eq!(fs::metadata(&lost.backup).unwrap().permissions().mode() & 0o777, 0o600);
    let again = lost.place.run(&["backup", &text(&lost.backup)]);
    assert_eq!(again.code, Some(1), "a backup is never overwritten");
    let token = lost.place.serving(|serving| serving.token(&lost.kept)).expect("it works");

    let place = elsewhere(engine, &lost).await;
    let restored: Value = serde_json::from_str(&place.ok(&["restore", &text(&lost.backup), "--json"]).stdout).unwrap();
    let held: Vec<_> = restored["data"].as_array().unwrap().iter().map(|key| &key["client_id"]).collect();
    assert_eq!(held.len(), 2, "{restored}");
    for key in [&lost.kept, &lost.removed] {
        assert!(held.contains(&&Value::from(key.client_id.as_str())), "also the one that was removed later");
    }
    let listed: Value = serde_json::from_str(&place.ok(&["key", "list", "--org=acme", "--json"]).stdout).unwrap();
    for key in listed["data"].as_array().unwrap() {
        assert_eq!((&key["status"], &key["status_reason"]), (&Value::from("suspended"), &Value::from("restored")));
    }
    place.ok(&["activity", "verify"]);
    assert_eq!(place.serving(|serving| serving.token(&lost.kept)), None, "it is held");
    place.reapprove(&lost.kept).await;
    place.serving(|serving| {
        assert!(serving.token(&lost.kept).is_some());
        assert!(!serving.is_active(&lost.kept, &token), "tokens of before are dead");
    });
    let over = place.run(&["restore", &text(&lost.backup)]);
    assert_eq!(over.code, Some(1), "what is there is never replaced: {}", over.stderr);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_needs_its_master_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let lost = lost(engine).await;
    let place = Place::empty(engine).await;
    let restore = |place: &Place| -> Run { place.run(&["restore", &text(&lost.backup)]) };
    assert_eq!(restore(&place).code, Some(78), "there is none");
    place.ok(&["master-key", "new"]);
    let wrong = restore(&place);
    assert_eq!(wrong.code, Some(78), "{}", wrong.stderr);
    fs::copy(lost.place.program.path("data/master.key"), place.program.path("data/master.key")).unwrap();
    assert_eq!(restore(&place).code, Some(0), "nothing was left of the attempts before");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let place = Place::empty(engine).await;
    place.ok(&["master-key", "new"]);
    let file = place.program.path("file");
    for content in [&b""[..], b"nonsense", b"PGDMP", b"SQLite format 3\0"] {
        fs::write(&file, content).unwrap();
        let run = place.run(&["restore", &text(&file)]);
        assert_eq!(run.code, Some(1), "{content:?}: {}", run.stderr);
    }
    let left: Vec<_> =
        fs::read_dir(place.program.path("data")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["master.key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_of_a_sqlite_backup_is_refused() {
    let lost = lost(Engine::Sqlite).await;
    let whole = fs::read(&lost.backup).unwrap();
    fs::write(&lost.backup, &whole[..whole.len() / 2]).unwrap();
    let place = elsewhere(Engine::Sqlite, &lost).await;
    assert_eq!(place.run(&["restore", &text(&lost.backup)]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_backup_is_whole_while_others_write() {
    let place = Place::start(Engine::Sqlite).await;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| (0..10).map(|number| place.key(&format!("Key {number}"))).count());
        let mut number = 0;
        while !writer.is_finished() {
            let backup = place.program.path(&format!("copy-{number}"));
            place.ok(&["backup", &text(&backup)]);
            let copy = Program::new();
            fs::create_dir(copy.path("data")).unwrap();
            fs::copy(place.program.path("data/master.key"), copy.path("data/master.key")).unwrap();
            fs::copy(&backup, copy.path("data/keyline.db")).unwrap();
            assert_eq!(copy.run(&["activity", "verify"]).code, Some(0));
            number += 1;
        }
    });
}

#[tokio::test]
async fn a_missing_program_of_postgres_is_named() {
    let database = Database::start(Engine::Postgres).await;
    let program = Program::new();
    program.run(&["master-key", "new"]);
    fs::write(program.path("url"), database.url()).unwrap();
    let run = program.run_without_path(&["backup", "copy", "--database-url-file", "url"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("pg_dump is not on PATH"), "{}", run.stderr);
    assert!(!program.path("copy").exists());
}
