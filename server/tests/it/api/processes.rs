//! Two processes on one database: what one does, the other sees on its next request.

use axum::{body::Body, http::Request};
use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use super::{MANAGE, Program, exchange};
use crate::harness::{App, operator};

#[rstest]
#[tokio::test]
async fn what_one_stops_the_other_refuses(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    let acme = app.acme().await;
    let admin = Program::with_token(&app, &app.key(&acme, "Admin", MANAGE).await).await;
    let elsewhere = |program: &Program<'_>| Program { app: &beside, credential: program.credential.clone() };
    for verb in ["suspend", "revoke"] {
        let key = app.key(&acme, verb, MANAGE).await;
        let (id, secret) = (key.key.client_id.as_str(), key.secret.expose());
        let path = format!("/api/v1/keys/{id}");
        let holder = elsewhere(&Program::with_token(&app, &key).await);
        assert_eq!(holder.get(&path).await.status, 200);
        assert_eq!(exchange(&beside, id, secret).await.status, 200);
        let done = match verb {
            "suspend" => admin.post(&format!("{path}/suspend"), json!({ "issued_tokens": "stop" })).await,
            _ => admin.delete(&format!("{path}?issued_tokens=stop")).await,
        };
        assert!(matches!(done.status, 200 | 204), "{}", done.body);
        assert_eq!(holder.get(&path).await.status, 401, "{verb}");
        assert_eq!(exchange(&beside, id, secret).await.status, 401, "{verb}");
        let beyond = elsewhere(&admin).get(&path).await.json();
        assert_ne!(beyond["status"], "active", "{verb}");
        if verb == "suspend" {
            assert_eq!(elsewhere(&admin).post(&format!("{path}/reapprove"), json!({})).await.status, 200);
            assert_eq!(exchange(&app, id, secret).await.status, 200);
            assert_eq!(holder.get(&path).await.status, 401, "tokens of before stay dead");
        }
    }
    let cursor = {
        admin.create("One").await;
        admin.get("/api/v1/keys?limit=1").await.json()["next_cursor"].as_str().expect("a cursor").to_owned()
    };
    let next = elsewhere(&admin).get(&format!("/api/v1/keys?limit=1&cursor={cursor}")).await;
    assert_eq!(next.status, 200, "a cursor is good everywhere");
}

#[rstest]
#[tokio::test]
async fn signing_keys_that_one_changes_the_other_uses(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let beside = app.beside().await;
    let acme = app.acme().await;
    let key = app.key(&acme, "Admin", MANAGE).await;
    let key_set = async |process: &App| {
        let request = Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap();
        let mut kids: Vec<_> = process.send(request).await.json()["keys"].as_array().unwrap().clone();
        kids.sort_by_key(ToString::to_string);
        kids
    };
    let beyond = Program::with_token(&beside, &key).await;
    assert_eq!(beyond.get("/api/v1/keys").await.status, 200);
    let before = key_set(&beside).await;

    app.service.rotate_signing_key(operator(), false).await.unwrap();
    assert_eq!(key_set(&beside).await.len(), 2, "a pending key is published everywhere at once");
    app.service.rotate_signing_key(operator(), true).await.unwrap();
    assert_eq!(beyond.get("/api/v1/keys").await.status, 401, "nothing of the old key is trusted");
    let token = Program::with_token(&beside, &key).await;
    let here = Program { app: &app, credential: token.credential.clone() };
    assert_eq!((token.get("/api/v1/keys").await.status, here.get("/api/v1/keys").await.status), (200, 200));
    let after = key_set(&beside).await;
    assert_eq!((after.len(), &after), (1, &key_set(&app).await));
    assert_ne!(after, before);
}
