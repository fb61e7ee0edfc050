//! Nobody acts in another organization: what is there is the same as what is not.

use axum::http::Method;
use domain::organization::Policy;
use rstest::rstest;
use store::testing::Engine;

use super::{Program, assert_problem};
use crate::harness::App;

const SCOPE_SETS: [&str; 4] = [
    "keys:read",
    "keys:write",
    "keys:read keys:write activity:read tokens:introspect",
    "activity:read tokens:introspect",
];

#[rstest]
#[tokio::test]
async fn foreign_is_missing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let foreign = app.key(&globex, "Theirs", "keys:read").await;
    let before = app.database.key(&globex.id, &foreign.key.client_id).await.expect("read");
    let missing = "kl_ci_00000000000000000000000000";
    for scopes in SCOPE_SETS {
        let key = app.key(&acme, scopes.get(..60).unwrap_or(scopes), scopes).await;
        let program = Program::with_token(&app, &key).await;
        for (method, path) in [
            (Method::GET, "/api/v1/keys/{key}"),
            (Method::PATCH, "/api/v1/keys/{key}"),
            (Method::DELETE, "/api/v1/keys/{key}"),
            (Method::DELETE, "/api/v1/keys/{key}?issued_tokens=stop"),
            (Method::POST, "/api/v1/keys/{key}/suspend"),
            (Method::POST, "/api/v1/keys/{key}/reapprove"),
            (Method::POST, "/api/v1/keys/{key}/rotate"),
            (Method::POST, "/api/v1/keys/{key}/end-previous-secret"),
            (Method::GET, "/api/v1/keys/{key}/usage"),
            (Method::DELETE, "/auth/credentials/{key}"),
        ] {
            let body = (method == Method::PATCH).then(|| r#"{"name":"Ours"}"#.to_owned());
            let mut answers = Vec::new();
            for id in [foreign.key.client_id.as_str(), missing] {
                let path = path.replace("{key}", id);
                answers.push(program.send(method.clone(), &path, body.clone(), |request| request).await);
            }
            let needed = if method == Method::GET { "keys:read" } else { "keys:write" };
            let (status, code) = if scopes.contains(needed) { (404, "not_found") } else { (403, "insufficient_scope") };
            assert_problem(&answers[0], status, code);
            assert_eq!(answers[0].body, answers[1].body, "{method} {path} {scopes}");
            for answer in &mut answers {
                answer.headers.remove("x-request-id");
            }
            assert_eq!(answers[0].headers, answers[1].headers, "{method} {path} {scopes}");
        }
    }
    assert_eq!(app.database.key(&globex.id, &foreign.key.client_id).await.expect("read"), before);
    let program = Program::with_token(&app, &app.key(&acme, "Reader", SCOPE_SETS[2]).await).await;
    for path in [
        "/api/v1/keys".to_owned(),
        format!("/api/v1/keys?q={}", foreign.key.client_id),
        "/api/v1/keys?q=theirs".to_owned(),
        format!("/api/v1/activity?key={}", foreign.key.client_id),
        "/api/v1/activity".to_owned(),
        "/api/v1/environments".to_owned(),
        "/api/v1/organization".to_owned(),
        "/auth/credentials".to_owned(),
    ] {
        let answer = program.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        for trace in [foreign.key.client_id.as_str(), "Theirs", "Globex", globex.id.as_str()] {
            assert!(!answer.body.contains(trace), "{path}: {trace}");
        }
    }
}
