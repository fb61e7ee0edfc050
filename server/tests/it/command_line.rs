//! The commands as a person or a script runs them.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::Value;
use store::testing::{Database, Engine};

use crate::program::Program;

const PASSWORD: &str = "violet otter climbs quietly";
const ANA: [&str; 9] = [
    "user",
    "create",
    "--org=acme",
    "--email=ana@example.test",
    "--name=Ana Reyes",
    "--role",
    "admin",
    "--password-stdin",
    "--json",
];

#[test]
fn exit_codes() {
    let table: [(&[&str], i32); 8] = [
        (&["--version"], 0),
        (&[], 2),
        (&["frobnicate"], 2),
        (&["org", "create", "--slug", "Not a slug", "--name", "x"], 2),
        (&["config", "check"], 0),
        (&["config", "check", "--key-prefix", "X"], 78),
        (&["--config", "missing.toml", "config", "check"], 78),
        (&["config", "check", "--database-url", "postgres://k:hunter2@db/k"], 2),
    ];
    let program = Program::new();
    for (arguments, code) in table {
        let run = program.run(arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains("hunter2"));
    }
}

#[test]
fn what_config_check_prints_is_a_settings_file() {
    let program = Program::new();
    let first = program.run(&["config", "check", "--key-prefix", "acme"]);
    assert!(first.stdout.contains("key_prefix = \"acme\" # flag --key-prefix"), "{}", first.stdout);
    fs::write(program.path("keyline.toml"), &first.stdout).unwrap();
    assert_eq!(program.json("config check --json")["key_prefix"], "acme");
}

#[test]
fn a_master_key_is_made_once() {
    let program = Program::new();
    let first = program.json("master-key new --json");
    assert_eq!(first["master_key_file"], "./data/master.key");
    let key = fs::read(program.path("data/master.key")).unwrap();
    let again = program.run(&["master-key", "new"]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("exists and is never overwritten"), "{}", again.stderr);
    assert_eq!(fs::read(program.path("data/master.key")).unwrap(), key);
}

