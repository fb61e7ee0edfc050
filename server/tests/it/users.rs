//! The people of an organization in the console.

use domain::{
    key::{Kind, Owner},
    organization::{Organization, Policy},
    user::Role,
};
use rstest::rstest;
use service::keys::{IssuedKey, KeyWanted};
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, Browser, ORIGIN, PASSWORD, basic, form, hidden_value, operator, wanted};

const USERS: &str = "/t/acme/settings/users";
const NEW_PASSWORD: &str = "granite lantern hums at noon";

/// Mia, a member of `acme`, with the address of her page.
async fn mia(app: &App, acme: &Organization) -> String {
    let id = app.user(acme, "mia@acme.test", Role::Member).await;
    format!("{USERS}/{id}")
}

async fn owned(app: &App, acme: &Organization, name: &str, kind: Kind, scopes: &str) -> IssuedKey {
    let owner = Owner::User(app.user(acme, "mia@acme.test", Role::Member).await);
    app.insert(acme, KeyWanted { owner, kind, ..wanted(name, scopes) }).await
}

/// The path of the one-time link on a page.
fn link(page: &Answer, path: &str) -> String {
    assert_eq!(page.status, 201, "{}", page.body);
    let (_, rest) = page.body.split_once(&format!("{ORIGIN}{path}")).unwrap_or_else(|| panic!("{}", page.body));
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    assert_eq!(token.len(), 43);
    format!("{path}{token}")
}

async fn invite(admin: &mut Browser<'_>, emails: &str, role: &str) -> Answer {
    let page = format!("{USERS}/invite");
    admin.submit(&page, &page, &[("emails", emails), ("role", role)]).await
}

#[rstest]
#[tokio::test]
async fn people_are_listed_with_what_they_left(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let alone = admin.get(USERS).await;
    assert!(alone.status == 200 && alone.body.contains("Only you so far"), "{}", alone.body);

    let page = mia(&app, &acme).await;
    owned(&app, &acme, "Billing sync", Kind::Client, "").await;
    let list = admin.get(USERS).await.body;
    assert!(list.contains("mia@acme.test") && list.contains(&format!("{page}#keys")), "{list}");
    assert!(list.contains("just now") && list.contains("Never"), "last active: {list}");
    assert!(list.contains("Make someone else an administrator first."), "the only administrator is protected");
    for (query, found) in [
        ("?q=MIA", true),
        ("?q=acme.test&role=member", true),
        ("?q=admin", false),
        ("?status=deactivated", false),
        ("?role=admin", false),
        ("?q=nobody", false),
    ] {
        let list = admin.get(&format!("{USERS}{query}")).await;
        assert_eq!(list.body.contains("mia@acme.test"), found, "{query}: {}", list.body);
    }
    assert!(admin.get(&format!("{USERS}?q=nobody")).await.body.contains("Nobody matches"));

    let details = admin.get(&page).await.body;
    assert!(details.contains("Billing sync") && details.contains("Make password link"), "{details}");
    let off = OrganizationChange { api_keys: Some(false), ..OrganizationChange::default() };
    app.service.set_organization(operator(), &acme.slug, off).await.unwrap().unwrap();
    assert_eq!(admin.get(USERS).await.status, 200, "whether API keys are on or not");
    assert_eq!(admin.get(&page).await.status, 200);
}

#[tokio::test]
async fn more_people_than_a_page_holds() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let add = "INSERT INTO users (id, email, email_key, name, created_at) \
         WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 229) \
         SELECT 'usr_01ARZ3NDEKTSV4RRFFQ69G5' || i, i || '@x.test', i || '@x.test', 'Person ' || i, 0 FROM n";
    app.database.execute(add).await.unwrap();
    let join = "INSERT INTO memberships (org_id, user_id, role, created_at) \
         SELECT o.id, u.id, 'member', 0 FROM organizations o, users u WHERE u.name LIKE 'Person %'";
    app.database.execute(join).await.unwrap();
    let rows = |page: &Answer| page.body.matches(r#"data-testid="user-row""#).count();
    let first = admin.get(USERS).await;
    assert_eq!(rows(&first), 100);
    assert!(first.body.contains("1–100 of 131") && first.body.contains("?page=2"), "{}", first.body);
    let second = admin.get(&format!("{USERS}?page=2")).await;
    assert_eq!(rows(&second), 31);
    assert!(second.body.contains("101–131 of 131") && !second.body.contains("Next"), "{}", second.body);
    assert_eq!(rows(&admin.get(&format!("{USERS}?page=99")).await), 31, "beyond the last is the last");
    assert_eq!(rows(&admin.get(&format!("{USERS}?q=person+22")).await), 10);
}

