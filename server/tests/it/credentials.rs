//! A person's own API credentials in the console, without script.

use domain::{
    organization::{Kinds, Organization, Plan, Policy, SelfService},
    user::Role,
};
use rstest::rstest;
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, Browser, basic, client_id_in, form, hidden_value, operator, secret_in};

const PAGE: &str = "/t/acme/me/credentials";
const REPLACE: &str = "/t/acme/me/credentials/replace";

async fn set(app: &App, organization: &Organization, change: OrganizationChange) {
    app.service.set_organization(operator(), &organization.slug, change).await.unwrap().unwrap();
}

async fn status_of(app: &App, id: &str, secret: &str) -> u16 {
    let authorization = basic(id, secret);
    app.send(form("grant_type=client_credentials", |request| request.header("authorization", authorization)))
        .await
        .status
}

async fn generate(browser: &mut Browser<'_>) -> Answer {
    browser.submit(PAGE, PAGE, &[]).await
}

#[rstest]
#[tokio::test]
async fn a_member_generates_and_replaces_a_pair(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let none = mia.get(PAGE).await;
    assert_eq!(none.status, 200);
    for words in ["Your API credentials", "They act as you, mia.", "separate from the password", "Generate credentials"]
    {
        assert!(none.body.contains(words), "{words}");
    }
    assert_eq!(mia.get(REPLACE).await.header("location"), PAGE, "nothing is there to replace");

    let made = generate(&mut mia).await;
    assert_eq!(made.status, 201, "{}", made.body);
    for (header, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")]
    {
        assert_eq!(made.header(header), value);
    }
    assert!(made.body.contains("http://localhost:3000/oauth/token"), "this deployment's own address");
    assert!(made.body.contains("KEYLINE_CLIENT_ID=") && made.body.contains("KEYLINE_CLIENT_SECRET="));
    let (id, first) = (client_id_in(&made.body), secret_in(&made.body).expect("the secret, once"));
    assert!(first.starts_with("kl_production_"));
    assert_eq!(status_of(&app, &id, &first).await, 200);
    app.service.flush_uses().await.unwrap();

    let there = mia.get(PAGE).await.body;
    assert!(there.contains(&id) && there.contains("Generate new credentials") && there.contains("just now"), "{there}");
    assert_eq!(secret_in(&there), None);
    let question = mia.get(REPLACE).await.body;
    assert!(question.contains("Your current client secret stops working now, wherever it is in use."));
    assert!(question.contains("Last used just now"));
    assert!(mia.get(REPLACE).await.body.contains("Access tokens already issued"));
    let replaced = mia.submit(REPLACE, REPLACE, &[("issued_tokens", "stop")]).await;
    assert_eq!(replaced.status, 201, "{}", replaced.body);
    let second = secret_in(&replaced.body).expect("the secret, once");
    assert_eq!(client_id_in(&replaced.body), id);
    assert!(replaced.body.contains("The previous secret has stopped working."));
    assert_eq!((status_of(&app, &id, &first).await, status_of(&app, &id, &second).await), (401, 200));

    let mut ana = app.admin_of(&acme).await;
    let list = ana.get("/t/acme/settings/api-keys/production").await.body;
    assert!(list.contains("API credentials of mia"), "{list}");
}

#[rstest]
#[case::first(PAGE)]
#[case::replacement(REPLACE)]
#[tokio::test]
async fn a_form_sent_twice_generates_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[case] path: &str,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    if path == REPLACE {
        assert_eq!(generate(&mut mia).await.status, 201);
    }
    let value = hidden_value(&mia.get(path).await.body);
    let fields = [("form", value.as_str())];
    let made = mia.post(path, &fields).await;
    assert_eq!(made.status, 201);
    let (id, secret) = (client_id_in(&made.body), secret_in(&made.body).unwrap());
    let again = mia.post(path, &fields).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert!(again.body.contains("Your credentials were already generated"));
    assert_eq!(secret_in(&again.body), None);
    assert_eq!(status_of(&app, &id, &secret).await, 200, "nothing was rotated");

    let mut eve = app.person(&acme, "eve@acme.test", Role::Member).await;
    assert_eq!(eve.post(path, &fields).await.status, 409, "a form of another session");
}

