//! `/auth/credentials`.

use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, exchange, names, params, text};
use crate::harness::App;

const CREDENTIALS: &str = "/auth/credentials";

#[rstest]
#[tokio::test]
async fn a_pair_is_made_listed_and_revoked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let caller = app.key(&acme, "CI", MANAGE).await;
    let program = Program::with_token(&app, &caller).await;
    app.pass(1);
    let body = json!({ "name": "Staging", "expires_at": "2027-01-31T00:00:00Z" });
    let made = program.post(CREDENTIALS, body).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{}", made.body);
    let pair = made.json();
    let (id, secret) = (text(&pair, "client_id"), text(&pair, "client_secret"));
    let now = json!(app.now());
    let expected = json!({
        "id": pair["id"], "client_id": id, "name": "Staging", "status": "active",
        "expires_at": "2027-01-31T00:00:00.000Z", "created_at": now, "updated_at": now, "last_used_at": null,
        "client_secret": secret,
    });
    assert_eq!(pair, expected);
    let token = exchange(&app, id, secret).await.json();
    assert_eq!(token["scope"], MANAGE, "the caller's scopes");
    let full = program.get(&format!("/api/v1/keys/{id}")).await.json();
    assert_eq!((text(&full, "environment"), text(&full, "kind")), ("production", "client"));

    let list = program.get(CREDENTIALS).await;
    assert_eq!((names(&list), &list.json()["has_more"]), (vec!["Staging".to_owned(), "CI".to_owned()], &json!(false)));
    assert!(!list.body.contains("client_secret"));
    let path = format!("{CREDENTIALS}/{id}");
    let gone = program.delete(&path).await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    assert_problem(&program.delete(&path).await, 409, "key_revoked");
    assert_eq!(exchange(&app, id, secret).await.status, 401);
    let list = program.get(CREDENTIALS).await.json();
    assert_eq!((text(&list["data"][0], "name"), text(&list["data"][0], "status")), ("Staging", "revoked"));
    let run_out = Program { app: &app, credential: text(&token, "access_token").to_owned() };
    assert_eq!(run_out.get(CREDENTIALS).await.status, 200, "tokens already issued run out");
    for unknown in ["kl_ci_00000000000000000000000000", "x", "%ff"] {
        assert_problem(&program.delete(&format!("{CREDENTIALS}/{unknown}")).await, 404, "not_found");
    }
}

#[rstest]
#[tokio::test]
async fn what_does_not_work_now_reads_revoked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let end = app.now().plus_seconds(10);
    let brief = program.post(CREDENTIALS, json!({ "name": "Brief", "expires_at": end })).await.json();
    let held = program.post(CREDENTIALS, json!({ "name": "Held", "expires_at": null })).await.json();
    let suspend = format!("/api/v1/keys/{}/suspend", text(&held, "client_id"));
    assert_eq!(program.post(&suspend, json!({})).await.status, 200);
    app.pass(10);
    let list = program.get(CREDENTIALS).await.json();
    let found: Vec<_> = list["data"].as_array().expect("a list").iter().map(|pair| text(pair, "status")).collect();
    assert_eq!(found.iter().filter(|status| **status == "revoked").count(), 2, "{list}");
    for pair in [&brief, &held] {
        assert_eq!(program.delete(&format!("{CREDENTIALS}/{}", text(pair, "client_id"))).await.status, 204);
    }
}

#[rstest]
#[tokio::test]
async fn pages_follow_a_client_id(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", domain::organization::Policy::default()).await;
    let foreign = app.key(&globex, "CI", MANAGE).await;
    let program = Program::with_token(&app, &app.key(&acme, "k0", MANAGE).await).await;
    for number in 1..4 {
        app.pass(1);
        program.create(&format!("k{number}")).await;
    }
    let first = program.get(&format!("{CREDENTIALS}?limit=3")).await;
    assert_eq!(
        (names(&first), &first.json()["has_more"]),
        (["k3", "k2", "k1"].map(str::to_owned).into(), &json!(true))
    );
    let last = first.json()["data"][2].clone();
    let after = format!("{CREDENTIALS}?limit=3&starting_after={}", text(&last, "client_id"));
    let second = program.get(&after).await;
    assert_eq!((names(&second), &second.json()["has_more"]), (vec!["k0".to_owned()], &json!(false)));
    for (query, param) in [
        (format!("starting_after={}", foreign.key.client_id), "starting_after"),
        ("starting_after=kl_ci_00000000000000000000000000".to_owned(), "starting_after"),
        ("starting_after=x".to_owned(), "starting_after"),
        ("limit=1000".to_owned(), "limit"),
        ("status=active".to_owned(), "status"),
    ] {
        let problem = assert_problem(&program.get(&format!("{CREDENTIALS}?{query}")).await, 422, "validation_failed");
        assert_eq!(params(&problem), [param]);
    }
    for (body, param) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "a", "scopes": ["keys:read"] }), "scopes"),
        (json!({ "name": "a", "expires_at": 1 }), "expires_at"),
    ] {
        let problem = assert_problem(&program.post(CREDENTIALS, body).await, 422, "validation_failed");
        assert_eq!(params(&problem), [param]);
    }
}
