//! The way into an organization: to the section somebody looked at last, as far as it is theirs.

use axum::{body::Body, http::Request};
use domain::{organization::Policy, user::Role};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{Answer, App, Browser};

async fn get(app: &App, browser: &Browser<'_>, path: &str, last: &str) -> Answer {
    let cookie = format!("sid={}; section={last}", browser.cookie.as_deref().unwrap_or_default());
    let request = Request::get(path).header("host", "localhost:3000").header("cookie", cookie);
    app.send(request.body(Body::empty()).unwrap()).await
}

#[rstest]
#[tokio::test]
async fn the_last_section_is_come_back_to_where_it_is_open(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.organization("globex", "Globex", Policy::default()).await;
    let admin = app.admin_of(&acme).await;
    let member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let (keys, own) = ("/t/acme/settings/api-keys/production", "/t/acme/me/api-keys/production");
    for (browser, path, last, expected) in [
        (&admin, "/t/acme", "", keys),
        (&admin, "/t/acme", "/t/acme/settings/users", "/t/acme/settings/users"),
        (&admin, "/t/acme", "/t/acme/settings/api-keys/staging", "/t/acme/settings/api-keys/staging"),
        (&admin, "/t/acme", "/t/acme/settings/api-keys/retired", keys),
        (&admin, "/t/acme", "/t/globex/settings/users", keys),
        (&admin, "/t/acme", "//evil.test/", keys),
        (&admin, "/t/acme?section=activity", "/t/acme/settings/users", "/t/acme/settings/activity"),
        (&admin, "/t/acme?section=production", "/t/acme/settings/users", "/t/acme/settings/users"),
        (&admin, "/t/acme?section=a&section=b", "/t/acme/settings/users", "/t/acme/settings/users"),
        (&admin, "/t/acme?section=api-keys", "/t/acme/settings/users", keys),
        (&admin, "/t/acme?section=profile", "/t/acme/settings/users", "/t/acme/me/profile"),
        (&member, "/t/acme", "", own),
        (&member, "/t/acme", "/t/acme/me/credentials", "/t/acme/me/credentials"),
        (&member, "/t/acme", "/t/acme/settings/users", own),
        (&member, "/t/acme?section=users", "", own),
        (&member, "/t/acme?section=api-keys", "/t/acme/me/credentials", own),
    ] {
        let answer = get(&app, browser, path, last).await;
        assert_eq!((answer.status, answer.header("location")), (303, expected), "{path} after {last}");
    }
    assert_eq!(get(&app, &admin, "/t/globex", "/t/globex/settings/users").await.status, 404);
}

#[tokio::test]
async fn a_section_is_remembered_when_it_is_shown() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let admin = app.admin_of(&acme).await;
    let member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let users = "/t/acme/settings/users";
    let shown = get(&app, &admin, users, "").await;
    let cookie = shown.header("set-cookie");
    let attributes = "; Path=/t/acme; Max-Age=31536000; HttpOnly; SameSite=Lax";
    assert_eq!((shown.status, cookie), (200, format!("section={users}{attributes}").as_str()));
    for (browser, path, last) in [
        (&admin, users, users),
        (&admin, "/t/acme/settings/users/invite", ""),
        (&admin, "/t/acme/settings/api-keys/nowhere", ""),
        (&admin, "/t/acme/settings/api-keys/production/new", ""),
        (&admin, "/t/acme/me/profile", ""),
        (&member, users, ""),
    ] {
        let answer = get(&app, browser, path, last).await;
        assert_eq!(answer.header("set-cookie"), "", "{path} after {last}");
    }
}

#[tokio::test]
async fn pages_of_no_environment_keep_the_one_looked_at_last() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let staging = "/t/acme/settings/api-keys/staging";
    let shown = admin.get(staging).await;
    let cookies: Vec<_> =
        shown.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()).collect();
    let attributes = "Path=/t/acme; Max-Age=31536000; HttpOnly; SameSite=Lax";
    assert_eq!(cookies, [format!("section={staging}; {attributes}"), format!("environment=staging; {attributes}")]);
    for path in ["/t/acme/settings/users", "/t/acme/settings/activity", "/t/acme/me/profile", "/t/acme/me/credentials"]
    {
        for (last, expected) in [("staging", "Staging"), ("retired", "Production"), ("", "Production")] {
            let page = get(&app, &admin, path, &format!("; environment={last}")).await;
            assert!(page.body.contains(&format!("Create API Key in {expected}")), "{path} after {last}");
        }
    }
    for way_in in ["/t/acme/settings/api-keys", "/t/acme?section=api-keys"] {
        let keys = get(&app, &admin, way_in, "; environment=staging").await;
        assert_eq!(keys.header("location"), staging, "{way_in}");
    }
}
