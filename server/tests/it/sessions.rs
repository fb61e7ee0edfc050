//! Signing in and out, and what a session is good for.

use std::time::Duration;

use domain::{organization::OrganizationState, user::Role};
use rstest::rstest;
use store::{OrganizationChange, testing::Engine};

use zeroize::Zeroizing;

use crate::harness::{App, Browser, PASSWORD, hidden_value, operator};

const LIST: &str = "/t/acme/settings/api-keys/production";

#[rstest]
#[tokio::test]
async fn the_cookie_is_as_closed_as_can_be(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mut browser = Browser::new(&app);
    let page = browser.get("/sign-in").await;
    assert_eq!((page.status, page.headers.get("set-cookie")), (200, None), "a visit opens no session");
    let answer = browser.sign_in("  ANA@acme.test ", PASSWORD).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("sid=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(browser.cookie.as_ref().is_some_and(|id| id.len() == 22));
    assert_eq!(browser.get("/").await.header("location"), "/t/acme");
    assert_eq!(browser.get("/t/acme").await.header("location"), LIST);
    assert_eq!(browser.get(LIST).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn refusals_look_the_same(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let gone = app.organization("gone", "Gone", domain::organization::Policy::default()).await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    app.user(&gone, "bob@gone.test", Role::Admin).await;
    let disabled = OrganizationChange { state: Some(OrganizationState::Disabled), ..Default::default() };
    app.service.set_organization(operator(), &gone.slug, disabled).await.expect("set");
    let mut answers = Vec::new();
    for (email, password) in [
        ("ana@acme.test", "not the right password"),
        ("ana@acme.test", &format!("{PASSWORD} ")),
        ("ana@acme.test", &PASSWORD.to_uppercase()),
        ("eve@acme.test", PASSWORD),
        ("bob@gone.test", PASSWORD),
        ("admin@root.xyz", "admin"),
    ] {
        let mut browser = Browser::new(&app);
        let answer = browser.sign_in(email, password).await;
        assert_eq!((answer.status, &browser.cookie), (401, &None), "{email}");
        let mut headers = answer.headers;
        for varying in ["x-request-id", "content-security-policy", "content-length"] {
            headers.remove(varying);
        }
        answers.push((headers, answer.body.len()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[rstest]
#[tokio::test]
async fn guessing_is_slowed_down(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mut browser = Browser::new(&app);
    for email in ["ana@acme.test", "ANA@acme.test", " ana@acme.test", "ana@ACME.test", "ａna@acme.test"] {
        assert_eq!(browser.sign_in(email, "wrong").await.status, 401);
    }
    let throttled = browser.sign_in("ana@acme.test", PASSWORD).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    app.pass(60);
    assert_eq!(browser.sign_in("ana@acme.test", PASSWORD).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn who_does_not_wait_for_the_answer_has_not_failed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mut browser = Browser::new(&app);
    for _ in 0..5 {
        let attempt = browser.sign_in("ana@acme.test", PASSWORD);
        assert!(tokio::time::timeout(Duration::from_millis(1), attempt).await.is_err(), "hashing takes longer");
    }
    // As long as they are not settled they count, so that many at once are no more than many in a row.
    let signed_in = async { while browser.sign_in("ana@acme.test", PASSWORD).await.status != 303 {} };
    let settled = tokio::time::timeout(Duration::from_secs(30), signed_in).await;
    assert!(settled.is_ok(), "the clock of the use cases stands still: what counts as a failure counts for ever");
}

#[rstest]
#[tokio::test]
async fn malformed_sign_ins_open_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    app.acme().await;
    let send = async |content_type: &str, body: String| {
        let request = axum::http::Request::post("/sign-in")
            .header("host", "localhost:3000")
            .header("content-type", content_type)
            .body(axum::body::Body::from(body));
        app.send(request.expect("a request")).await
    };
    let form = "application/x-www-form-urlencoded";
    for (content_type, body, want) in [
        (form, String::new(), 422),
        (form, "email=a".to_owned(), 422),
        (form, "email=a&email=b&password=c".to_owned(), 400),
        (form, "email=a&password=%zz".to_owned(), 400),
        (form, "email=%00&password=a".to_owned(), 400),
        (form, "email=a&password=%00".to_owned(), 401),
        (form, format!("email=a&password={}", "x".repeat(1_025)), 401),
        (form, format!("email=a&password={}", "x".repeat(70_000)), 413),
        ("application/json", r#"{"email":"a","password":"b"}"#.to_owned(), 400),
        ("text/plain", "email=a&password=b".to_owned(), 400),
        ("application/x-www-form-urlencoded;x", "email=a&password=b".to_owned(), 400),
        ("application/x-www-form-urlencoded; charset=UTF-8", "email=a&password=b".to_owned(), 401),
    ] {
        let answer = send(content_type, body.clone()).await;
        assert_eq!((answer.status, answer.headers.get("set-cookie")), (want, None), "{content_type} {body:.40}");
    }
}

#[rstest]
#[tokio::test]
async fn sessions_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;

    // Signing in again makes the old id worthless.
    let first = browser.cookie.clone();
    browser.sign_in("admin@acme.test", PASSWORD).await;
    assert_ne!(browser.cookie, first);
    let mut old = Browser::new(&app);
    old.cookie = first;
    let turned_away = old.get(LIST).await;
    assert_eq!(turned_away.status, 303);
    assert_eq!(turned_away.header("location"), "/sign-in?return_to=%2Ft%2Facme%2Fsettings%2Fapi-keys%2Fproduction");

    // An id chosen by somebody else never becomes valid.
    let mut fixed = Browser::new(&app);
    fixed.cookie = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    fixed.sign_in("admin@acme.test", PASSWORD).await;
    assert_ne!(fixed.cookie.as_deref(), Some("AAAAAAAAAAAAAAAAAAAAAA"));

    // Idle for half an hour.
    app.pass(29 * 60);
    assert_eq!(browser.get(LIST).await.status, 200);
    app.pass(29 * 60);
    assert_eq!(browser.get(LIST).await.status, 200);
    assert_eq!(fixed.get(LIST).await.status, 303);

    // Twelve hours, however busy.
    for _ in 0..30 {
        app.pass(25 * 60);
        browser.get(LIST).await;
    }
    assert_eq!(browser.get(LIST).await.status, 303);

    // By hand.
    browser.sign_in("admin@acme.test", PASSWORD).await;
    let signed_in = browser.cookie.clone();
    let answer = browser.submit(LIST, "/sign-out", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/sign-in?signed-out"));
    assert!(browser.get("/sign-in?signed-out").await.body.contains("You are signed out."));
    let removal = answer.header("set-cookie");
    assert!(removal.starts_with("sid=;") && removal.contains("Max-Age=0"), "{removal}");
    assert!(removal.ends_with("; HttpOnly; SameSite=Lax"), "{removal}");
    assert_eq!(answer.header("clear-site-data"), r#""cache","cookies","storage""#);
    assert_eq!(browser.cookie, None);
    browser.cookie = signed_in;
    assert_eq!(browser.get(LIST).await.status, 303, "a cookie from before stays dead");

    // With the organization.
    browser.sign_in("admin@acme.test", PASSWORD).await;
    let disabled = OrganizationChange { state: Some(OrganizationState::Disabled), ..Default::default() };
    let signed_in = browser.cookie.clone();
    app.service.set_organization(operator(), &acme.slug, disabled).await.expect("set");
    assert_eq!(browser.get(LIST).await.status, 303);
    let active = OrganizationChange { state: Some(OrganizationState::Active), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, active).await.expect("set");
    browser.cookie = signed_in;
    assert_eq!(browser.get(LIST).await.status, 303, "it does not come back with it");
}

#[rstest]
#[tokio::test]
async fn odd_cookies_are_nobody(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut one = app.admin_of(&acme).await;
    assert_eq!(one.get(LIST).await.status, 200);
    let live = one.cookie.clone().expect("a cookie");
    let (before, after) = (format!("{live}; sid=x"), format!("x; sid={live}"));
    for cookie in [&*before, &after, "x", "AAAAAAAAAAAAAAAAAAAAAA", "!!!", &"A".repeat(8_000), "a; sid=b; sid=c"] {
        let mut browser = Browser::new(&app);
        browser.cookie = Some(cookie.to_owned());
        assert_eq!(browser.get(LIST).await.status, 303, "{cookie:.40}");
    }
}

#[rstest]
#[tokio::test]
async fn the_first_administrator_sets_up_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let token = app.service.set_up_link(operator()).await.expect("works").expect("nobody is here");
    let path = format!("/setup/{}", *token);
    let mut browser = Browser::new(&app);
    assert_eq!(browser.get("/setup/nonsense").await.status, 404);
    assert_eq!(browser.get(&path).await.status, 200);
    let fields = |password: &'static str| {
        [
            ("organization", "Acme Corp"),
            ("slug", "acme"),
            ("name", "Ana Reyes"),
            ("email", "ana@acme.test"),
            ("password", password),
        ]
    };
    let refused = browser.post(&path, &fields("passwordpassword")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Error: ") && refused.body.contains("easy to guess"));
    assert!(refused.body.contains("Acme Corp") && !refused.body.contains("passwordpassword"));
    assert_eq!(browser.post(&path, &fields(PASSWORD)).await.header("location"), "/sign-in");
    assert_eq!(browser.post(&path, &fields(PASSWORD)).await.status, 404, "a link works once");
    assert!(app.service.set_up_link(operator()).await.expect("works").is_none());
    assert_eq!(browser.sign_in("ana@acme.test", PASSWORD).await.status, 303);
    assert_eq!(browser.get(LIST).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn over_https_the_cookie_is_for_this_host_alone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start_at(engine, "https://console.test").await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let request = axum::http::Request::post("/sign-in")
        .header("host", "console.test")
        .header("origin", "https://console.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(format!("email=ana@acme.test&password={}", PASSWORD.replace(' ', "+"))));
    let answer = app.send(request.expect("a request")).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-sid=") && !cookie.contains("Domain"), "{cookie}");
    let signed_in = cookie.split(';').next().unwrap_or_default().to_owned();
    let send = |request: axum::http::request::Builder, body: String| {
        let request = request.header("host", "console.test").header("cookie", &signed_in);
        let request = request.header("origin", "https://console.test");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        app.send(request.body(axum::body::Body::from(body)).expect("a request"))
    };
    let list = send(axum::http::Request::get(LIST), String::new()).await;
    let form = format!("form={}", hidden_value(&list.body));
    let removed = send(axum::http::Request::post("/sign-out"), form).await;
    for attribute in ["; HttpOnly", "; Secure", "; Path=/", "; SameSite=Lax"] {
        for cookie in [cookie, removed.header("set-cookie")] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
    }
}

/// The hash of everybody's password with a fifth of today's memory.
const WEAK: &str = "$argon2id$v=19$m=4096,t=2,p=1$nff4Rxo15U7+4RcfZ6ZnVg$6bu9BMdDmELmOmucvoKDq4UG1VTuqEqbFybEY8G20r8";

#[rstest]
#[tokio::test]
async fn a_weak_hash_is_replaced_at_sign_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    app.database.execute(&format!("UPDATE users SET password_hash = '{WEAK}'")).await.unwrap();
    let strong = "UPDATE users SET state = state WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(app.database.execute(strong).await.unwrap(), 0);
    for _ in 0..2 {
        assert_eq!(Browser::new(&app).sign_in("ana@acme.test", PASSWORD).await.status, 303);
        assert_eq!(app.database.execute(strong).await.unwrap(), 1);
    }
}

#[rstest]
#[tokio::test]
async fn visits_leave_nothing_and_cookies_are_not_stored(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let rows = async |condition: &str| {
        app.database.execute(&format!("UPDATE sessions SET data = data WHERE {condition}")).await.unwrap()
    };
    for cookie in [None, Some("AAAAAAAAAAAAAAAAAAAAAA")] {
        let mut nobody = Browser::new(&app);
        nobody.cookie = cookie.map(str::to_owned);
        for path in ["/sign-in", "/", LIST, "/nothing-here"] {
            nobody.get(path).await;
        }
        nobody.sign_in("ana@acme.test", "wrong").await;
    }
    assert_eq!(rows("1 = 1").await, 0);
    let browser = app.admin_of(&acme).await;
    assert_eq!(rows("1 = 1").await, 1);
    let cookie = browser.cookie.unwrap();
    let columns = ["data", "address", "user_agent", "user_id"].map(|column| format!("{column} LIKE '%{cookie}%'"));
    assert_eq!(rows(&columns.join(" OR ")).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_deactivated_account_is_out_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mut browser = app.person(&acme, "mia@acme.test", Role::Admin).await;
    assert_eq!(browser.get(LIST).await.status, 200);
    let email = domain::email::Email::parse("mia@acme.test").unwrap();
    let state = domain::user::UserState::Deactivated;
    app.service.set_account_state(operator(), &email, state).await.unwrap().unwrap();
    assert_eq!(browser.get(LIST).await.status, 303);
    assert_eq!(browser.sign_in("mia@acme.test", PASSWORD).await.status, 401);
}

#[rstest]
#[tokio::test]
async fn a_sign_in_that_a_new_password_overtakes_opens_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    let origin = service::authority::Origin::default();
    let old = || Zeroizing::new(PASSWORD.to_owned());
    let person = app.service.sign_in("mia@acme.test", old(), &origin).await.unwrap().unwrap();
    let email = domain::email::Email::parse("mia@acme.test").unwrap();
    let link = app.service.reset_link(operator(), &email).await.unwrap().unwrap();
    let new = Zeroizing::new("seven lanterns over quiet harbour".to_owned());
    app.service.reset_password(&link, new, origin.clone()).await.unwrap().unwrap();
    let opening =
        service::sessions::Opening { person, data: "{}".to_owned(), address: String::new(), user_agent: String::new() };
    assert!(app.service.open_session("AAAAAAAAAAAAAAAAAAAAAA", opening).await.unwrap());
    assert!(app.service.resume_session("AAAAAAAAAAAAAAAAAAAAAA", origin).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn another_role_comes_with_another_cookie(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let profile = "/t/acme/me/profile";
    let form = hidden_value(&mia.get(profile).await.body);
    let email = domain::email::Email::parse("mia@acme.test").unwrap();
    let person = app.service.member_by_email(operator(), &acme, &email).await.unwrap().unwrap();
    let page = format!("/t/acme/settings/users/{}", person.user);
    let before = mia.cookie.clone();
    assert_eq!(admin.submit(&page, &page, &[("role", "admin")]).await.status, 303);
    let mut second = Browser::new(&app);
    second.cookie = before.clone();

    assert_eq!(mia.get(profile).await.status, 200);
    assert_ne!(mia.cookie, before);
    assert_eq!(second.get(profile).await.status, 303, "the old one is dead");
    assert_eq!(second.cookie, before, "who finds it gone leaves the cookie alone");
    let renewed = mia.cookie.clone();
    assert_eq!(mia.get(profile).await.status, 200);
    assert_eq!(mia.cookie, renewed, "once");
    assert_eq!(admin.submit(&page, &page, &[("role", "member")]).await.status, 303);
    assert_eq!(mia.get("/t/acme/settings/users").await.status, 403);
    assert_ne!(mia.cookie, renewed);
    assert_eq!(mia.get(profile).await.status, 200, "a page that refuses something sets the cookie, too");
    let fields = [("form", form.as_str()), ("current_password", PASSWORD), ("new_password", "x")];
    assert_eq!(mia.post("/t/acme/me/profile/password", &fields).await.status, 422, "its forms stay valid");
}
