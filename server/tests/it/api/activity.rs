//! The Activity Log through the API.

use rstest::rstest;
use serde_json::{Value, json};
use store::testing::Engine;

use super::{Program, assert_problem, params, path_of, text};
use crate::harness::App;

const ACTIVITY: &str = "/api/v1/activity";

fn events(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("a list").iter().map(|row| text(row, "event")).collect()
}

#[rstest]
#[tokio::test]
async fn what_happened_is_read_newest_first(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", domain::organization::Policy::default()).await;
    let scopes = "keys:read keys:write activity:read";
    let ci = app.key(&acme, "CI", scopes).await;
    let program = Program::with_token(&app, &ci).await;
    let stranger = Program::with_token(&app, &app.key(&globex, "CI", scopes).await).await;
    app.pass(1);
    let key = program.create("Billing").await;
    app.pass(1);
    let middle = app.now();
    assert_eq!(program.post(&format!("{}/rotate", path_of(&key)), json!({ "grace_s": 60 })).await.status, 200);
    app.pass(1);
    let last = program.delete(&format!("{}?issued_tokens=stop", path_of(&key))).await;
    let all = program.get(ACTIVITY).await.json();
    let everything =
        ["api_key.revoked", "api_key.rotated", "api_key.created", "api_key.created", "organization.created"];
    assert_eq!(events(&all), everything);
    let id = text(&key, "client_id");
    let expected = json!({
        "id": all["data"][0]["id"], "at": app.now(), "event": "api_key.revoked",
        "actor": { "type": "client", "id": ci.key.client_id, "name": "CI" },
        "target": { "id": id, "name": "Billing" }, "environment": "production", "address": "0.0.0.0",
        "request_id": last.header("x-request-id"), "details": { "issued_tokens": "stop" },
    });
    assert_eq!(all["data"][0], expected);
    let caller = ci.key.client_id.as_str();
    for (query, expected) in [
        (format!("actor={caller}"), &everything[..3]),
        ("actor=operator".to_owned(), &everything[3..]),
        (format!("key={id}"), &everything[..3]),
        ("event=api_key.created".to_owned(), &everything[2..4]),
        ("environment=production&limit=2".to_owned(), &everything[..2]),
        ("environment=staging".to_owned(), &[]),
        (format!("from={middle}"), &everything[..2]),
        (format!("until={middle}"), &everything[2..]),
        (format!("from={middle}&until={middle}"), &[]),
    ] {
        let page = program.get(&format!("{ACTIVITY}?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        assert_eq!(events(&page.json()), expected, "{query}");
    }
    assert_eq!(events(&stranger.get(&format!("{ACTIVITY}?key={id}")).await.json()), [""; 0]);
    for (query, param) in [
        ("actor=ana", "actor"),
        ("event=key.made", "event"),
        ("key=kl_1", "key"),
        ("from=yesterday", "from"),
        ("until=10000-01-01T00:00:00Z", "until"),
        ("cursor=1", "cursor"),
        ("since=1", "since"),
    ] {
        let problem = assert_problem(&program.get(&format!("{ACTIVITY}?{query}")).await, 422, "validation_failed");
        assert_eq!(params(&problem), [param], "{query}");
    }
    let mut found = Vec::new();
    let mut next = Some(String::new());
    while let Some(cursor) = next {
        let page = program.get(&format!("{ACTIVITY}?limit=2{cursor}")).await.json();
        found.extend(events(&page).into_iter().map(str::to_owned));
        next = page["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}"));
        if let Some(cursor) = &next {
            assert_problem(&stranger.get(&format!("{ACTIVITY}?limit=2{cursor}")).await, 422, "validation_failed");
        }
    }
    assert_eq!(found, everything);
}
