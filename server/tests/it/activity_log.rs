//! The Activity Log in the console.

use domain::user::Role;
use rstest::rstest;
use store::{OrganizationChange, testing::Engine};

use crate::harness::{App, ORIGIN, PASSWORD, operator};

const LOG: &str = "/t/acme/settings/activity";

#[rstest]
#[tokio::test]
async fn the_log_is_filtered_by_its_address(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "Billing sync", "").await;
    app.key(&acme, "<b>Nightly</b>", "").await;
    let mut browser = app.admin_of(&acme).await;
    let id = key.key.client_id.as_str();
    for (query, found, missing) in [
        (String::new(), "Billing sync", "<b>Nightly"),
        (format!("?key={id}"), "Billing sync", "Nightly"),
        ("?event=user.signed_in".to_owned(), "signed in", "Billing sync"),
        ("?actor=-&event=api_key.created&env=production".to_owned(), "Billing sync", "<td>signed in"),
        ("?env=staging".to_owned(), "Nothing has happened yet in this period.", "Billing sync"),
        ("?from=2026-11-21&to=2026-11-21".to_owned(), "Billing sync", "Nothing has happened"),
        ("?to=2026-11-20".to_owned(), "Nothing has happened yet in this period.", "Billing sync"),
        ("?cursor=1".to_owned(), "Nothing has happened yet in this period.", "Billing sync"),
    ] {
        let page = browser.get(&format!("{LOG}{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        assert!(page.body.contains(found) && !page.body.contains(missing), "{query}: {}", page.body);
    }
    for query in [
        "?actor=%00",
        "?actor=nobody",
        "?event=api_key.revokd",
        "?env=Not+One",
        "?key=nonsense",
        "?from=yesterday",
        "?to=2026-02-30",
        "?from=2026-11-21&to=2026-11-20",
    ] {
        assert_eq!(browser.get(&format!("{LOG}{query}")).await.status, 422, "{query}");
        assert_eq!(browser.get(&format!("{LOG}/export/csv{query}")).await.status, 422, "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn an_export_holds_every_row_that_matches(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.key(&acme, "=1+1, \"quoted\"", "").await;
    let mut browser = app.admin_of(&acme).await;
    let csv = browser.get(&format!("{LOG}/export/csv?event=api_key.created")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"acme-activity.csv\"");
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    assert!(csv.body.contains(r#""'=1+1, ""quoted""""#), "{}", csv.body);

    let json = browser.get(&format!("{LOG}/export/json")).await;
    assert_eq!(json.header("content-type"), "application/x-ndjson");
    let rows: Vec<serde_json::Value> =
        json.body.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect();
    assert!(rows.len() >= 3 && rows.iter().any(|row| row["event"] == "api_key.created"), "{}", json.body);
    assert_eq!(browser.get(&format!("{LOG}/export/xml")).await.status, 404);
    assert_eq!(browser.get(&format!("{LOG}/export/csv?key=nonsense")).await.status, 422);
}

#[rstest]
#[tokio::test]
async fn an_export_is_written_down_with_its_filter(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.key(&acme, "Billing sync", "").await;
    let mut browser = app.admin_of(&acme).await;
    let export = format!("{LOG}/export/json?event=api_key.created&from=2026-11-01");
    for _ in 0..2 {
        let file = browser.get(&export).await;
        assert_eq!(file.body.lines().count(), 1, "not the row about itself: {}", file.body);
    }
    assert_eq!(browser.get(&format!("{LOG}/export/xml")).await.status, 404);
    let log = browser.get(&format!("{LOG}/export/json?event=activity.exported")).await.body;
    let rows: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(rows.len(), 2, "{log}");
    assert_eq!(rows[0]["details"]["format"], "json");
    assert_eq!(rows[0]["details"]["event"], "api_key.created");
    assert_eq!(rows[0]["details"]["from"], "2026-11-01T00:00:00.000Z");
    assert_eq!(rows[0]["actor"]["type"], "user");
}

#[rstest]
#[tokio::test]
async fn a_new_signing_key_stands_in_every_log(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.service.rotate_signing_key(operator(), false).await.expect("rotated");
    app.service.rotate_signing_key(operator(), true).await.expect("rotated");
    app.pass(91 * 24 * 3600);
    app.service.reload_signing_keys().await.expect("succeeded");
    let log = app.admin_of(&acme).await.get(&format!("{LOG}?event=signing_key.rotated")).await.body;
    assert_eq!(log.matches("data-testid=\"activity-row\"").count(), 3, "{log}");
    for words in ["Server", "replaced signing key in an emergency", "ES256 signing key"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[rstest]
#[tokio::test]
async fn newer_rows_are_counted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(LOG).await.body;
    let (_, since) = page.split_once("data-newer=\"").expect("an address to ask at");
    let since = since.split('"').next().expect("a quote ends it").to_owned();
    assert_eq!(browser.get(&since).await.body, "0");
    let key = app.key(&acme, "Billing sync", "").await;
    app.revoke(&acme, &key, store::IssuedTokens::RunOut).await;
    assert_eq!(browser.get(&since).await.body, "2");
    assert_eq!(browser.get(&format!("{since}?event=api_key.revoked")).await.body, "1");
    for number in 0..50 {
        app.key(&acme, &format!("Key {number}"), "").await;
    }
    assert_eq!(browser.get(&since).await.body, "50+");
}

#[rstest]
#[tokio::test]
async fn an_edit_says_what_was_there_before(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "Billing sync", "").await;
    let manager = operator().in_organization(acme.clone());
    let name = domain::name::Name::parse("Invoices").ok();
    let edited = app.service.edit_key(&manager, &key.key.client_id, name, None, None).await;
    edited.expect("the database works").expect("no rule is in the way");
    let page = app.admin_of(&acme).await.get(&format!("{LOG}?event=api_key.edited")).await.body;
    assert!(page.contains("Billing sync → Invoices"), "{page}");
}

#[tokio::test]
async fn the_log_is_the_administrators_even_where_api_keys_are_off() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let mut member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let off = OrganizationChange { api_keys: Some(false), ..OrganizationChange::default() };
    app.service.set_organization(operator(), &acme.slug, off).await.unwrap().unwrap();
    assert_eq!(admin.get("/t/acme/settings/api-keys/production").await.status, 403);
    let page = admin.get(LOG).await;
    assert!(page.status == 200 && page.body.contains("signed in"), "{}", page.body);
    assert_eq!(admin.get(&format!("{LOG}/export/csv")).await.status, 200);
    let locked = member.get(LOG).await;
    assert_eq!(locked.status, 403);
    assert!(locked.body.contains("You don't have access to this page in Acme Corp."), "{}", locked.body);
    assert!(!locked.body.contains(&format!("href=\"{LOG}\"")), "a section for administrators is not offered");
}

#[tokio::test]
async fn a_long_log_is_exported_whole() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    for number in 0..520 {
        app.revoke(&acme, &app.key(&acme, &format!("Key {number}"), "").await, store::IssuedTokens::RunOut).await;
    }
    let page = browser.get(LOG).await.body;
    assert_eq!(page.matches("data-testid=\"activity-row\"").count(), 50);
    assert!(page.contains("Older"));
    let csv = browser.get(&format!("{LOG}/export/csv?actor=-")).await.body;
    assert_eq!(csv.matches("api_key.").count(), 1_040);
}

#[tokio::test]
async fn a_row_says_with_what_it_was_done() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let agent = format!("<b>Mozilla/5.0</b> {}", "x".repeat(400));
    let request = axum::http::Request::post("/sign-in")
        .header("host", "localhost:3000")
        .header("origin", ORIGIN)
        .header("user-agent", &agent)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(format!("email=admin@acme.test&password={}", PASSWORD.replace(' ', "+"))));
    assert_eq!(app.send(request.unwrap()).await.status, 303);
    let page = admin.get(&format!("{LOG}?event=user.signed_in")).await.body;
    assert!(page.contains("<dt>User agent</dt><dd>&lt;b&gt;Mozilla/5.0&lt;/b&gt; x"), "{page}");
    assert!(!page.contains(&"x".repeat(257)), "a long one is cut");
}
