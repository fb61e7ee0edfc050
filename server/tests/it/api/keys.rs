//! Rows L: a key from its creation to its end.

use axum::http::Method;
use domain::organization::Policy;
use rstest::rstest;
use serde_json::{Value, json};
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, exchange, params, path_of, text};
use crate::harness::{Answer, App, operator};

const KEYS: &str = "/api/v1/keys";
const MEMBERS: [&str; 19] = [
    "id",
    "client_id",
    "name",
    "description",
    "environment",
    "kind",
    "owner",
    "scopes",
    "access_token_format",
    "status",
    "status_reason",
    "expires_at",
    "created_at",
    "created_by",
    "updated_at",
    "last_used_at",
    "last_used_ip",
    "secrets",
    "personal",
];

async fn exchanged(app: &App, key: &Value, secret: &str) -> u16 {
    exchange(app, text(key, "client_id"), secret).await.status
}

#[rstest]
#[tokio::test]
async fn a_key_is_made_and_its_secret_shown_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await).await;
    let made = program
        .post(
            KEYS,
            json!({
                "name": " Billing \u{a0} sync ", "description": "Nightly", "environment": "staging", "kind": "client",
                "owner": { "type": "organization" }, "scopes": ["keys:write", "keys:read"],
                "access_token_format": "opaque", "expires_at": "2027-01-31T01:00:00+01:00",
            }),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.header("content-type"), "application/json");
    assert_eq!(made.header("cache-control"), "no-store");
    let key = made.json();
    assert_eq!(made.header("location"), path_of(&key));
    let secret = text(&key, "client_secret").to_owned();
    assert!(secret.starts_with("kl_staging_") && domain::secret::Secret::parse(&secret).is_some());
    let now = json!(app.now());
    let expected = json!({
        "id": key["id"], "client_id": key["client_id"], "name": "Billing sync", "description": "Nightly",
        "environment": "staging", "kind": "client", "owner": { "type": "organization", "id": acme.id },
        "scopes": ["keys:read", "keys:write"], "access_token_format": "opaque", "status": "active",
        "status_reason": null, "expires_at": "2027-01-31T00:00:00.000Z", "created_at": now, "created_by": "CI",
        "updated_at": now, "last_used_at": null, "last_used_ip": null, "personal": false,
        "secrets": [{ "version": 1, "created_at": now, "last_used_at": null, "ends_at": null }],
        "client_secret": secret,
    });
    assert_eq!(key, expected);
    let list = app.admin_of(&acme).await.get("/t/acme/settings/api-keys/staging").await.body;
    assert!(list.contains(r#"data-status="active""#), "the answer has shown the secret: {list}");
    assert_eq!(exchanged(&app, &key, &secret).await, 200);

    let path = path_of(&key);
    let read = program.get(&path).await;
    assert_eq!((read.status, read.header("etag")), (200, made.header("etag")));
    let mut members: Vec<_> = read.json().as_object().expect("an object").keys().cloned().collect();
    let mut expected = MEMBERS.map(str::to_owned);
    members.sort();
    expected.sort();
    assert_eq!(members, expected);
    let edited = program.patch(&path, json!({ "name": "Billing" })).await;
    let answers = [
        read,
        program.get(KEYS).await,
        edited,
        program.post(&format!("{path}/suspend"), json!({})).await,
        program.get("/auth/credentials").await,
        program.get("/api/v1/activity").await,
        program.get(&format!("{path}/usage")).await,
    ];
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(!answer.body.contains("client_secret") && !answer.body.contains(&secret[..30]), "{}", answer.body);
        assert!(!answer.body.contains("hash"), "{}", answer.body);
    }
}

