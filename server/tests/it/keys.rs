//! API keys in the console, without script.

use axum::{body::Body, http::Request};
use domain::{name::Contact, organization::Policy, scope::Scopes, user::Role};
use rstest::rstest;
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, Browser, basic, client_id_in, form, operator, secret_in};

const LIST: &str = "/t/acme/settings/api-keys/production";
const NEW: &str = "/t/acme/settings/api-keys/production/new";
const BILLING: [(&str, &str); 3] = [("name", "Billing sync"), ("description", ""), ("expiration", "90")];

async fn token(app: &App, id: &str, secret: &str) -> Answer {
    app.send(form("grant_type=client_credentials", |request| request.header("authorization", basic(id, secret)))).await
}

#[rstest]
#[tokio::test]
async fn a_key_lives_and_is_removed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    assert!(browser.get(LIST).await.body.contains("No keys in Production yet"));

    let created = browser.submit(NEW, LIST, &BILLING).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.header("cache-control"), "no-store");
    assert_eq!(created.header("referrer-policy"), "no-referrer");
    assert_eq!(created.header("x-robots-tag"), "noindex");
    let secret = secret_in(&created.body).expect("the secret, once");
    let id = client_id_in(&created.body);
    assert!(secret.starts_with("kl_production_"));
    assert_eq!(token(&app, &id, &secret).await.status, 200);

    let list = browser.get(LIST).await;
    assert!(list.body.contains("Billing sync") && list.body.contains(&id));
    for page in [LIST, NEW, &format!("{LIST}/{id}"), &format!("{LIST}/{id}/remove")] {
        assert_eq!(secret_in(&browser.get(page).await.body), None, "{page}");
    }

    // It was used a moment ago, so its name is asked for.
    app.service.flush_uses().await.expect("written");
    let remove = format!("{LIST}/{id}/remove");
    let unconfirmed = browser.submit(&remove, &remove, &[("confirm_name", "Billing")]).await;
    assert_eq!(unconfirmed.status, 422);
    assert!(unconfirmed.body.contains("That doesn't match “Billing sync”."));
    assert_eq!(token(&app, &id, &secret).await.status, 200);
    let removed = browser.submit(&remove, &remove, &[("confirm_name", "billing  SYNC")]).await;
    assert_eq!((removed.status, removed.header("location")), (303, LIST));
    assert_eq!(token(&app, &id, &secret).await.status, 401);
    assert!(!browser.get(LIST).await.body.contains(&id));
    assert!(browser.get(&format!("{LIST}?status=removed")).await.body.contains(&id));
    assert_eq!(browser.get(&remove).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn a_form_sent_twice_makes_one_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(NEW).await;
    let value = crate::harness::hidden_value(&page.body);
    let fields: Vec<_> = BILLING.into_iter().chain([("form", value.as_str())]).collect();
    let first = browser.post(LIST, &fields).await;
    let second = browser.post(LIST, &fields).await;
    assert_eq!((first.status, second.status), (201, 200));
    assert!(second.body.contains("This key was already created"));
    assert_eq!(secret_in(&second.body), None);
    assert!(!browser.get(LIST).await.body.contains("2 keys"));

    // A form of another session is refused before anything is read from it.
    let mut other = app.person(&acme, "eve@acme.test", Role::Admin).await;
    assert_eq!(other.post(LIST, &fields).await.status, 409);
    assert_eq!(other.post(LIST, &BILLING).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn refusals_say_what_to_mend_and_keep_what_was_typed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    assert_eq!(browser.submit(NEW, LIST, &BILLING).await.status, 201);
    let long = "x".repeat(65);
    for (fields, status, words) in [
        ([("name", " "), ("expiration", "90"), ("expires_on", "")], 422, "Enter a name."),
        ([("name", &long), ("expiration", "90"), ("expires_on", "")], 422, "Use 64 characters or fewer; this has 65."),
        ([("name", "a\u{202E}b"), ("expiration", "90"), ("expires_on", "")], 422, "U+202E"),
        ([("name", "a\u{7}b"), ("expiration", "90"), ("expires_on", "")], 422, "U+0007"),
        ([("name", "Other"), ("expiration", ""), ("expires_on", "")], 422, "Choose when the key expires."),
        ([("name", "Other"), ("expiration", "custom"), ("expires_on", "")], 422, "Choose a date."),
        (
            [("name", "Other"), ("expiration", "custom"), ("expires_on", "2026-11-21")],
            422,
            "Choose a date after today.",
        ),
        (
            [("name", "BILLING sync"), ("expiration", "90"), ("expires_on", "")],
            422,
            "Production already has a key called “BILLING sync”. Choose another name.",
        ),
    ] {
        let answer = browser.submit(NEW, LIST, &fields).await;
        assert_eq!(answer.status, status, "{fields:?} {}", answer.body);
        assert!(answer.body.contains("<title>Error: "), "{fields:?}");
        assert!(answer.body.contains(words), "{fields:?}: {}", answer.body);
        assert!(answer.body.contains(fields[0].1.trim()), "{fields:?}");
    }
}

#[rstest]
#[tokio::test]
async fn names_are_shown_as_text(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.organization("acme", "<b>Acme</b>", Policy::default()).await;
    let mut browser = app.admin_of(&acme).await;
    let hostile = "</title><script>alert(1)</script>";
    let description = "</textarea><img src=x onerror=alert(1)>";
    let fields = [("name", hostile), ("description", description), ("expiration", "never")];
    let created = browser.submit(NEW, LIST, &fields).await;
    assert_eq!(created.status, 201);
    let id = client_id_in(&created.body);
    let again = browser.submit(NEW, LIST, &fields).await;
    assert_eq!(again.status, 422);
    let pages = [LIST, &format!("{LIST}/{id}"), &format!("{LIST}/{id}/remove")];
    let mut bodies = vec![created.body, again.body];
    for page in pages {
        bodies.push(browser.get(page).await.body);
    }
    for body in bodies {
        for raw in ["<script>alert", "<img src=x", "<b>Acme"] {
            assert!(!body.contains(raw), "{raw}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_limit_is_said_and_held(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme =
        app.organization("acme", "Acme", Policy { max_keys_per_environment: 1.into(), ..Policy::default() }).await;
    let mut browser = app.admin_of(&acme).await;
    assert_eq!(browser.submit(NEW, LIST, &BILLING).await.status, 201);
    assert!(browser.get(LIST).await.body.contains("1 of 1 keys used in Production."));
    let refused = browser.submit(NEW, LIST, &[("name", "Second"), ("expiration", "7")]).await;
    assert_eq!(refused.status, 409);
    let said = refused.body.matches("1 of 1 keys used in Production.").count();
    assert!(
        said == 1 && refused.body.contains("<title>Error: ") && refused.body.contains("Second"),
        "{}",
        refused.body
    );
    assert!(browser.get(NEW).await.body.contains("1 of 1 keys used in Production."));
    let staging = "/t/acme/settings/api-keys/staging";
    let made = browser.submit(&format!("{staging}/new"), staging, &BILLING).await;
    assert_eq!(made.status, 201);
}

#[rstest]
#[tokio::test]
async fn each_gate_has_its_page(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut admin = app.person(&acme, "ana@acme.test", Role::Admin).await;
    let mut member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut stranger = app.admin_of(&globex).await;
    let locked = member.get(LIST).await;
    assert_eq!(locked.status, 403);
    assert!(locked.body.contains("Ask an organization administrator: ana."), "{}", locked.body);
    let ask = OrganizationChange { support_contact: Contact::parse("keys@acme.test").ok(), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, ask).await.expect("set");
    let locked = member.get(LIST).await.body;
    assert!(locked.contains(r#"href="mailto:keys@acme.test" class="button">Ask for help</a>"#), "{locked}");
    assert_eq!(stranger.get(LIST).await.status, 404);
    assert_eq!(stranger.get("/t/nobody/settings/api-keys/production").await.status, 404);
    assert_eq!(admin.get("/t/acme/settings/api-keys/nowhere").await.status, 404);
    let off = OrganizationChange { api_keys: Some(false), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, off).await.expect("set");
    let locked = admin.get(LIST).await;
    assert_eq!(locked.status, 403);
    assert!(locked.body.contains("turned on for Acme Corp"), "{}", locked.body);
}

#[rstest]
#[tokio::test]
async fn other_sites_and_other_hosts_get_nowhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(NEW).await;
    let value = crate::harness::hidden_value(&page.body);
    let body = format!("name=Billing&expiration=90&form={value}");
    let cookie = format!("sid={}", browser.cookie.clone().expect("signed in"));
    let post = |headers: &[(&str, &str)]| {
        let mut request = Request::post(LIST)
            .header("host", "localhost:3000")
            .header("cookie", &cookie)
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.send(request.body(Body::from(body.clone())).expect("a request"))
    };
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site"), ("origin", "http://localhost:3000")],
        &[("origin", "null")],
        &[("origin", "http://localhost:3001")],
        &[("origin", "https://localhost:3000")],
        &[("x-forwarded-host", "evil.test"), ("origin", "http://evil.test")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://localhost:3000"), ("origin", "http://evil.test")],
        &[],
    ] {
        assert_eq!(post(headers).await.status, 403, "{headers:?}");
    }
    assert_eq!(post(&[("origin", "http://localhost:3000")]).await.status, 201);

    let elsewhere = Request::get(LIST).header("host", "127.0.0.1:3000").body(Body::empty()).expect("a request");
    let sent_on = app.send(elsewhere).await;
    assert_eq!(
        (sent_on.status, sent_on.header("location")),
        (308, "http://localhost:3000/t/acme/settings/api-keys/production")
    );
}

#[rstest]
#[tokio::test]
async fn pages_carry_their_policy(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let mut browser = Browser::new(&app);
    for path in ["/sign-in", "/nothing-here"] {
        let page = browser.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'nonce-") && !policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="));
    }
    let twice = [browser.get("/sign-in").await, browser.get("/sign-in").await];
    assert_ne!(twice[0].header("content-security-policy"), twice[1].header("content-security-policy"));
}

#[rstest]
#[tokio::test]
async fn a_key_has_the_scopes_that_are_ticked(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let scopes = Scopes::parse("invoices:read invoices:write").unwrap();
    let acme = app.organization("acme", "Acme Corp", Policy { scopes, ..Policy::default() }).await;
    let mut browser = app.admin_of(&acme).await;
    let tick =
        |scopes: &'static [(&'static str, &'static str)]| BILLING.iter().chain(scopes).copied().collect::<Vec<_>>();
    let form = browser.get(NEW).await.body;
    assert!(form.contains(r#"name="scope.invoices:read""#) && form.contains(r#"name="scope.keys:read""#));

    let mixed = tick(&[("scope.invoices:read", "on"), ("scope.keys:read", "on")]);
    let refused = browser.submit(NEW, LIST, &mixed).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("cannot stand on one key"), "{}", refused.body);
    assert_eq!(refused.body.matches(r#"value="on" checked"#).count(), 2, "what was ticked is kept");
    let foreign = tick(&[("scope.invoices:delete", "on")]);
    assert_eq!(browser.submit(NEW, LIST, &foreign).await.status, 422);

    let both = tick(&[("scope.invoices:write", "on"), ("scope.invoices:read", "on")]);
    let created = browser.submit(NEW, LIST, &both).await.body;
    let (id, secret) = (client_id_in(&created), secret_in(&created).unwrap());
    assert_eq!(token(&app, &id, &secret).await.json()["scope"], "invoices:read invoices:write");
    assert!(browser.get(&format!("{LIST}/{id}")).await.body.contains("invoices:read invoices:write"));
}

#[rstest]
#[tokio::test]
async fn a_key_that_was_just_created_is_shown_whatever_is_filtered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let id = client_id_in(&browser.submit(NEW, LIST, &BILLING).await.body);
    let row = format!(r#"id="key-{id}""#);
    let shown = async |browser: &mut Browser<'_>, query: &str| {
        let page = browser.get(&format!("{LIST}?{query}")).await.body;
        (page.matches(&row).count(), page.contains("Just created"))
    };
    assert_eq!(shown(&mut browser, "q=zzz").await, (0, false));
    assert_eq!(shown(&mut browser, &format!("q=zzz&created={id}")).await, (1, true));
    assert_eq!(shown(&mut browser, &format!("q=billing&created={id}")).await, (1, false), "it is among the others");
    assert_eq!(shown(&mut browser, "q=zzz&created=kl_ci_00000000000000000000000000").await, (0, false));
    let staging = browser.get(&format!("/t/acme/settings/api-keys/staging?created={id}")).await.body;
    assert!(!staging.contains(&row), "it is in another environment");
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut stranger = app.admin_of(&globex).await;
    let elsewhere = stranger.get(&format!("/t/globex/settings/api-keys/production?created={id}")).await.body;
    assert!(!elsewhere.contains(&row), "it is another organization's");
}

/// The address of a link of that kind on a page, if it is there.
fn page_link(page: &str, rel: &str) -> Option<String> {
    let link = page.split("<a ").find(|link| link.contains(&format!(r#"rel="{rel}""#)))?;
    let address = link.split(r#"href=""#).nth(1)?.split('"').next()?;
    Some(address.replace("&amp;", "&"))
}

#[rstest]
#[tokio::test]
async fn pages_go_on_where_the_last_one_ended(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut keys = Vec::new();
    for number in 0..30 {
        keys.push(app.key(&acme, &format!("Job. No {number:02} + é"), "").await);
    }
    let mut browser = app.admin_of(&acme).await;
    let shows = |page: &Answer, number: usize| page.body.contains(&format!("Job. No {number:02} + é</a>"));
    let first = browser.get(&format!("{LIST}?sort=name&per=25")).await;
    assert!(shows(&first, 0) && shows(&first, 24) && !shows(&first, 25));
    assert_eq!(page_link(&first.body, "prev"), None);
    let next = page_link(&first.body, "next").expect("there are more");

    // Where the key the page ended with stands now says nothing of the pages beside it.
    let edit = format!("{LIST}/{}/edit", keys[24].key.client_id);
    assert_eq!(browser.submit(&edit, &edit, &[("name", "Zebra"), ("description", "")]).await.status, 303);
    let second = browser.get(&next).await;
    assert!(!shows(&second, 23) && (25..30).all(|number| shows(&second, number)));
    assert_eq!(page_link(&second.body, "next"), None);
    let edit = format!("{LIST}/{}/edit", keys[25].key.client_id);
    assert_eq!(browser.submit(&edit, &edit, &[("name", "A first one"), ("description", "")]).await.status, 303);
    let previous = page_link(&second.body, "prev").expect("there are some before");
    let back = browser.get(&previous).await;
    assert!((0..24).all(|number| shows(&back, number)) && !shows(&back, 26), "{previous}");

    for nowhere in ["x", "-x", "-", ".", "kl_ci_00000000000000000000000000.1", &format!("{}.x", keys[3].key.client_id)]
    {
        let page = browser.get(&format!("{LIST}?per=25&cursor={nowhere}")).await;
        assert!(page.status == 200 && page.body.contains("1–25 of 30"), "{nowhere}");
    }
    for name in ["%00", "%F0%9F%94%91", "'", "%25"] {
        let cursor = format!("{}.{name}", keys[3].key.client_id);
        assert_eq!(browser.get(&format!("{LIST}?sort=name&per=25&cursor={cursor}")).await.status, 200, "{name}");
    }
}
