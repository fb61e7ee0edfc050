//! What another site, or an odd request, can make a signed-in browser do: nothing.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{App, Browser, ORIGIN, PASSWORD, hidden_value};

const LIST: &str = "/t/acme/settings/api-keys/production";
const FORM: &str = "application/x-www-form-urlencoded";

/// A request of this browser to `path`.
fn with_cookie(browser: &Browser<'_>, path: &str) -> Builder {
    let cookie = browser.cookie.as_deref().unwrap_or_default();
    Request::post(path).header("host", "localhost:3000").header("cookie", format!("sid={cookie}"))
}

#[rstest]
#[tokio::test]
async fn nobody_is_signed_in_or_out_from_elsewhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let credentials = format!("email=admin@acme.test&password={}", PASSWORD.replace(' ', "+"));
    let form = format!("form={}", hidden_value(&browser.get(LIST).await.body));
    for (path, body) in [("/sign-in", credentials), ("/sign-out", form)] {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            let request = with_cookie(&browser, path).header(name, value).header("content-type", FORM);
            let answer = app.send(request.body(Body::from(body.clone())).unwrap()).await;
            assert_eq!((answer.status, answer.headers.get("set-cookie")), (403, None), "{path} {value}");
        }
    }
    assert_eq!(browser.get(LIST).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn nothing_changes_under_another_host(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let form = format!("form={}", hidden_value(&browser.get(LIST).await.body));
    for (name, value) in [("origin", "http://evil.test"), ("sec-fetch-site", "same-origin")] {
        let cookie = format!("sid={}", browser.cookie.as_deref().unwrap_or_default());
        let request = Request::post("/sign-out").header("host", "evil.test").header("cookie", cookie);
        let request = request.header(name, value).header("content-type", FORM);
        assert_eq!(app.send(request.body(Body::from(form.clone())).unwrap()).await.status, 403, "{name}");
    }
    assert_eq!(browser.get(LIST).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_changed_form_is_nobodys(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let form = hidden_value(&browser.get(LIST).await.body);
    for place in [0, form.len() / 2, form.len() - 1] {
        let other = if form.as_bytes()[place] == b'A' { "B" } else { "A" };
        let changed = format!("{}{other}{}", &form[..place], &form[place + 1..]);
        assert_eq!(browser.post("/sign-out", &[("form", &*changed)]).await.status, 409, "{place}");
    }
    assert_eq!(browser.post("/sign-out", &[("form", &*form)]).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn nothing_is_taken_out_from_elsewhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let export = |site: &str| {
        let request = with_cookie(&browser, "/t/acme/settings/activity/export/csv").method("GET");
        app.send(request.header("sec-fetch-site", site).body(Body::empty()).unwrap())
    };
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        assert_eq!(export(site).await.status, status, "{site}");
    }
    let log = browser.get("/t/acme/settings/activity?event=activity.exported").await.body;
    assert_eq!(log.matches("data-testid=\"activity-row\"").count(), 2, "{log}");
}

#[rstest]
#[tokio::test]
async fn a_method_in_disguise_is_ignored(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let form = hidden_value(&browser.get(&format!("{LIST}/new")).await.body);
    let request = with_cookie(&browser, &format!("{LIST}?_method=DELETE"))
        .header("origin", ORIGIN)
        .header("x-http-method-override", "DELETE")
        .header("content-type", FORM);
    let body = format!("_method=DELETE&name=Billing&expiration=30&form={form}");
    assert_eq!(app.send(request.body(Body::from(body)).unwrap()).await.status, 201);
}

#[rstest]
#[tokio::test]
async fn functions_answer_only_as_functions(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let browser = app.admin_of(&acme).await;
    let hostile = format!("/_fn/%3Cscript%3E{}", "x".repeat(8_000));
    for path in ["/_fn/create_key", "/_fn/nothing", &hostile] {
        let request = with_cookie(&browser, path)
            .header("origin", ORIGIN)
            .header("accept", "text/html")
            .header("referer", "https://evil.test/x")
            .header("content-type", "application/json");
        let answer = app.send(request.body(Body::from("{}")).unwrap()).await;
        assert!(matches!(answer.status, 404 | 422), "{path:.40}: {}", answer.status);
        assert_eq!(answer.headers.get("location"), None, "{path:.40}");
        assert!(!answer.header("content-type").is_empty() && !answer.body.contains("script"), "{}", answer.body);
    }
}

#[rstest]
#[tokio::test]
async fn no_socket_is_opened(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    for path in ["/", "/sign-in", "/_fn/create_key", "/oauth/token", "/api/v1/keys"] {
        let request = Request::get(path).header("host", "localhost:3000").header("connection", "upgrade");
        let answer = app.send(request.header("upgrade", "websocket").body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_function_that_is_not_reached_refuses_as_functions_do() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let browser = app.admin_of(&acme).await;
    let request = with_cookie(&browser, "/_fn/create_key").header("sec-fetch-site", "cross-site");
    let request = request.header("content-type", "application/json").body(Body::from("{}")).unwrap();
    let answer = app.send(request).await;
    assert_eq!((answer.status, answer.header("content-type")), (403, "application/json"));
    assert_eq!(answer.json(), "Denied");
}