#[test]
fn the_first_command_makes_a_private_database() {
    let program = Program::new();
    assert_eq!(program.json("org list --json")["data"], Value::from(Vec::<Value>::new()));
    for (path, expected) in [("data", 0o700), ("data/master.key", 0o600), ("data/keyline.db", 0o600)] {
        let mode = fs::metadata(program.path(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{path}: {mode:o}");
    }
}

#[test]
fn a_database_without_its_master_key_is_refused() {
    let program = Program::new();
    program.json("org list --json");
    fs::rename(program.path("data/master.key"), program.path("kept.key")).unwrap();
    let missing = program.run(&["org", "list"]);
    assert_eq!(missing.code, Some(78));
    assert!(missing.stderr.contains("master.key is missing"), "{}", missing.stderr);
    assert!(!program.path("data/master.key").exists());

    program.json("master-key new --json");
    let wrong = program.run(&["org", "list"]);
    assert_eq!(wrong.code, Some(78));
    assert!(wrong.stderr.contains("not the one this database belongs to"), "{}", wrong.stderr);

    fs::write(program.path("data/master.key"), "something else").unwrap();
    assert_eq!(program.run(&["org", "list"]).code, Some(78));
}

#[test]
fn organizations() {
    let program = Program::new();
    let acme = program.json("org create --slug acme --name Acme --max-keys-per-environment 2 --json");
    assert!(acme["id"].as_str().unwrap().starts_with("org_"));
    assert_eq!((&acme["plan"], &acme["api_keys"]), (&"free".into(), &false.into()));
    assert_eq!(acme["max_keys_per_environment"], 2);

    let changed = program.json(
        "org set acme --plan enterprise --api-keys on --state disabled --self-service off --kinds client \
         --access-token-format opaque --token-lifetime-s 300 --max-key-lifetime-days 30 --allow-no-expiration off \
         --require-description on --max-keys-per-user 3 --scopes invoices:read --json",
    );
    let expected = serde_json::json!({
        "plan": "enterprise", "api_keys": true, "state": "disabled", "self_service": "off", "kinds": "client",
        "access_token_format": "opaque", "token_lifetime_s": 300, "max_key_lifetime_days": 30,
        "allow_no_expiration": false, "require_description": true, "max_keys_per_user": 3,
        "scopes": ["invoices:read"], "max_keys_per_environment": 2,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&changed[name], value, "{name}");
    }
    assert_eq!(program.json("org set acme --max-key-lifetime-days none --json")["max_key_lifetime_days"], Value::Null);
    assert_eq!(program.json("org list --json")["data"][0]["slug"], "acme");
    assert!(program.run(&["org", "list"]).stdout.starts_with("acme\tAcme\t"));

    for (arguments, code) in [
        (&["org", "create", "--slug", "acme", "--name", "Again"][..], 1),
        (&["org", "set", "nobody", "--plan", "free"], 1),
        (&["org", "set", "acme", "--plan", "gold"], 2),
        (&["org", "set", "acme", "--token-lifetime-s", "29"], 2),
        (&["org", "set", "acme", "--scopes", "keys:read"], 2),
    ] {
        assert_eq!(program.run(arguments).code, Some(code), "{arguments:?}");
    }
}

#[test]
fn users() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme");
    program.json("org create --slug bolt --name Bolt");
    let ana = program.run_with_input(&ANA, &format!("{PASSWORD}\n"));
    assert_eq!(ana.code, Some(0), "{}", ana.stderr);
    let ana: Value = serde_json::from_str(&ana.stdout).unwrap();
    assert!(ana["id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!((&ana["email"], &ana["role"]), (&"ana@example.test".into(), &"admin".into()));

    let joined = program.json("user create --org bolt --email ANA@example.test --name Somebody --json");
    assert_eq!((&joined["id"], &joined["role"]), (&ana["id"], &"member".into()));
    assert_eq!((&ana["joined"], &joined["joined"]), (&false.into(), &true.into()), "whether the account was there");
    assert_eq!((&joined["email"], &joined["name"]), (&ana["email"], &ana["name"]), "the account's, not what was typed");
    assert_eq!(program.run_with_input(&ANA, PASSWORD).code, Some(1), "a member already");

    let weak: Vec<_> = ANA.into_iter().map(|argument| argument.replace("ana@", "ben@")).collect();
    let weak = program.run_with_input(&weak, "password1234");
    assert_eq!(weak.code, Some(1));
    assert!(weak.stderr.contains("--password-stdin: This password is easy to guess."), "{}", weak.stderr);
}

#[test]
fn keys() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme --api-keys on --max-keys-per-environment 2");
    program.run_with_input(&ANA, PASSWORD);

    let key = program
        .json("key create --org acme --environment production --name CI --scope keys:read --scope keys:write --json");
    assert!(key["client_secret"].as_str().unwrap().starts_with("kl_production_"));
    assert_eq!(key["scopes"], serde_json::json!(["keys:read", "keys:write"]));
    assert_eq!(
        (&key["kind"], &key["status"], &key["owner"]["type"]),
        (&"client".into(), &"active".into(), &"organization".into())
    );
    assert!(key["expires_at"].is_string());

    let owned = program.json(
        "key create --org acme --environment production --name Bot --kind token --owner ana@example.test --no-expiry --json",
    );
    assert_eq!((&owned["owner"]["type"], &owned["expires_at"]), (&"user".into(), &Value::Null));

    let create =
        |rest: &str| program.run(&format!("key create --org acme --environment {rest}").split(' ').collect::<Vec<_>>());
    for (rest, refusal) in [
        ("production --name Third", "2 of 2 keys used in production"),
        ("staging --name A --scope nothing:here", "--scope: This scope is not offered"),
        ("staging --name A --owner ben@example.test", "ben@example.test is no active member of acme"),
        ("nowhere --name A", "There is no environment nowhere in acme"),
    ] {
        let run = create(rest);
        assert_eq!((run.code, &*run.stdout), (Some(1), ""), "{rest}");
        assert!(run.stderr.contains(refusal), "{rest}: {}", run.stderr);
    }
    assert_eq!(create("staging --name A --expires-in-days 0").code, Some(2));
    assert_eq!(create("staging --name A --expires-in-days 7 --no-expiry").code, Some(2));

    let revoke = format!("key revoke --org acme {} --json", key["client_id"].as_str().unwrap());
    assert_eq!(program.json(&revoke)["status"], "revoked");
    assert_eq!(program.run(&revoke.split(' ').collect::<Vec<_>>()).code, Some(1), "revoked before");

    let listed = program.json("key list --org acme --json");
    let states: Vec<_> = listed["data"].as_array().unwrap().iter().map(|key| &key["status"]).collect();
    assert_eq!(states, ["active", "revoked"]);
    let text = listed.to_string();
    assert!(!text.contains("client_secret") && !text.contains("kl_production_"), "{text}");
    assert_eq!(
        program.json("key list --org acme --environment staging --json")["data"],
        Value::from(Vec::<Value>::new())
    );
}

#[test]
fn accounts() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme --api-keys on");
    let ana: Value = serde_json::from_str(&program.run_with_input(&ANA, PASSWORD).stdout).unwrap();
    let run = |command: &str| program.run(&command.split(' ').collect::<Vec<_>>());

    let last = run("user deactivate --email ana@example.test");
    assert_eq!(last.code, Some(0), "an operator can stop anybody");
    assert!(last.stderr.contains("no active administrator") && last.stderr.contains("acme"), "{}", last.stderr);
    assert_eq!(run("user reactivate --email ana@example.test").code, Some(0));
    let ben: Vec<_> = ANA.into_iter().map(|argument| argument.replace("ana@", "ben@")).collect();
    assert_eq!(program.run_with_input(&ben, PASSWORD).code, Some(0));
    let key = program
        .json("key create --org acme --environment production --name Bot --kind token --owner ana@example.test --json");

    let gone = program.json("user deactivate --email ANA@example.test --json");
    assert_eq!((&gone["id"], &gone["state"]), (&ana["id"], &"deactivated".into()));
    let listed = program.json("key list --org acme --json");
    assert_eq!(
        (&listed["data"][0]["client_id"], &listed["data"][0]["status_reason"]),
        (&key["client_id"], &"owner_deactivated".into())
    );
    let refused = run("key create --org acme --environment staging --name Bot --owner ana@example.test");
    assert_eq!(refused.code, Some(1));
    for (command, words) in [
        ("user deactivate --email ana@example.test", "ana@example.test is deactivated already."),
        ("user deactivate --email eve@example.test", "There is no account eve@example.test."),
        ("user reset-password --email ana@example.test", "There is no active account ana@example.test."),
    ] {
        let run = run(command);
        assert_eq!((run.code, &*run.stdout), (Some(1), ""), "{command}");
        assert!(run.stderr.contains(words), "{command}: {}", run.stderr);
    }
    assert_eq!(program.json("user reactivate --email ana@example.test --json")["state"], "active");
    assert_eq!(program.json("key list --org acme --json")["data"][0]["status"], "active");
    let link = program.json("user reset-password --email ana@example.test --json");
    assert!(link["reset_url"].as_str().unwrap().starts_with("http://localhost:3000/reset/"), "{link}");
}

#[test]
fn the_activity_log_is_verified() {
    let program = Program::new();
    let missing = program.run(&["activity", "verify"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.stderr.contains("there is no database"), "{}", missing.stderr);
    program.json("org create --slug acme --name Acme");
    program.json("org create --slug bolt --name Bolt");
    program.json("org set bolt --plan growth --json");
    let verified = program.json("activity verify --json");
    let rows = serde_json::json!([{ "organization": "acme", "rows": 1 }, { "organization": "bolt", "rows": 2 }]);
    assert_eq!(verified["data"], rows);
}

#[tokio::test]
async fn on_postgres_a_person_makes_the_master_key() {
    let database = Database::start_without_schema(Engine::Postgres).await;
    let program = Program::new();
    fs::write(program.path("url"), database.url()).unwrap();
    fs::write(program.path("keyline.toml"), "database_url_file = 'url'").unwrap();
    for arguments in [&["config", "check"][..], &["org", "list"], &["serve"]] {
        let run = program.run(arguments);
        assert_eq!(run.code, Some(78), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("keyline master-key new"), "{}", run.stderr);
    }
    program.json("master-key new --json");
    assert_eq!(program.run(&["config", "check"]).code, Some(0));
    program.json("org create --slug acme --name Acme");
    assert_eq!(program.json("org list --json")["data"][0]["slug"], "acme");
}
