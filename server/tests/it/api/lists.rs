//! Pages of keys: filters, order, cursors.

use domain::{key::Owner, organization::Policy, user::Role};
use rstest::rstest;
use serde_json::json;
use service::keys::KeyWanted;
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, names, params, path_of, text};
use crate::harness::{App, wanted};

const KEYS: &str = "/api/v1/keys";

#[rstest]
#[tokio::test]
async fn a_list_is_filtered_and_sorted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    app.pass(1);
    let billing = program.create("Billing").await;
    app.pass(1);
    let end = app.now().plus_seconds(5);
    let body = json!({ "name": "archive", "environment": "staging", "expires_at": end });
    assert_eq!(program.post(KEYS, body).await.status, 201);
    app.pass(1);
    let gone = program.create("Zoo").await;
    app.insert(&acme, KeyWanted { owner: Owner::User(mia.clone()), ..wanted("100%_Mia", "") }).await;
    assert_eq!(program.post(&format!("{}/suspend", path_of(&billing)), json!({})).await.status, 200);
    assert_eq!(program.delete(&path_of(&gone)).await.status, 204);
    app.pass(5);
    app.service.flush_uses().await.expect("written");
    let named = text(&billing, "client_id");
    for (query, expected) in [
        ("sort=name".to_owned(), vec!["100%_Mia", "archive", "Billing", "CI", "Zoo"]),
        ("sort=-name".to_owned(), vec!["Zoo", "CI", "Billing", "archive", "100%_Mia"]),
        ("sort=created_at&owner=organization".to_owned(), vec!["CI", "Billing", "archive", "Zoo"]),
        ("sort=-created_at&owner=organization".to_owned(), vec!["Zoo", "archive", "Billing", "CI"]),
        ("owner=organization".to_owned(), vec!["Zoo", "archive", "Billing", "CI"]),
        ("sort=expires_at&limit=1".to_owned(), vec!["archive"]),
        ("sort=-last_used_at&limit=1".to_owned(), vec!["CI"]),
        ("status=active&sort=name".to_owned(), vec!["100%_Mia", "CI"]),
        ("status=suspended".to_owned(), vec!["Billing"]),
        ("status=expired".to_owned(), vec!["archive"]),
        ("status=revoked".to_owned(), vec!["Zoo"]),
        ("environment=staging".to_owned(), vec!["archive"]),
        ("environment=nowhere".to_owned(), vec![]),
        (format!("owner={mia}"), vec!["100%_Mia"]),
        ("q=BILL".to_owned(), vec!["Billing"]),
        ("q=%25_".to_owned(), vec!["100%_Mia"]),
        (format!("q={named}"), vec!["Billing"]),
        ("q=&status=revoked".to_owned(), vec!["Zoo"]),
    ] {
        let page = program.get(&format!("{KEYS}?{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        assert_eq!(names(&page), expected, "{query}");
    }
    for (query, param) in [
        ("status=removed", "status"),
        ("status=", "status"),
        ("owner=me", "owner"),
        ("owner=usr_1", "owner"),
        ("sort=kind", "sort"),
        ("sort=--name", "sort"),
        ("environment=Staging", "environment"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=5&limit=5", "limit"),
        ("page=2", "page"),
        ("cursor=", "cursor"),
        ("cursor=abc", "cursor"),
    ] {
        let problem = assert_problem(&program.get(&format!("{KEYS}?{query}")).await, 422, "validation_failed");
        assert_eq!(params(&problem), [param], "{query}");
    }
    let all_at_once = program.get(&format!("{KEYS}?status=x&sort=x&limit=x&x=x")).await;
    assert_eq!(params(&assert_problem(&all_at_once, 422, "validation_failed")), ["status", "sort", "limit", "x"]);
    for query in ["q=%zz", "q=%ff", "q=%00"] {
        assert_problem(&program.get(&format!("{KEYS}?{query}")).await, 400, "invalid_request");
    }
}

#[rstest]
#[tokio::test]
async fn a_cursor_leads_on_in_its_own_list_only(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let program = Program::with_token(&app, &app.key(&acme, "k0", MANAGE).await).await;
    let stranger = Program::with_token(&app, &app.key(&globex, "k0", MANAGE).await).await;
    for number in 1..7 {
        program.create(&format!("k{number}")).await;
    }
    let mut found = Vec::new();
    let mut path = format!("{KEYS}?sort=name&limit=3");
    let mut cursors = Vec::new();
    loop {
        let page = program.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        found.extend(names(&page));
        let Some(cursor) = page.json()["next_cursor"].as_str().map(str::to_owned) else { break };
        path = format!("{KEYS}?sort=name&limit=3&cursor={cursor}");
        cursors.push(cursor);
    }
    assert_eq!(found, (0..7).map(|number| format!("k{number}")).collect::<Vec<_>>());
    assert_eq!(cursors.len(), 2);

    let cursor = &cursors[0];
    let altered = format!("{}{}", &cursor[..cursor.len() - 1], if cursor.ends_with('A') { 'B' } else { 'A' });
    for (who, query) in [
        (&program, format!("sort=name&cursor={altered}")),
        (&program, format!("sort=name&cursor={cursor}A")),
        (&program, format!("sort=-name&cursor={cursor}")),
        (&program, format!("sort=name&status=active&cursor={cursor}")),
        (&stranger, format!("sort=name&cursor={cursor}")),
    ] {
        let problem = assert_problem(&who.get(&format!("{KEYS}?{query}")).await, 422, "validation_failed");
        assert_eq!(
            (params(&problem), text(&problem["errors"][0], "code")),
            (vec!["cursor"], "invalid_cursor"),
            "{query}"
        );
    }
    let other_size = program.get(&format!("{KEYS}?sort=name&limit=100&cursor={cursor}")).await;
    assert_eq!((names(&other_size).len(), &other_size.json()["next_cursor"]), (4, &json!(null)));
}

#[rstest]
#[tokio::test]
async fn usage_environments_and_organization(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", MANAGE).await;
    let program = Program::with_token(&app, &key).await;
    app.pass(3 * 24 * 3_600);
    for _ in 0..2 {
        super::token_of(&app, &key).await;
    }
    app.service.flush_uses().await.expect("written");
    let path = format!("{KEYS}/{}/usage", key.key.client_id);
    let program = Program { credential: super::token_of(&app, &key).await, ..program };
    let by_day = program.get(&path).await.json();
    let days = by_day["data"].as_array().expect("a list");
    assert_eq!((days.len(), &by_day["total"], &by_day["by"]), (30, &json!(3), &json!("day")));
    assert_eq!(days[29], json!({ "at": "2026-11-24T00:00:00.000Z", "count": 2 }));
    assert_eq!(days[26], json!({ "at": "2026-11-21T00:00:00.000Z", "count": 1 }));
    let by_hour = program.get(&format!("{path}?by=hour")).await.json();
    let hours = by_hour["data"].as_array().expect("a list");
    assert_eq!((hours.len(), &by_hour["total"]), (24, &json!(2)));
    assert_eq!(hours[23], json!({ "at": "2026-11-24T12:00:00.000Z", "count": 2 }));
    assert_eq!(
        params(&assert_problem(&program.get(&format!("{path}?by=year")).await, 422, "validation_failed")),
        ["by"]
    );

    let environments = program.get("/api/v1/environments").await.json();
    let list = environments["data"].as_array().expect("a list");
    let slugs: Vec<_> = list.iter().map(|environment| text(environment, "slug")).collect();
    assert_eq!(slugs, ["production", "staging", "development"]);
    assert_eq!((&list[0]["live_keys"], &list[0]["max_keys"]), (&json!(1), &json!(50)));
    let organization = program.get("/api/v1/organization").await.json();
    for (member, expected) in [
        ("id", json!(acme.id)),
        ("slug", json!("acme")),
        ("plan", json!("enterprise")),
        ("api_keys", json!(true)),
        ("max_keys_per_environment", json!(50)),
        ("scopes", json!([])),
    ] {
        assert_eq!(organization[member], expected, "{member}");
    }
}
