//! Organizations at the command line, on both databases, and the policies that the guide describes.

use std::fs;

use rstest::rstest;
use serde_json::{Value, json};
use store::testing::{Database, Engine};

use crate::program::Program;

const GUIDE: &str = include_str!("../../../docs/guide/policies.md");

/// The program over a database of its own, which has to be kept.
async fn program_on(engine: Engine) -> (Program, Option<Database>) {
    let program = Program::new();
    if engine == Engine::Sqlite {
        return (program, None);
    }
    let database = Database::start_without_schema(engine).await;
    fs::write(program.path("url"), database.url()).unwrap();
    fs::write(program.path("keyline.toml"), "database_url_file = 'url'").unwrap();
    program.json("master-key new --json");
    (program, Some(database))
}

/// The words of a command line; quotes hold one together, and a backslash at the end goes on.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let quoted = parts.flat_map(|(number, part)| match number % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    quoted.collect()
}

#[rstest]
#[tokio::test]
async fn every_setting_has_a_flag(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (program, _database) = program_on(engine).await;
    let defaults = program.json("org create --slug plain --name Plain --json");
    for (name, value) in [
        ("plan", json!("free")),
        ("api_keys", json!(false)),
        ("state", json!("active")),
        ("time_zone", json!("UTC")),
        ("max_keys_per_environment", json!(50)),
        ("max_keys_per_environment_ceiling", json!(50)),
        ("own_max_keys_per_environment", Value::Null),
        ("max_keys_per_user", json!(10)),
        ("self_service", json!("members")),
        ("kinds", json!("both")),
        ("access_token_format", json!("jwt")),
        ("token_lifetime_s", json!(3600)),
        ("max_key_lifetime_days", Value::Null),
        ("allow_no_expiration", json!(true)),
        ("require_description", json!(false)),
        ("scopes", json!([])),
    ] {
        assert_eq!(defaults[name], value, "{name}");
    }
    let flags = "--plan growth --api-keys on --time-zone europe/warsaw --max-keys-per-environment 2 --max-keys-per-user 3 \
         --self-service admins --kinds token --access-token-format opaque --token-lifetime-s 30 \
         --max-key-lifetime-days 36500 --allow-no-expiration off --require-description on --scopes invoices:read --json";
    let created = program.json(&format!("org create --slug acme --name Acme {flags}"));
    program.json("org create --slug bolt --name Old");
    let set = program.json(&format!("org set bolt --name Acme --state disabled {flags}"));
    for organization in [&created, &set] {
        for (name, value) in [
            ("name", json!("Acme")),
            ("plan", json!("growth")),
            ("api_keys", json!(true)),
            ("time_zone", json!("Europe/Warsaw")),
            ("max_keys_per_environment", json!(2)),
            ("max_keys_per_user_ceiling", json!(3)),
            ("self_service", json!("admins")),
            ("kinds", json!("token")),
            ("access_token_format", json!("opaque")),
            ("token_lifetime_s", json!(30)),
            ("max_key_lifetime_days", json!(36_500)),
            ("allow_no_expiration", json!(false)),
            ("require_description", json!(true)),
            ("scopes", json!(["invoices:read"])),
        ] {
            assert_eq!(organization[name], value, "{name}");
        }
    }
    assert_eq!((&created["state"], &set["state"]), (&json!("active"), &json!("disabled")));
    assert_eq!(program.json("org list --json")["data"].as_array().unwrap().len(), 3);
}

#[rstest]
#[tokio::test]
async fn wrong_settings_are_refused_with_the_flag_named(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (program, _database) = program_on(engine).await;
    program.json("org create --slug acme --name Acme");
    for (flag, value, sentence) in [
        ("--name", "", "Enter a name."),
        ("--time-zone", "Europe/Nowhere", "There is no time zone of this name."),
        ("--plan", "gold", "possible values: free, growth, enterprise"),
        ("--state", "gone", "possible values: active, disabled"),
        ("--api-keys", "yes", "write on or off"),
        ("--allow-no-expiration", "true", "write on or off"),
        ("--require-description", "1", "write on or off"),
        ("--max-keys-per-environment", "many", "invalid"),
        ("--max-keys-per-user", "4294967296", "4294967296"),
        ("--self-service", "all", "possible values: off, admins, members"),
        ("--kinds", "neither", "possible values: client, token, both"),
        ("--access-token-format", "saml", "possible values: jwt, opaque"),
        ("--token-lifetime-s", "29", "Choose from 30 seconds to 60 minutes"),
        ("--token-lifetime-s", "3601", "Choose from 30 seconds to 60 minutes"),
        ("--token-lifetime-s", "+60", "Choose from 30 seconds to 60 minutes"),
        ("--max-key-lifetime-days", "0", "Enter a number of days from 1 to 36500."),
        ("--max-key-lifetime-days", "36501", "Enter a number of days from 1 to 36500."),
        ("--scopes", "activity:read", "A scope of Keyline's own API is among them"),
        ("--scopes", "a\\b", "use printable ASCII"),
    ] {
        let run = program.run(&["org", "set", "acme", flag, value]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{flag} {value}: {}", run.stderr);
        assert!(run.stderr.contains(sentence) && run.stderr.contains(flag), "{flag} {value}: {}", run.stderr);
    }
    assert_eq!(program.run(&["org", "set", "nobody", "--plan", "free"]).code, Some(1));
}

#[rstest]
#[tokio::test]
async fn the_policies_of_the_guide_are_settings_that_exist(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (program, _database) = program_on(engine).await;
    program.json("org create --slug acme --name Acme --plan enterprise --api-keys on");
    let text = GUIDE.replace("\\\n", " ");
    let commands: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("keyline ")).map(words).collect();
    assert!(commands.len() >= 9, "{commands:?}");
    for command in &commands {
        let run = program.run(command);
        assert_eq!(run.code, Some(0), "{command:?}: {}", run.stderr);
    }
    let acme = &program.json("org list --json")["data"][0];
    for (name, value) in [
        ("name", json!("Acme Polska")),
        ("plan", json!("growth")),
        ("max_keys_per_environment", json!(2)),
        ("self_service", json!("members")),
        ("access_token_format", json!("opaque")),
        ("max_key_lifetime_days", json!(90)),
        ("scopes", json!(["invoices:read", "invoices:write"])),
    ] {
        assert_eq!(acme[name], value, "{name}");
    }
    assert_eq!(program.json("org set acme --max-key-lifetime-days none --json")["max_key_lifetime_days"], Value::Null);
    let cleared = program.run(&["org", "set", "acme", "--scopes", "", "--json"]);
    assert!(cleared.stdout.contains("\"scopes\": []"), "{}", cleared.stdout);
}
