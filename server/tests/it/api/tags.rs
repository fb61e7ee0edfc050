//! The `ETag` of every answer, and asking with it.

use axum::http::Method;
use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use super::{MANAGE, Program, path_of};
use crate::harness::App;

const KEYS: &str = "/api/v1/keys";

#[rstest]
#[tokio::test]
async fn every_answer_has_a_tag(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await).await;
    let made = program.post(KEYS, json!({ "name": "Billing", "environment": "production" })).await;
    assert!(made.header("etag").starts_with('"'), "{:?}", made.headers);
    let key = path_of(&made.json());
    let usage = format!("{key}/usage");
    let asking = async |path: &str, known: String| {
        program.send(Method::GET, path, None, |request| request.header("if-none-match", known)).await
    };
    for path in [
        KEYS,
        &usage,
        "/api/v1/activity",
        "/api/v1/environments",
        "/api/v1/organization",
        "/api/v1/openapi.json",
        "/auth/credentials",
    ] {
        let first = program.get(path).await;
        let tag = first.header("etag").to_owned();
        assert!(first.status == 200 && tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again = asking(path, known.clone()).await;
            assert_eq!(
                (again.status, again.header("etag"), again.body.as_str()),
                (304, tag.as_str(), ""),
                "{path} {known}"
            );
        }
        let other = asking(path, "\"other\"".to_owned()).await;
        assert_eq!((other.status, other.header("etag"), &other.body), (200, tag.as_str(), &first.body), "{path}");
    }
    // The use of a key does not change its tag, but stands in the answer.
    let tag = program.get(&key).await.header("etag").to_owned();
    assert_eq!(asking(&key, tag).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_tag_is_another_after_a_change(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await).await;
    for path in [KEYS, "/api/v1/activity", "/api/v1/environments", "/auth/credentials"] {
        let before = program.get(path).await.header("etag").to_owned();
        program.create(path).await;
        let after = program.send(Method::GET, path, None, |request| request.header("if-none-match", &before)).await;
        assert_eq!(after.status, 200, "{path}");
        assert_ne!(after.header("etag"), before, "{path}");
    }
}