#[rstest]
#[tokio::test]
async fn people_are_invited_each_with_a_link(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    for (emails, words) in [
        ("", "Enter at least one e-mail address."),
        ("nonsense", "“nonsense” is not an e-mail address."),
        ("admin@acme.test", "belongs to the organization already"),
        (&(0..51).map(|n| format!("p{n}@x.test\n")).collect::<String>(), "Invite 50 people or fewer at once"),
    ] {
        let refused = invite(&mut admin, emails, "member").await;
        assert_eq!(refused.status, 422, "{emails}");
        assert!(refused.body.contains(words) && refused.body.contains("Error: "), "{}", refused.body);
    }
    let made = invite(&mut admin, "ben@new.test, admin@acme.test\r\n<b>@x, EVE@new.test", "admin").await;
    let (first, links) = (link(&made, "/invite/"), made.body.matches("/invite/").count());
    assert_eq!(links, 2, "{}", made.body);
    assert!(made.body.contains("2 people invited") && made.body.contains("2 addresses were not invited"));
    assert!(made.body.contains("&lt;b>@x") || made.body.contains("&lt;b&gt;@x"), "{}", made.body);
    assert_eq!(made.header("referrer-policy"), "no-referrer");
    assert_eq!(made.header("cache-control"), "no-store");

    let list = admin.get(USERS).await.body;
    assert!(list.contains("ben@new.test") && list.contains("Withdraw"), "{list}");
    assert!(!list.contains(&first), "a link is shown once");
    let (_, rest) = list.split_once(&format!("{USERS}/invitations/")).unwrap();
    let withdraw = format!("{USERS}/invitations/{}", rest.split('"').next().unwrap());
    assert_eq!(admin.submit(USERS, &withdraw, &[]).await.header("location"), USERS);
    assert!(admin.get(USERS).await.body.contains("The invitation was withdrawn."));
    assert_eq!(admin.submit(USERS, &withdraw, &[]).await.status, 303, "twice is once");
    let left = admin.get(USERS).await.body;
    assert_eq!(left.matches(r#"data-testid="invitation-row""#).count(), 1, "{left}");
}

#[rstest]
#[tokio::test]
async fn somebody_new_joins_and_is_signed_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let path = link(&invite(&mut admin, "ben@new.test", "member").await, "/invite/");
    let mut ben = Browser::new(&app);
    let page = ben.get(&path).await;
    assert_eq!((page.status, page.header("referrer-policy")), (200, "no-referrer"));
    assert!(page.body.contains("Join Acme Corp") && page.body.contains("ben@new.test"), "{}", page.body);
    let refused = ben.post(&path, &[("name", "<i>Ben"), ("password", "short")]).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("Use 12 characters or more.") && refused.body.contains("&lt;i&gt;Ben"),
        "{}",
        refused.body
    );
    let joined = ben.post(&path, &[("name", "Ben"), ("password", NEW_PASSWORD), ("email", "eve@evil.test")]).await;
    assert_eq!((joined.status, joined.header("location")), (303, "/t/acme"));
    assert_eq!(ben.get("/t/acme").await.status, 303, "the session is open");
    let log = admin.get("/t/acme/settings/activity").await.body;
    assert!(log.contains("Ben") && log.contains("ben") && log.contains("signed in"), "{log}");
    assert_eq!(Browser::new(&app).get(&path).await.status, 404, "a link works once");
    assert_eq!(Browser::new(&app).sign_in("ben@new.test", NEW_PASSWORD).await.status, 303);
    assert_eq!(Browser::new(&app).sign_in("eve@evil.test", NEW_PASSWORD).await.status, 401);
}

