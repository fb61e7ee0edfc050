//! Two processes on one database: what one does, the other sees on its next request.

use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use super::{MANAGE, Program, exchange};
use crate::harness::App;

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
