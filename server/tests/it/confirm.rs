//! The password that is asked for in between: a browser that was left open gets no secret.

use axum::{body::Body, http::Request};
use domain::user::Role;
use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use crate::harness::{Answer, App, Browser, ORIGIN, PASSWORD, hidden_value};

const LIST: &str = "/t/acme/settings/api-keys/production";

/// Where a dialog has the password looked at.
const CONFIRM: &str = "/session/confirm";

/// What the person types into the create form.
const TYPED: [(&str, &str); 4] =
    [("name", "Billing <sync>"), ("description", "Runs at night"), ("kind", "client"), ("expiration", "30")];

/// Fields of a page that nobody sees.
fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let main = page.split_once("<main").expect("a main part").1;
    let inputs = main.split("<input ").skip(1).filter(|input| input.contains(r#"type="hidden""#));
    let attribute = |input: &str, name: &str| {
        let (_, value) = input.split_once(&format!("{name}=\""))?;
        Some(value.split('"').next()?.replace("&lt;", "<").replace("&gt;", ">"))
    };
    inputs.map(|input| (attribute(input, "name").unwrap(), attribute(input, "value").unwrap_or_default())).collect()
}

/// Answers the page that asks with this password.
async fn confirm(browser: &mut Browser<'_>, asked: &Answer, action: &str, password: &str) -> Answer {
    let hidden = hidden_fields(&asked.body);
    let fields = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = fields.chain([("password", password)]).collect();
    browser.post(action, &fields).await
}

async fn call(app: &App, browser: &Browser<'_>, form: &str) -> Answer {
    let fields = json!({"name": "With script", "description": "", "kind": "", "owner": "", "suspend_on_sign_out": "", "scopes": "", "expiration": "30", "expires_on": ""});
    let arguments = json!({"org": "acme", "env": "production", "form": form, "fields": fields});
    let request = Request::post("/_fn/create_key")
        .header("host", "localhost:3000")
        .header("origin", ORIGIN)
        .header("cookie", format!("sid={}", browser.cookie.as_deref().unwrap_or_default()))
        .header("content-type", "application/json");
    app.send(request.body(Body::from(arguments.to_string())).expect("a request")).await
}

#[rstest]
#[tokio::test]
async fn creating_asks_for_the_password_after_a_while(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    app.pass(15 * 60);
    let still = browser.submit(&format!("{LIST}/new"), LIST, &[("name", "Early"), ("expiration", "30")]).await;
    assert_eq!(still.status, 201, "{}", still.body);
    app.pass(1);
    let form = hidden_value(&browser.get(&format!("{LIST}/new")).await.body);
    assert_eq!(call(&app, &browser, &form).await.status, 401);

    let asked = browser.submit(&format!("{LIST}/new"), LIST, &TYPED).await;
    assert_eq!(asked.status, 401, "{}", asked.body);
    assert!(
        asked.body.contains("What you typed is kept.") && asked.body.contains(r#"autocomplete="current-password""#)
    );
    let before = browser.cookie.clone();
    let wrong = confirm(&mut browser, &asked, LIST, "not the right password").await;
    assert_eq!((wrong.status, &browser.cookie), (422, &before));
    assert!(wrong.body.contains("<title>Error: ") && !wrong.body.contains("not the right password"));

    let created = confirm(&mut browser, &wrong, LIST, PASSWORD).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert!(created.body.contains("Billing &lt;sync&gt;"));
    assert_ne!(browser.cookie, before, "what a session may is bound to a new cookie");
    let mut old = Browser::new(&app);
    old.cookie = before;
    assert_eq!(old.get(LIST).await.status, 303);
    // Sent again, the form makes no second key, and the pages that were open go on working.
    assert_eq!(confirm(&mut browser, &wrong, LIST, PASSWORD).await.status, 200);
    assert_eq!(call(&app, &browser, &form).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn rotating_asks_and_stopping_never_does(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let key = app.key(&acme, "Billing sync", "").await;
    let at = |verb: &str| format!("{LIST}/{}/{verb}", key.key.client_id);
    app.pass(16 * 60);
    for (verb, fields) in [("suspend", [("reason", "")].as_slice()), ("reapprove", &[])] {
        assert_eq!(browser.submit(&at(verb), &at(verb), fields).await.status, 303, "{verb}");
    }
    let fields = [("grace_s", "3600"), ("expiration", "same")];
    let asked = browser.submit(&at("rotate"), &at("rotate"), &fields).await;
    assert_eq!(asked.status, 401, "{}", asked.body);
    let rotated = confirm(&mut browser, &asked, &at("rotate"), PASSWORD).await;
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    app.pass(16 * 60);
    assert_eq!(browser.submit(&at("remove"), &at("remove"), &[("confirm_name", "Billing sync")]).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn guessing_there_is_slowed_down_as_at_sign_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    app.pass(16 * 60);
    let asked = browser.submit(&format!("{LIST}/new"), LIST, &TYPED).await;
    for _ in 0..5 {
        assert_eq!(confirm(&mut browser, &asked, LIST, "wrong").await.status, 422);
    }
    let throttled = confirm(&mut browser, &asked, LIST, PASSWORD).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    assert_eq!(Browser::new(&app).sign_in("admin@acme.test", PASSWORD).await.status, 429, "one count for both");
    app.pass(60);
    assert_eq!(confirm(&mut browser, &throttled, LIST, PASSWORD).await.status, 201);
}

#[rstest]
#[tokio::test]
async fn a_dialog_asks_and_goes_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let form = hidden_value(&browser.get(&format!("{LIST}/new")).await.body);
    assert_eq!(browser.post(CONFIRM, &[]).await.status, 204, "nobody is asked who has just signed in");
    app.pass(16 * 60);
    assert_eq!(call(&app, &browser, &form).await.status, 401);
    assert_eq!(browser.post(CONFIRM, &[]).await.status, 401);
    let before = browser.cookie.clone();
    for (form, password, status, words) in [
        (form.as_str(), "wrong", 422, "That isn't your password. Try again."),
        (form.as_str(), "", 422, "That isn't your password. Try again."),
        ("not of this session", PASSWORD, 409, "This form belongs to an earlier session."),
    ] {
        let answer = browser.post(CONFIRM, &[("form", form), ("password", password)]).await;
        assert_eq!((answer.status, &browser.cookie), (status, &before), "{password}");
        assert!(answer.body.contains(words), "{}", answer.body);
    }
    assert_eq!(browser.post(CONFIRM, &[("form", &form), ("password", PASSWORD)]).await.status, 204);
    assert_ne!(browser.cookie, before, "what a session may is bound to a new cookie");
    assert_eq!(call(&app, &browser, &form).await.status, 200, "what was typed goes on");
    app.pass(16 * 60);
    for _ in 0..5 {
        browser.post(CONFIRM, &[("form", &form), ("password", "wrong")]).await;
    }
    let throttled = browser.post(CONFIRM, &[("form", &form), ("password", PASSWORD)]).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    assert!(throttled.body.starts_with("Too many attempts. Try again in 60 seconds."), "{}", throttled.body);
}

#[rstest]
#[tokio::test]
async fn somebody_elses_form_asks_for_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let mut other = app.person(&acme, "eve@acme.test", Role::Admin).await;
    app.pass(16 * 60);
    let asked = browser.submit(&format!("{LIST}/new"), LIST, &TYPED).await;
    assert_eq!(confirm(&mut other, &asked, LIST, PASSWORD).await.status, 409);
    // Signing in again is another session, also of the same person.
    browser.sign_in("admin@acme.test", PASSWORD).await;
    assert_eq!(confirm(&mut browser, &asked, LIST, PASSWORD).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn what_is_refused_anyway_asks_for_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    app.pass(16 * 60);
    let invite = "/t/acme/settings/users/invite";
    for (path, action, fields, words) in [
        (&*format!("{LIST}/new"), LIST, [("name", ""), ("expiration", "30")], "Enter a name."),
        (invite, invite, [("emails", " , "), ("role", "admin")], "Enter at least one e-mail address."),
    ] {
        let refused = browser.submit(path, action, &fields).await;
        assert_eq!(refused.status, 422, "{path}");
        assert!(refused.body.contains(words), "{path}");
    }
    let asked = browser.submit(invite, invite, &[("emails", "mia@acme.test"), ("role", "member")]).await;
    assert_eq!(asked.status, 401, "{}", asked.body);
}
