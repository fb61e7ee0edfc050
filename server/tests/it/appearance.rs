//! Light or dark, without script.

use axum::{body::Body, http::Request};
use store::testing::Engine;

use crate::harness::{App, ORIGIN, hidden_value};

const LIST: &str = "/t/acme/settings/api-keys/production";

#[tokio::test]
async fn a_choice_is_remembered_and_painted_at_once() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(LIST).await.body;
    assert!(page.contains(r#"data-theme="system""#));
    let form = hidden_value(&page);
    let cookie = format!("sid={}", browser.cookie.clone().expect("signed in"));
    let choose = |theme: &str, referer: &str| {
        let request = Request::post("/appearance")
            .header("host", "localhost:3000")
            .header("origin", ORIGIN)
            .header("referer", referer)
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        app.send(request.body(Body::from(format!("theme={theme}&form={form}"))).expect("a request"))
    };
    let here = format!("{ORIGIN}{LIST}?q=a");
    let dark = choose("dark", &here).await;
    assert_eq!((dark.status, dark.header("location")), (303, "/t/acme/settings/api-keys/production?q=a"));
    assert!(dark.header("set-cookie").starts_with("theme=dark; Path=/; Max-Age="));
    for elsewhere in ["https://evil.test/", "http://localhost:3000.evil.test/", "http://localhost:3000//evil.test"] {
        assert_eq!(choose("dark", elsewhere).await.header("location"), "/", "{elsewhere}");
    }
    assert_eq!(choose("blue", &here).await.status, 422);

    for (chosen, painted) in [("dark", "dark"), ("light", "light"), ("blue\"", "system")] {
        let request =
            Request::get("/sign-in").header("host", "localhost:3000").header("cookie", format!("theme={chosen}"));
        let page = app.send(request.body(Body::empty()).expect("a request")).await.body;
        assert!(page.contains(&format!("data-theme=\"{painted}\"")), "{chosen}");
    }
}

#[tokio::test]
async fn the_choice_has_a_page_of_its_own() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", domain::organization::Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let page = admin.get("/t/acme/me/appearance").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<h1 id=\"scheme\">Appearance</h1>"), "{}", page.body);
    let mut stranger = app.admin_of(&globex).await;
    assert_eq!(stranger.get("/t/acme/me/appearance").await.status, 404);
}
