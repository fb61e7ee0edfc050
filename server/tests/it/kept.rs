//! What was typed when a session ended comes back to the person who typed it.

use axum::{body::Body, http::Request};
use domain::user::Role;
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{Answer, App, Browser, ORIGIN, PASSWORD, hidden_value};

const LIST: &str = "/t/acme/settings/api-keys/production";
const NEW: &str = "/t/acme/settings/api-keys/production/new";
const EMAIL: &str = "admin@acme.test";

/// The value of the hidden field `kept`.
fn sealed(page: &Answer) -> String {
    let (_, rest) = page.body.split_once(r#"name="kept" value=""#).expect("a hidden field");
    rest.split('"').next().expect("a quote ends it").to_owned()
}

/// Posts the create form after the session has idled out.
async fn post_too_late(app: &App, browser: &mut Browser<'_>) -> Answer {
    let form = hidden_value(&browser.get(NEW).await.body);
    app.pass(30 * 60);
    let fields = [("name", "Billing <sync>"), ("description", "Runs at night"), ("expiration", "30"), ("form", &form)];
    browser.post(LIST, &fields).await
}

async fn sign_in(browser: &mut Browser<'_>, email: &str, password: &str, kept: &str) -> Answer {
    browser.post("/sign-in", &[("email", email), ("password", password), ("kept", kept)]).await
}

#[rstest]
#[tokio::test]
async fn a_form_waits_while_its_person_signs_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let late = post_too_late(&app, &mut browser).await;
    assert_eq!(late.status, 401, "{}", late.body);
    assert!(late.body.contains("What you typed is kept") && !late.body.contains("Billing"), "{}", late.body);
    // The row of the session may be gone by then.
    app.service.clean_up(|| true).await.unwrap();
    let wrong = sign_in(&mut browser, EMAIL, "wrong", &sealed(&late)).await;
    assert_eq!((wrong.status, sealed(&wrong)), (401, sealed(&late)));

    let back = sign_in(&mut browser, EMAIL, PASSWORD, &sealed(&wrong)).await;
    assert_eq!((back.status, back.header("location")), (303, NEW));
    let page = browser.get(NEW).await;
    assert!(page.body.contains("Check and submit again."));
    assert!(page.body.contains(r#"value="Billing &lt;sync&gt;""#) && page.body.contains("Runs at night"));
    assert!(!browser.get(LIST).await.body.contains("Billing &lt;sync"), "nothing was created");
    let created = browser.submit(NEW, LIST, &[("name", "Billing <sync>"), ("expiration", "30")]).await;
    assert_eq!(created.status, 201);
    assert!(!browser.get(NEW).await.body.contains("Check and submit again."), "it comes back once");
}

#[rstest]
#[tokio::test]
async fn only_to_the_person_who_typed_it_and_not_for_long(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "eve@acme.test", Role::Admin).await;
    let mut browser = app.admin_of(&acme).await;
    let late = post_too_late(&app, &mut browser).await;
    let by_another = sign_in(&mut Browser::new(&app), "eve@acme.test", PASSWORD, &sealed(&late)).await;
    assert_eq!((by_another.status, by_another.header("location")), (303, "/"));
    let mut altered = sealed(&late);
    altered.replace_range(30..31, if altered.as_bytes()[30] == b'A' { "B" } else { "A" });
    for kept in [altered.as_str(), "", "!", "AAAA"] {
        assert_eq!(sign_in(&mut Browser::new(&app), EMAIL, PASSWORD, kept).await.header("location"), "/", "{kept}");
    }
    app.pass(15 * 60);
    assert_eq!(sign_in(&mut browser, EMAIL, PASSWORD, &sealed(&late)).await.header("location"), "/");
}

#[rstest]
#[tokio::test]
async fn what_is_not_a_form_of_ours_does_not_wait(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    app.acme().await;
    let mut nobody = Browser::new(&app);
    let name = "x".repeat(20_000);
    for fields in [[("name", "a"), ("x", "y")], [("name", name.as_str()), ("form", "A")]] {
        let answer = nobody.post(LIST, &fields).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/sign-in"));
    }
    // The way back leads to the page the form was on.
    let from = |referer: &str| {
        let request = Request::post(format!("{LIST}/bulk")).header("host", "localhost:3000").header("origin", ORIGIN);
        let request = request.header("content-type", "application/x-www-form-urlencoded").header("referer", referer);
        app.send(request.body(Body::from("ids=a&action=remove&form=x")).expect("a request"))
    };
    for (referer, expected) in [
        (
            format!("{ORIGIN}{LIST}?q=a"),
            format!("/sign-in?return_to={}", "%2Ft%2Facme%2Fsettings%2Fapi-keys%2Fproduction%3Fq%3Da"),
        ),
        ("https://evil.test/x".to_owned(), "/sign-in".to_owned()),
    ] {
        assert_eq!(from(&referer).await.header("location"), expected, "{referer}");
    }
    // A made-up form value is nobody's.
    let kept = nobody.post(LIST, &[("name", "a"), ("form", "AAAA")]).await;
    assert_eq!(sign_in(&mut nobody, EMAIL, PASSWORD, &sealed(&kept)).await.status, 401, "nobody is here yet");
}

#[rstest]
#[tokio::test]
async fn a_form_may_be_kept_by_a_living_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let kept = browser.submit(NEW, LIST, &[("name", "Nightly"), ("expiration", "7"), ("keep", "1")]).await;
    assert_eq!((kept.status, kept.header("location")), (303, NEW));
    assert!(browser.get(NEW).await.body.contains(r#"value="Nightly""#));
    assert!(!browser.get(LIST).await.body.contains("Nightly"), "nothing is done with it");
    let form = hidden_value(&browser.get(NEW).await.body);
    let mut eve = app.person(&acme, "eve@acme.test", Role::Admin).await;
    assert_eq!(eve.post(LIST, &[("name", "Nightly"), ("keep", "1"), ("form", &form)]).await.status, 409);
    let key = app.key(&acme, "Old name", "").await;
    let edit = format!("{LIST}/{}/edit", key.key.client_id);
    browser.submit(&edit, &edit, &[("name", "New name"), ("description", ""), ("keep", "1")]).await;
    app.pass(16 * 60);
    assert!(browser.get(&edit).await.body.contains(r#"value="Old name""#), "it has waited too long");
}
