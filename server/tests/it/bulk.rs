//! What is done to several keys at once, without script.

use domain::{
    activity::Event,
    key::{Kind, Status},
    organization::{Organization, Policy},
};
use rstest::rstest;
use service::keys::IssuedKey;
use store::{IssuedTokens, testing::Engine};

use crate::harness::{Answer, App, Browser, basic, form, hidden_value, operator};

const LIST: &str = "/t/acme/settings/api-keys/production";
const BULK: &str = "/t/acme/settings/api-keys/production/bulk";

/// Values of the hidden fields `ids` of a page.
fn ids_in(page: &str) -> Vec<String> {
    let values = page.split(r#"name="ids" value=""#).skip(1);
    values.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Posts the buttons of the list with what is ticked.
async fn choose(browser: &mut Browser<'_>, action: &str, ids: &[&str]) -> Answer {
    let fields: Vec<_> = ids.iter().map(|id| ("ids", *id)).chain([("action", action)]).collect();
    browser.submit(LIST, BULK, &fields).await
}

/// Answers the page that asks.
async fn answer(browser: &mut Browser<'_>, asked: &Answer, action: &str, fields: &[(&str, &str)]) -> Answer {
    let (form, ids) = (hidden_value(&asked.body), ids_in(&asked.body));
    let carried = [("form", form.as_str()), ("action", action), ("confirmed", "")];
    let ids = ids.iter().map(|id| ("ids", id.as_str()));
    let fields: Vec<_> = carried.into_iter().chain(ids).chain(fields.iter().copied()).collect();
    browser.post(BULK, &fields).await
}

async fn status(app: &App, acme: &Organization, key: &IssuedKey) -> Status {
    let manager = operator().in_organization(acme.clone());
    let key = app.service.key(&manager, &key.key.client_id).await.expect("the database works").expect("it is there");
    key.status(app.now())
}

fn id(key: &IssuedKey) -> &str {
    key.key.client_id.as_str()
}

#[rstest]
#[tokio::test]
async fn several_keys_are_suspended_reapproved_and_removed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let keys = [app.key(&acme, "Billing sync", "").await, app.key(&acme, "Nightly export", "").await];
    let untouched = app.key(&acme, "Old CI", "").await;
    let mut browser = app.admin_of(&acme).await;
    let ids: Vec<_> = keys.iter().map(id).collect();
    for (action, fields, after, said) in [
        (
            "suspend",
            &[("reason", "left the company"), ("issued_tokens", "stop")][..],
            Status::Suspended,
            "2 keys were suspended.",
        ),
        ("reapprove", &[], Status::Active, "2 keys were re-approved."),
        ("remove", &[], Status::Revoked, "2 keys were removed."),
    ] {
        let asked = choose(&mut browser, action, &ids).await;
        assert_eq!(asked.status, 200, "{action}: {}", asked.body);
        assert!(asked.body.contains("Billing sync") && asked.body.contains("Nightly export"), "{action}");
        let done = answer(&mut browser, &asked, action, fields).await;
        assert_eq!((done.status, done.header("location")), (303, LIST), "{action}: {}", done.body);
        for key in &keys {
            assert_eq!(status(&app, &acme, key).await, after, "{action}");
        }
        assert!(browser.get(LIST).await.body.contains(said), "{action}");
    }
    assert_eq!(status(&app, &acme, &untouched).await, Status::Active);
    let log = browser.get("/t/acme/settings/activity/export/json").await.body;
    for event in [Event::KeySuspended, Event::KeyReapproved, Event::KeyRevoked] {
        assert_eq!(log.matches(&format!("\"{event}\"")).count(), 2, "{event}: {log}");
    }
    assert!(log.contains("left the company"), "{log}");
}

#[rstest]
#[tokio::test]
async fn a_key_in_use_asks_for_a_confirmation(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (used, unused) = (app.key(&acme, "Billing sync", "").await, app.key(&acme, "Nightly export", "").await);
    let request = form("grant_type=client_credentials", |request| {
        request.header("authorization", basic(id(&used), used.secret.expose()))
    });
    assert_eq!(app.send(request).await.status, 200);
    app.service.flush_uses().await.expect("the database works");
    let mut browser = app.admin_of(&acme).await;
    let asked = choose(&mut browser, "remove", &[id(&used), id(&unused)]).await;
    assert!(asked.body.contains("Type “remove 2 keys” to confirm."), "{}", asked.body);
    for typed in ["", "remove 1 key"] {
        let refused = answer(&mut browser, &asked, "remove", &[("confirm", typed)]).await;
        assert_eq!(refused.status, 422, "{typed}");
        assert!(refused.body.contains("That doesn't match “remove 2 keys”.") && refused.body.contains("Error: "));
        assert_eq!(status(&app, &acme, &unused).await, Status::Active, "nothing is half done");
    }
    let done = answer(&mut browser, &asked, "remove", &[("confirm", " Remove 2  keys")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(status(&app, &acme, &used).await, Status::Revoked);
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_done_is_said_key_by_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (first, second) = (app.key(&acme, "Billing sync", "").await, app.key(&acme, "Nightly export", "").await);
    let expired = app.key_with(&acme, "Old CI", "", Kind::Token, Some(app.now().plus_seconds(60))).await;
    app.pass(61);
    let mut browser = app.admin_of(&acme).await;
    let asked = choose(&mut browser, "suspend", &[id(&first), id(&second), id(&expired)]).await;
    assert!(asked.body.contains("This key has expired."), "{}", asked.body);
    assert_eq!(ids_in(&asked.body).len(), 2, "only what is open to it is sent on");

    app.revoke(&acme, &second, IssuedTokens::RunOut).await;
    let partly = answer(&mut browser, &asked, "suspend", &[]).await;
    assert_eq!(partly.status, 200);
    assert!(partly.body.contains("1 suspended, 1 could not be suspended"), "{}", partly.body);
    assert!(partly.body.contains("Try again"), "{}", partly.body);
    assert_eq!(ids_in(&partly.body), [id(&second)]);
    assert_eq!(status(&app, &acme, &first).await, Status::Suspended);
}

#[rstest]
#[tokio::test]
async fn all_that_match_are_chosen_without_naming_them(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    for number in 0..30 {
        app.key(&acme, &format!("Service {number}"), "").await;
    }
    app.key(&acme, "Billing sync", "").await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(&format!("{LIST}?q=service&per=25")).await.body;
    assert!(page.contains("Select all 30 that match"), "{page}");
    let page = browser.get(&format!("{LIST}?q=service&per=25&select=all")).await.body;
    assert!(page.contains("30 selected") && page.contains(r#"name="matching""#), "{page}");
    let asked = browser.submit(LIST, BULK, &[("action", "remove"), ("matching", "?q=service")]).await;
    assert_eq!(ids_in(&asked.body).len(), 30);
    assert!(asked.body.contains("Remove 30 keys?") && !asked.body.contains("Billing sync"));
}

#[rstest]
#[tokio::test]
async fn others_keys_are_left_out_without_a_word(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let (ours, theirs) = (app.key(&acme, "Billing sync", "").await, app.key(&globex, "Their key", "").await);
    let mut browser = app.admin_of(&acme).await;
    let asked = choose(&mut browser, "remove", &[id(&ours), id(&theirs), "kl_ci_unknown"]).await;
    assert!(asked.body.contains("Remove 1 key?") && !asked.body.contains("Their key"), "{}", asked.body);
    let nothing = choose(&mut browser, "remove", &[id(&theirs)]).await;
    assert_eq!(nothing.status, 422);
    assert!(nothing.body.contains("Select at least one key in the list."), "{}", nothing.body);
    let sent = browser.submit(LIST, BULK, &[("action", "remove"), ("confirmed", ""), ("ids", id(&theirs))]).await;
    assert_eq!(sent.status, 422);
    assert_eq!(status(&app, &globex, &theirs).await, Status::Active);
}

#[tokio::test]
async fn too_many_and_nonsense_are_refused() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let many = choose(&mut browser, "remove", &["kl_ci_0"; 501]).await;
    assert_eq!(many.status, 422);
    assert!(many.body.contains("Choose 500 keys at most."), "{}", many.body);
    assert_eq!(choose(&mut browser, "rotate", &["kl_ci_0"]).await.status, 422);
}
