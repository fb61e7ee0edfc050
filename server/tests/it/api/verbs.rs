//! Rows L: suspending, re-approving and rotating.

use domain::key::Kind;
use rstest::rstest;
use serde_json::{Value, json};
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, exchange, params, path_of, text};
use crate::harness::App;

async fn works(app: &App, key: &Value, secret: &str) -> bool {
    exchange(app, text(key, "client_id"), secret).await.status == 200
}

#[rstest]
#[tokio::test]
async fn a_suspended_key_waits(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let (path, secret) = (path_of(&key), text(&key, "client_secret"));
    let post = async |verb: &str, body: Value| program.post(&format!("{path}/{verb}"), body).await;
    assert_problem(&post("reapprove", json!({})).await, 409, "not_suspended");
    let suspended = post("suspend", json!({ "reason": "Seen in a chat", "issued_tokens": "stop" })).await;
    let (status, reason) = (suspended.json()["status"].clone(), suspended.json()["status_reason"].clone());
    assert_eq!((suspended.status, status, reason), (200, json!("suspended"), json!("suspended_by_admin")));
    assert!(!works(&app, &key, secret).await);
    assert_problem(&post("suspend", json!({})).await, 409, "already_suspended");
    let rotated = post("rotate", json!({ "grace_s": 60 })).await.json();
    assert_eq!(text(&rotated, "status"), "suspended");
    let newer = text(&rotated, "client_secret");
    assert!(!works(&app, &key, newer).await);
    let approved = program.send(axum::http::Method::POST, &format!("{path}/reapprove"), None, |request| request).await;
    assert_eq!((approved.status, &approved.json()["status"]), (200, &json!("active")));
    assert_eq!(approved.json()["status_reason"], json!(null));
    assert!(works(&app, &key, secret).await && works(&app, &key, newer).await);
    let entry = app.database.activity_after(&acme.id, 0, 100).await.expect("read");
    assert!(entry.iter().any(|row| row.entry.details.contains("Seen in a chat")));
}

#[rstest]
#[tokio::test]
async fn a_suspended_key_does_not_let_itself_work_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let admin = Program::with_token(&app, &app.key(&acme, "Admin", MANAGE).await).await;
    let leaked = app.key(&acme, "Leaked", MANAGE).await;
    let holder = Program::with_token(&app, &leaked).await;
    let path = format!("/api/v1/keys/{}", leaked.key.client_id);
    assert_eq!(admin.post(&format!("{path}/suspend"), json!({})).await.status, 200);
    assert_problem(&holder.post(&format!("{path}/reapprove"), json!({})).await, 403, "own_key");
    assert_eq!(admin.post(&format!("{path}/reapprove"), json!({})).await.status, 200);

    // What it did itself it takes back, and its state is told before what it may not do.
    assert_problem(&holder.post(&format!("{path}/reapprove"), json!({})).await, 409, "not_suspended");
    assert_eq!(holder.post(&format!("{path}/suspend"), json!({})).await.status, 200);
    assert_eq!(holder.post(&format!("{path}/rotate"), json!({})).await.json()["status"], "suspended");
    assert_eq!(holder.post(&format!("{path}/reapprove"), json!({})).await.status, 200);

    // Whoever comes first with a leaked secret does not keep the others from stopping it.
    assert_eq!(holder.post(&format!("{path}/suspend"), json!({})).await.status, 200);
    assert_problem(&holder.post(&format!("{path}/suspend"), json!({})).await, 409, "already_suspended");
    assert_eq!(admin.post(&format!("{path}/suspend"), json!({})).await.status, 200);
    assert_problem(&admin.post(&format!("{path}/suspend"), json!({})).await, 409, "already_suspended");
    assert_problem(&holder.post(&format!("{path}/reapprove"), json!({})).await, 403, "own_key");
    assert_eq!(admin.post(&format!("{path}/reapprove"), json!({})).await.status, 200);
    assert_eq!(holder.delete(&path).await.status, 204);
    for verb in ["reapprove", "rotate"] {
        assert_problem(&holder.post(&format!("{path}/{verb}"), json!({})).await, 409, "key_revoked");
    }
}