#[rstest]
#[tokio::test]
async fn what_is_left_out_has_its_default(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Plain").await;
    for (member, expected) in [
        ("description", json!("")),
        ("kind", json!("client")),
        ("scopes", json!([])),
        ("access_token_format", json!("jwt")),
        ("expires_at", json!(null)),
        ("owner", json!({ "type": "organization", "id": acme.id })),
    ] {
        assert_eq!(key[member], expected, "{member}");
    }
    let token = program
        .post(KEYS, json!({ "name": "Direct", "environment": "production", "kind": "token", "scopes": ["keys:read"] }))
        .await
        .json();
    let direct = Program { app: &app, credential: text(&token, "client_secret").to_owned() };
    assert_eq!(direct.get(KEYS).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn only_name_and_description_are_edited(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = path_of(&key);
    app.pass(5);
    let edited = program.patch(&path, json!({ "name": "Invoices", "description": "a\r\nb" })).await.json();
    assert_eq!((text(&edited, "name"), text(&edited, "description")), ("Invoices", "a\nb"));
    assert_eq!((&edited["updated_at"], &edited["last_used_at"]), (&json!(app.now()), &json!(null)));
    assert_eq!(exchanged(&app, &key, text(&key, "client_secret")).await, 200);
    app.service.flush_uses().await.expect("written");
    assert_eq!(program.get(&path).await.json()["last_used_at"], json!(app.now()));

    for (body, param) in [
        (json!({ "expires_at": null }), "expires_at"),
        (json!({ "expires_at": "2027-01-31T00:00:00Z" }), "expires_at"),
        (json!({ "scopes": [] }), "scopes"),
        (json!({ "status": "suspended" }), "status"),
        (json!({ "name": null }), "name"),
        (json!({ "description": 1 }), "description"),
        (json!({}), "body"),
    ] {
        let answer = program.patch(&path, body).await;
        assert_eq!(params(&assert_problem(&answer, 422, "validation_failed")), [param]);
    }
    let taken = assert_problem(&program.patch(&path, json!({ "name": "ci" })).await, 409, "name_taken");
    assert_eq!(text(&taken, "param"), "name");
    assert_eq!(program.patch(&path, json!({ "name": "INVOICES" })).await.json()["name"], "INVOICES");
}

#[rstest]
#[tokio::test]
async fn a_change_may_say_what_it_was_decided_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = path_of(&key);
    let send = async |method: Method, path: &str, tag: &str, body: Option<Value>| -> Answer {
        let body = body.map(|body| body.to_string());
        program.send(method, path, body, |request| request.header("if-match", tag)).await
    };
    let tag = program.get(&path).await.header("etag").to_owned();
    let rename = |name: &str| Some(json!({ "name": name }));
    let first = send(Method::PATCH, &path, &tag, rename("One")).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_ne!(first.header("etag"), tag);
    for stale in [&tag, "\"\"", "x", "\"r1\", \"r9\"", "W/\"r2\"", ""] {
        assert_problem(&send(Method::PATCH, &path, stale, rename("Two")).await, 412, "changed");
    }
    let verbs = ["suspend", "reapprove", "rotate", "end-previous-secret"];
    for verb in verbs {
        assert_problem(&send(Method::POST, &format!("{path}/{verb}"), &tag, None).await, 412, "changed");
    }
    assert_problem(&send(Method::DELETE, &path, &tag, None).await, 412, "changed");
    let present = first.header("etag");
    for good in ["*", present, &format!("\"x\", {present}"), &format!("\"r99\",{present}")] {
        let tag =
            if good == "*" { good.to_owned() } else { good.replace(present, program.get(&path).await.header("etag")) };
        assert_eq!(send(Method::PATCH, &path, &tag, rename("Three")).await.status, 200, "{good}");
    }
    let missing = path.replace(text(&key, "client_id"), "kl_ci_00000000000000000000000000");
    assert_problem(&send(Method::DELETE, &missing, &tag, None).await, 404, "not_found");
}

#[rstest]
#[tokio::test]
async fn a_key_ends_at_its_time(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let body = json!({ "name": "Brief", "environment": "production", "expires_at": app.now().plus_seconds(3) });
    let key = program.post(KEYS, body).await.json();
    let (path, secret) = (path_of(&key), text(&key, "client_secret"));
    let forever = program.create("Forever").await;
    let before = exchange(&app, text(&key, "client_id"), secret).await;
    assert!(before.json()["expires_in"].as_u64().is_some_and(|seconds| seconds <= 3));
    assert_eq!(program.post(&format!("{path}/suspend"), json!({})).await.status, 200);
    app.pass(4);
    assert_eq!(exchanged(&app, &key, secret).await, 401);
    assert_eq!(program.get(&path).await.json()["status"], "expired");
    for verb in ["reapprove", "suspend", "rotate"] {
        assert_problem(&program.post(&format!("{path}/{verb}"), json!({})).await, 409, "key_expired");
    }
    for _ in 0..3 {
        app.service.clean_up(|| true).await.expect("cleaned");
    }
    assert_eq!(exchanged(&app, &forever, text(&forever, "client_secret")).await, 200);
    assert_eq!(program.delete(&path).await.status, 204);
}

#[rstest]
#[tokio::test]
async fn revoking_is_final(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = path_of(&key);
    let unknown = exchange(&app, "kl_ci_00000000000000000000000000", text(&key, "client_secret")).await;
    let gone = program.delete(&path).await;
    assert_eq!((gone.status, gone.body.as_str(), gone.header("cache-control")), (204, "", "no-store"));
    let refused = exchange(&app, text(&key, "client_id"), text(&key, "client_secret")).await;
    assert_eq!((refused.status, &refused.body), (401, &unknown.body));
    let read = program.get(&path).await;
    assert_eq!((read.status, &read.json()["status"]), (200, &json!("revoked")));
    assert_problem(&program.delete(&path).await, 409, "key_revoked");
    assert_problem(&program.patch(&path, json!({ "name": "New" })).await, 409, "key_revoked");
    for verb in ["suspend", "reapprove", "rotate", "end-previous-secret"] {
        assert_problem(&program.post(&format!("{path}/{verb}"), json!({})).await, 409, "key_revoked");
    }
    assert_eq!(program.create("Billing").await["name"], "Billing", "its name is free");
    let wrong = program.delete(&format!("{path}?issued_tokens=maybe")).await;
    assert_eq!(params(&assert_problem(&wrong, 422, "validation_failed")), ["issued_tokens"]);
}

#[rstest]
#[tokio::test]
async fn limits_are_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let policy = Policy { max_keys_per_environment: 2.into(), ..Policy::default() };
    let acme = app.organization("acme", "Acme", policy).await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let wanted = |name: &str, environment: &str| json!({ "name": name, "environment": environment });
    let second = program.create("Second").await;
    assert_problem(&program.post(KEYS, wanted("Third", "production")).await, 409, "limit_reached");
    assert_eq!(program.post(KEYS, wanted("Third", "staging")).await.status, 201);
    assert_eq!(program.post(&format!("{}/suspend", path_of(&second)), json!({})).await.status, 200);
    assert_problem(&program.post(KEYS, wanted("Third", "production")).await, 409, "limit_reached");
    assert_eq!(program.post(&format!("{}/rotate", path_of(&second)), json!({})).await.status, 200);
    assert_eq!(program.delete(&path_of(&second)).await.status, 204);
    let third = program.create("Third").await;
    assert_problem(&program.post(KEYS, wanted("third", "production")).await, 409, "limit_reached");

    let lower = store::OrganizationChange { max_keys_per_environment: Some(1), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, lower).await.expect("set");
    assert_problem(&program.post(KEYS, wanted("Fourth", "production")).await, 409, "limit_reached");
    assert_eq!(exchanged(&app, &third, text(&third, "client_secret")).await, 200);
    let more = store::OrganizationChange { max_keys_per_environment: Some(9), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, more).await.expect("set");
    let taken = assert_problem(&program.post(KEYS, wanted("THIRD", "production")).await, 409, "name_taken");
    assert_eq!(text(&taken, "param"), "name");
}
