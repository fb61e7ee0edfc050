//! A person's own page: their password, and where they are signed in.

use domain::{organization::Policy, user::Role};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{App, Browser, PASSWORD, hidden_value};

const PROFILE: &str = "/t/acme/me/profile";
const CHANGE: &str = "/t/acme/me/profile/password";
const EVERYWHERE: &str = "/t/acme/me/profile/sign-out-everywhere";
const NEW_PASSWORD: &str = "seven lanterns over quiet harbour";

/// Where the buttons that end other sessions post.
fn ends(page: &str) -> Vec<String> {
    let actions = page.split(r#"action=""#).skip(1).filter_map(|rest| rest.split('"').next());
    actions.filter(|action| action.ends_with("/end")).map(str::to_owned).collect()
}

async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.get(PROFILE).await.status == 200
}

#[rstest]
#[tokio::test]
async fn a_member_sees_their_sessions_and_ends_one(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut phone = Browser::new(&app);
    phone.sign_in("mia@acme.test", PASSWORD).await;
    let mut other = app.person(&acme, "ben@acme.test", Role::Member).await;

    let page = mia.get(PROFILE).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(page.body.matches(r#"data-testid="session-row""#).count(), 2);
    assert_eq!(page.body.matches(r#"class="here""#).count(), 1);
    let end = ends(&page.body);
    assert_eq!(end.len(), 1, "the present one ends with Sign out");
    let id = end[0].rsplit('/').nth(1).unwrap().to_owned();
    for cookie in [id.clone(), id.chars().take(22).collect()] {
        let mut thief = Browser::new(&app);
        thief.cookie = Some(cookie);
        assert!(!is_signed_in(&mut thief).await, "what is listed works as no cookie");
    }
    for cookie in [&mia.cookie, &phone.cookie] {
        assert!(!page.body.contains(cookie.as_deref().unwrap()));
    }

    assert_eq!(other.submit(PROFILE, &end[0], &[]).await.status, 404, "not theirs");
    assert!(is_signed_in(&mut phone).await);
    let ended = mia.submit(PROFILE, &end[0], &[]).await;
    assert_eq!((ended.status, ended.header("location")), (303, PROFILE));
    assert!(!is_signed_in(&mut phone).await && is_signed_in(&mut mia).await);
    assert_eq!(mia.submit(PROFILE, &end[0], &[]).await.status, 404, "it has ended");
    assert_eq!(mia.post(&end[0], &[]).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn signing_out_everywhere_leaves_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut browser = Browser::new(&app);
        browser.sign_in("mia@acme.test", PASSWORD).await;
        others.push(browser);
    }
    let mut ben = app.person(&acme, "ben@acme.test", Role::Member).await;
    let cookie = mia.cookie.clone();
    let out = mia.submit(PROFILE, EVERYWHERE, &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/sign-in?signed-out"));
    assert_eq!(out.header("clear-site-data"), r#""cache","cookies","storage""#);
    mia.cookie = cookie;
    others.push(mia);
    for browser in &mut others {
        assert!(!is_signed_in(browser).await);
    }
    assert!(is_signed_in(&mut ben).await);
}

#[rstest]
#[tokio::test]
async fn a_new_password_ends_every_other_session(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.organization("acme", "Northwind Traders", Policy::default()).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut phone = Browser::new(&app);
    phone.sign_in("mia@acme.test", PASSWORD).await;
    let fields = |present, new| [("current_password", present), ("new_password", new)];
    for (present, new, words) in [
        ("not the right password", NEW_PASSWORD, "isn&#x27;t your password"),
        (PASSWORD, "short", "Use 12 characters or more."),
        (PASSWORD, "Northwind traders", "easy to guess"),
        (PASSWORD, "mia@acme.test", "easy to guess"),
    ] {
        let refused = mia.submit(PROFILE, CHANGE, &fields(present, new)).await;
        assert_eq!(refused.status, 422, "{new}");
        let body = refused.body.replace("&#39;", "&#x27;").replace('\'', "&#x27;");
        assert!(body.contains("<title>Error: Profile") && body.contains(words), "{new}: {body}");
        assert!(!refused.body.contains(NEW_PASSWORD));
    }
    assert!(is_signed_in(&mut phone).await);
    let before = mia.cookie.clone();
    let form = hidden_value(&mia.get(PROFILE).await.body);
    let changed = mia.submit(PROFILE, CHANGE, &fields(PASSWORD, NEW_PASSWORD)).await;
    assert_eq!((changed.status, changed.header("location")), (303, PROFILE), "{}", changed.body);
    assert_ne!(mia.cookie, before);
    assert!(mia.get(PROFILE).await.body.contains("Your password is changed."));
    let mut old = Browser::new(&app);
    old.cookie = before;
    assert!(!is_signed_in(&mut old).await && !is_signed_in(&mut phone).await);
    assert_eq!(phone.sign_in("mia@acme.test", PASSWORD).await.status, 401);
    assert_eq!(phone.sign_in("mia@acme.test", NEW_PASSWORD).await.status, 303);
    let again = mia.post(CHANGE, &[("form", &form), ("current_password", NEW_PASSWORD), ("new_password", "x")]).await;
    assert_eq!(again.status, 422, "a page that was open before is still of this session");
}

#[rstest]
#[tokio::test]
async fn guessing_the_password_there_is_slowed_down(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let fields = |present| [("current_password", present), ("new_password", NEW_PASSWORD)];
    for _ in 0..5 {
        assert_eq!(mia.submit(PROFILE, CHANGE, &fields("wrong")).await.status, 422);
    }
    let throttled = mia.submit(PROFILE, CHANGE, &fields(PASSWORD)).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    assert!(throttled.body.contains("Too many attempts."));
    app.pass(60);
    assert_eq!(mia.submit(PROFILE, CHANGE, &fields(PASSWORD)).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn a_session_is_prolonged_while_it_lives(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let page = mia.get(PROFILE).await;
    assert!(page.body.contains(r#"data-idle="1800""#) && page.body.contains(r#"data-limit="43200""#));
    app.pass(40);
    assert!(mia.get(PROFILE).await.body.contains(r#"data-idle="1760""#), "uses within a minute are not noted");
    let stayed = mia.post("/session/stay", &[]).await;
    assert_eq!((stayed.status, stayed.json()["left"].as_i64()), (200, Some(1_800)));
    for _ in 0..24 {
        app.pass(29 * 60);
        mia.post("/session/stay", &[]).await;
    }
    app.pass(15 * 60);
    let last = mia.post("/session/stay", &[]).await;
    assert_eq!(last.json()["left"].as_i64(), Some(12 * 3_600 - 40 - 24 * 29 * 60 - 15 * 60), "never past its limit");
    app.pass(30 * 60);
    assert_eq!(mia.post("/session/stay", &[]).await.status, 303);
}