#[rstest]
#[tokio::test]
async fn two_secrets_at_most_work_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = path_of(&key);
    let first = text(&key, "client_secret").to_owned();
    let rotate = async |body: Value| {
        let rotated = program.post(&format!("{path}/rotate"), body).await;
        assert_eq!(rotated.status, 200, "{}", rotated.body);
        assert!(!rotated.header("etag").is_empty());
        rotated.json()
    };
    let rotated = rotate(json!({})).await;
    assert_eq!(rotated["client_id"], key["client_id"]);
    let second = text(&rotated, "client_secret").to_owned();
    assert!(!works(&app, &key, &first).await && works(&app, &key, &second).await);
    assert_eq!(rotated["secrets"].as_array().map(Vec::len), Some(1));

    let rotated = rotate(json!({ "grace_s": 60 })).await;
    let third = text(&rotated, "client_secret").to_owned();
    assert_eq!(rotated["secrets"][1]["ends_at"], json!(app.now().plus_seconds(60)));
    assert!(works(&app, &key, &second).await && works(&app, &key, &third).await);
    let fourth = text(&rotate(json!({ "grace_s": 60 })).await, "client_secret").to_owned();
    assert!(!works(&app, &key, &second).await && works(&app, &key, &third).await && works(&app, &key, &fourth).await);
    app.pass(60);
    assert!(!works(&app, &key, &third).await && works(&app, &key, &fourth).await);
    assert_problem(&program.post(&format!("{path}/end-previous-secret"), json!({})).await, 409, "no_previous_secret");

    let fifth = text(&rotate(json!({ "grace_s": 604_800 })).await, "client_secret").to_owned();
    let ended = program.post(&format!("{path}/end-previous-secret"), json!({})).await;
    assert_eq!((ended.status, ended.json()["secrets"].as_array().map(Vec::len)), (200, Some(1)));
    assert!(!works(&app, &key, &fourth).await && works(&app, &key, &fifth).await);

    let sixth = text(&rotate(json!({ "grace_s": 60 })).await, "client_secret").to_owned();
    assert_eq!(program.delete(&path).await.status, 204);
    assert!(!works(&app, &key, &fifth).await && !works(&app, &key, &sixth).await);
}

#[rstest]
#[tokio::test]
async fn a_rotation_may_set_a_new_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = format!("{}/rotate", path_of(&key));
    let end = json!("2027-01-31T00:00:00.000Z");
    for (body, expected) in [
        (json!({ "expires_at": end }), &end),
        (json!({}), &end),
        (json!({ "grace_s": 0 }), &end),
        (json!({ "expires_at": null }), &json!(null)),
    ] {
        assert_eq!(program.post(&path, body).await.json()["expires_at"], *expected);
    }
    for (body, param) in [
        (json!({ "grace_s": 604_801 }), "grace_s"),
        (json!({ "grace_s": -1 }), "grace_s"),
        (json!({ "grace_s": 1.5 }), "grace_s"),
        (json!({ "grace_s": "60" }), "grace_s"),
        (json!({ "grace_s": u64::MAX }), "grace_s"),
        (json!({ "issued_tokens": "keep" }), "issued_tokens"),
        (json!({ "expires_at": "2020-01-31T00:00:00Z" }), "expires_at"),
        (json!({ "expires_at": "tomorrow" }), "expires_at"),
        (json!({ "name": "New" }), "name"),
    ] {
        let answer = program.post(&path, body).await;
        assert_eq!(params(&assert_problem(&answer, 422, "validation_failed")), [param]);
    }
}

#[rstest]
#[tokio::test]
async fn rotating_gives_nobody_more_than_they_have(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let end = app.now().plus_seconds(90 * 24 * 3_600);
    let caller = app.key_with(&acme, "CI", MANAGE, Kind::Client, Some(end)).await;
    let program = Program::with_token(&app, &caller).await;
    let auditor = app.key(&acme, "Auditor", "activity:read keys:read").await;
    let path = format!("/api/v1/keys/{}/rotate", auditor.key.client_id);
    let refused = program.post(&path, json!({})).await;
    assert_problem(&refused, 403, "insufficient_scope");
    assert!(refused.header("www-authenticate").ends_with(r#"scope="activity:read""#));

    let own = format!("/api/v1/keys/{}/rotate", caller.key.client_id);
    for later in [json!(null), json!(end.plus_seconds(1))] {
        let problem =
            assert_problem(&program.post(&own, json!({ "expires_at": later })).await, 422, "validation_failed");
        assert_eq!((params(&problem), text(&problem["errors"][0], "code")), (vec!["expires_at"], "outlives_caller"));
    }
    assert_eq!(program.post(&own, json!({ "expires_at": end })).await.status, 200);
}