#[rstest]
#[tokio::test]
async fn somebody_known_signs_in_and_accepts(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let mut eve = app.person(&globex, "eve@globex.test", Role::Member).await;
    app.user(&globex, "ben@globex.test", Role::Member).await;
    let path = link(&invite(&mut admin, "BEN@globex.test", "admin").await, "/invite/");

    let other = eve.get(&path).await;
    assert!(other.status == 200 && other.body.contains("for somebody else"), "{}", other.body);
    let value = hidden_value(&other.body);
    assert_eq!(eve.post(&path, &[]).await.status, 409, "a form of another session");
    assert_eq!(eve.post(&path, &[("form", &value)]).await.status, 409);
    assert_eq!(eve.get("/t/acme").await.status, 404);

    let mut ben = Browser::new(&app);
    let page = ben.get(&path).await;
    assert!(page.body.contains("There is an account with this address."), "{}", page.body);
    assert!(!page.body.contains("sign-in?"), "the link stands in no query");
    let taken = ben.post(&path, &[("name", "Ben"), ("password", NEW_PASSWORD)]).await;
    assert_eq!(taken.status, 409, "nobody makes an account again");
    let wrong = ben.post(&path, &[("password", "x")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("password of this account"), "{}", wrong.body);
    assert!(wrong.body.contains("<title>Error: ") && ben.cookie.is_none());
    let joined = ben.post(&path, &[("password", PASSWORD)]).await;
    assert_eq!((joined.status, joined.header("location")), (303, "/t/acme"));
    assert_eq!(ben.get(USERS).await.status, 200, "as an administrator");
    assert_eq!(ben.get(&path).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn whoever_is_deactivated_is_out_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let page = mia(&app, &acme).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("mia@acme.test", PASSWORD).await;
    let client = owned(&app, &acme, "Billing sync", Kind::Client, "").await;
    let direct = owned(&app, &acme, "Nightly export", Kind::Token, "keys:read").await;
    let kept = app.key(&acme, "Of the organization", "").await;
    let token = async |key: &IssuedKey| {
        let authorization = basic(key.key.client_id.as_str(), key.secret.expose());
        let request = form("grant_type=client_credentials", |request| request.header("authorization", authorization));
        app.send(request).await.status
    };
    let api = async || {
        let bearer = format!("Bearer {}", direct.secret.expose());
        let request = axum::http::Request::get("/api/v1/keys").header("host", "localhost:3000");
        app.send(request.header("authorization", bearer).body(axum::body::Body::empty()).unwrap()).await.status
    };
    assert_eq!((token(&client).await, api().await, browser.get("/").await.header("location")), (200, 200, "/t/acme"));

    let question = format!("{page}/deactivate");
    let asked = admin.get(&question).await.body;
    assert!(asked.contains("is signed out, and their 2 keys are suspended: "), "{asked}");
    assert!(asked.contains("Billing sync") && asked.contains("Nightly export"), "{asked}");
    let done = admin.submit(&question, &question, &[]).await;
    assert_eq!((done.status, done.header("location")), (303, page.as_str()));
    assert_eq!((token(&client).await, api().await, token(&kept).await), (401, 401, 200));
    assert_eq!(browser.get("/t/acme").await.status, 303);
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    assert_eq!(Browser::new(&app).sign_in("mia@acme.test", PASSWORD).await.status, 401);
    let shown = admin.get(&page).await.body;
    assert!(shown.contains("mia was deactivated.") && shown.contains("Deactivated"), "{shown}");
    assert!(shown.contains("owner deactivated") && !shown.contains("Make password link"), "{shown}");
    assert_eq!(admin.get(&question).await.status, 409, "it is done already");

    let question = format!("{page}/reactivate");
    assert!(admin.get(&question).await.body.contains("2 keys work again"));
    assert_eq!(admin.submit(&question, &question, &[]).await.status, 303);
    assert_eq!((token(&client).await, api().await), (200, 200));
    assert_eq!(Browser::new(&app).sign_in("mia@acme.test", PASSWORD).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn roles_count_from_the_next_request_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let page = mia(&app, &acme).await;
    let mut browser = Browser::new(&app);
    browser.sign_in("mia@acme.test", PASSWORD).await;
    assert_eq!(browser.get(USERS).await.status, 403);
    assert_eq!(admin.submit(&page, &page, &[("role", "king")]).await.status, 422);
    assert_eq!(admin.submit(&page, &page, &[("role", "admin")]).await.header("location"), page);
    assert!(admin.get(&page).await.body.contains("mia is an administrator now."));
    assert_eq!(browser.get(USERS).await.status, 200);

    // Of two administrators one steps down, and the other stays.
    let own = app.user(&acme, "admin@acme.test", Role::Admin).await;
    let own = format!("{USERS}/{own}");
    let down = admin.submit(&own, &own, &[("role", "member")]).await;
    assert_eq!((down.status, down.header("location")), (303, "/t/acme"));
    let after = admin.get("/t/acme/settings/api-keys/production").await;
    assert!(after.status == 403 && after.body.contains("You are a member of Acme Corp now."), "{}", after.body);
    assert_eq!(admin.get(USERS).await.status, 403);
    let last = browser.submit(&page, &page, &[("role", "member")]).await;
    assert_eq!(last.status, 409);
    assert!(last.body.contains("Make someone else an administrator first."), "{}", last.body);
    let question = browser.get(&format!("{page}/deactivate")).await;
    assert!(question.status == 409 && question.body.contains("only administrator"), "{}", question.body);
    let value = hidden_value(&browser.get(&page).await.body);
    assert_eq!(browser.post(&format!("{page}/deactivate"), &[("form", &value)]).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn whoever_deactivates_themselves_is_told(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    app.user(&acme, "other@acme.test", Role::Admin).await;
    for elsewhere in [false, true] {
        let address = format!("admin-{elsewhere}@acme.test");
        let id = app.user(&acme, &address, Role::Admin).await;
        if elsewhere {
            app.user(&globex, &address, Role::Member).await;
        }
        let mut browser = Browser::new(&app);
        browser.sign_in(&address, PASSWORD).await;
        let question = format!("{USERS}/{id}/deactivate");
        let asked = browser.get(&question).await.body;
        assert!(asked.contains("You are signed out. No key stops."), "{asked}");
        let done = browser.submit(&question, &question, &[]).await;
        let want = if elsewhere { "/" } else { "/sign-in?signed-out" };
        assert_eq!((done.status, done.header("location")), (303, want));
        let home = browser.get("/").await;
        assert_eq!(home.header("location"), if elsewhere { "/t/globex" } else { "/sign-in" });
    }
}

#[rstest]
#[tokio::test]
async fn a_password_link_is_made_for_people_of_this_organization_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let page = mia(&app, &acme).await;
    let made = admin.submit(&page, &format!("{page}/reset-link"), &[]).await;
    let path = link(&made, "/reset/");
    assert_eq!(made.header("referrer-policy"), "no-referrer");
    let mut browser = Browser::new(&app);
    assert_eq!(browser.get(&path).await.header("referrer-policy"), "no-referrer");
    assert_eq!(browser.post(&path, &[("password", NEW_PASSWORD)]).await.status, 303);
    assert_eq!(browser.sign_in("mia@acme.test", NEW_PASSWORD).await.status, 303);
    assert!(!admin.get(&page).await.body.contains(&path), "it is shown once");

    app.user(&globex, "mia@acme.test", Role::Member).await;
    let refused = admin.submit(&page, &format!("{page}/reset-link"), &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("belonged to another organization too"), "{}", refused.body);
}

#[tokio::test]
async fn people_of_other_organizations_are_not_there() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let other = app.user(&globex, "eve@globex.test", Role::Member).await;
    let value = hidden_value(&admin.get(&format!("{USERS}/invite")).await.body);
    for (method, below) in [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/deactivate"),
        ("POST", "/deactivate"),
        ("GET", "/reactivate"),
        ("POST", "/reactivate"),
        ("POST", "/reset-link"),
    ] {
        for id in [other.as_str(), "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV", "nobody"] {
            let path = format!("{USERS}/{id}{below}");
            let answer = match method {
                "GET" => admin.get(&path).await,
                _ => admin.post(&path, &[("form", &value), ("role", "admin")]).await,
            };
            assert_eq!(answer.status, 404, "{method} {path}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn somebody_who_belongs_nowhere_joins_with_their_password(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let page = mia(&app, &acme).await;
    admin.submit(&format!("{page}/deactivate"), &format!("{page}/deactivate"), &[]).await;
    let mut mia = Browser::new(&app);
    assert_eq!(mia.sign_in("mia@acme.test", PASSWORD).await.status, 401);
    let mut boss = app.admin_of(&globex).await;
    let invite_page = "/t/globex/settings/users/invite";
    let invited = boss.submit(invite_page, invite_page, &[("emails", "mia@acme.test"), ("role", "member")]).await;
    let path = link(&invited, "/invite/");
    for _ in 0..4 {
        assert_eq!(mia.post(&path, &[("password", "not hers")]).await.status, 422);
    }
    // One more was wrong before.
    let throttled = mia.post(&path, &[("password", PASSWORD)]).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, "60"));
    app.pass(60);
    let joined = mia.post(&path, &[("password", PASSWORD)]).await;
    assert_eq!((joined.status, joined.header("location")), (303, "/t/globex"), "{}", joined.body);
    assert_eq!(mia.get("/t/globex").await.status, 303);
    assert_eq!(mia.get("/t/acme").await.status, 404, "the other organization stays closed");

    let email = domain::email::Email::parse("mia@acme.test").unwrap();
    let off = domain::user::UserState::Deactivated;
    let third = app.organization("third", "Third", Policy::default()).await;
    let mut boss = app.admin_of(&third).await;
    let invite_page = "/t/third/settings/users/invite";
    let invited = boss.submit(invite_page, invite_page, &[("emails", "mia@acme.test"), ("role", "member")]).await;
    app.service.set_account_state(operator(), &email, off).await.unwrap().unwrap();
    let refused = Browser::new(&app).post(&link(&invited, "/invite/"), &[("password", PASSWORD)]).await;
    assert_eq!(refused.status, 422, "an account that is off stays off");
}

#[rstest]
#[tokio::test]
async fn an_invitation_that_is_sent_again_makes_no_other_link(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let page = format!("{USERS}/invite");
    let form = hidden_value(&admin.get(&page).await.body);
    let fields = [("emails", "ben@acme.test"), ("role", "member"), ("form", form.as_str())];
    let first = admin.post(&page, &fields).await;
    let path = link(&first, "/invite/");
    assert_eq!(first.status, 201);
    let again = admin.post(&page, &fields).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert!(again.body.contains("This form was sent before") && again.body.contains("ben@acme.test"));
    assert!(!again.body.contains("/invite/"), "no other link");
    assert_eq!(Browser::new(&app).get(&path).await.status, 200, "the first one still works");
    let more = [("emails", "ben@acme.test, eve@acme.test"), ("role", "member"), ("form", form.as_str())];
    let more = admin.post(&page, &more).await;
    assert_eq!((more.status, more.body.contains("1 person invited")), (201, true), "what was left of it");
}

#[rstest]
#[tokio::test]
async fn why_there_is_no_password_link_is_said(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut admin = app.admin_of(&acme).await;
    let page = mia(&app, &acme).await;
    assert!(admin.get(&page).await.body.contains("Make password link"));
    app.user(&globex, "mia@acme.test", Role::Member).await;
    let told = admin.get(&page).await.body;
    assert!(!told.contains("Make password link"), "{told}");
    assert!(told.contains("another organization too") && told.contains("Ask whoever runs this console."), "{told}");
}