#[rstest]
#[tokio::test]
async fn a_pair_is_never_replaced_by_surprise(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let left_open = hidden_value(&mia.get(PAGE).await.body);
    let made = generate(&mut mia).await;
    let late = mia.post(PAGE, &[("form", &left_open)]).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Your credentials have been generated meanwhile."), "{}", late.body);
    assert_eq!(status_of(&app, &client_id_in(&made.body), &secret_in(&made.body).unwrap()).await, 200);
}

#[rstest]
#[tokio::test]
async fn another_environment_may_be_chosen(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    assert_eq!(mia.submit(PAGE, PAGE, &[("environment", "moon")]).await.status, 404);
    assert_eq!(mia.submit(PAGE, PAGE, &[("environment", "a/b")]).await.status, 404);
    let made = mia.submit(PAGE, PAGE, &[("environment", "staging")]).await;
    assert_eq!(made.status, 201);
    assert!(secret_in(&made.body).unwrap().starts_with("kl_staging_"));
    assert!(made.body.contains("Staging"));
}

#[rstest]
#[tokio::test]
async fn each_closed_door_says_why(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.admin_of(&acme).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let form = hidden_value(&mia.get(PAGE).await.body);
    for (change, words) in [
        (
            OrganizationChange { plan: Some(Plan::Free), ..Default::default() },
            "come with the Growth and Enterprise plans",
        ),
        (OrganizationChange { api_keys: Some(false), ..Default::default() }, "turned on for Acme Corp"),
        (
            OrganizationChange { self_service: Some(SelfService::Admins), ..Default::default() },
            "Ask an organization administrator: admin.",
        ),
        (
            OrganizationChange { kinds: Some(Kinds::Token), ..Default::default() },
            "makes no credentials that are exchanged",
        ),
    ] {
        set(&app, &acme, change).await;
        for locked in [mia.get(PAGE).await, mia.post(PAGE, &[("form", &form)]).await] {
            assert_eq!(locked.status, 403, "{words}: {}", locked.body);
            assert!(locked.body.contains(words), "{words}: {}", locked.body);
        }
        let open = OrganizationChange {
            plan: Some(Plan::Growth),
            api_keys: Some(true),
            self_service: Some(SelfService::Members),
            kinds: Some(Kinds::Both),
            ..Default::default()
        };
        set(&app, &acme, open).await;
    }
    assert_eq!(generate(&mut mia).await.status, 201);

    set(&app, &acme, OrganizationChange { plan: Some(Plan::Free), ..Default::default() }).await;
    let downgraded = mia.get(PAGE).await;
    assert_eq!(downgraded.status, 200, "what is there goes on working, and is shown");
    assert!(downgraded.body.contains("kl_ci_") && !downgraded.body.contains("Generate new credentials"));
    assert_eq!(mia.get(REPLACE).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn a_suspended_pair_stays_suspended(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.organization("acme", "Acme", Policy { kinds: Kinds::Client, ..Policy::default() }).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let id = client_id_in(&generate(&mut mia).await.body);
    let mut ana = app.admin_of(&acme).await;
    let suspend = format!("/t/acme/settings/api-keys/production/{id}/suspend");
    assert_eq!(ana.submit(&suspend, &suspend, &[]).await.status, 303);
    let replaced = mia.submit(REPLACE, REPLACE, &[]).await;
    assert_eq!(replaced.status, 201);
    assert_eq!(status_of(&app, &id, &secret_in(&replaced.body).unwrap()).await, 401);
    assert!(mia.get(PAGE).await.body.contains("Suspended"));
}
