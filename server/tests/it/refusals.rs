//! Who was refused, and why, stands in the Activity Log: one row for each key or person, reason, network and minute.

use domain::{
    activity::{Entry, Event},
    id::OrganizationId,
    key::Kind,
    organization::{Organization, Policy},
    user::Role,
};
use rstest::rstest;
use serde_json::{Value, json};
use service::keys::IssuedKey;
use store::{IssuedTokens, testing::Engine};

use crate::harness::{Answer, App, Browser, PASSWORD, at, form, operator};

const WRONG: &str = "invalid_client";

impl App {
    async fn exchange(&self, client_id: &str, secret: &str) -> Answer {
        let body = format!("grant_type=client_credentials&client_id={client_id}&client_secret={secret}");
        self.send(form(body, |request| request)).await
    }

    /// The refusals of the minutes that are over: event, target and particulars.
    async fn refusals(&self, organization: &OrganizationId) -> Vec<(Event, String, Value)> {
        self.service.flush_refusals().await.expect("written");
        self.recorded(organization).await
    }

    async fn recorded(&self, organization: &OrganizationId) -> Vec<(Event, String, Value)> {
        let rows = self.database.open_again().await.activity_after(organization, 0, 1_000).await.expect("answered");
        let is_refusal = |entry: &Entry| [Event::AccessRefused, Event::SignInRefused].contains(&entry.event);
        let refusals = rows.into_iter().map(|row| row.entry).filter(is_refusal);
        let mut last = at("2026-11-21T00:00:00Z");
        let read = |entry: Entry| {
            let mut details: Value = serde_json::from_str(&entry.details).expect("JSON");
            let first_at = details.as_object_mut().and_then(|details| details.remove("first_at")).expect("a time");
            assert!(at(first_at.as_str().expect("a time")) <= entry.at && last <= entry.at, "{entry:?}");
            last = entry.at;
            (entry.event, entry.target.id, details)
        };
        refusals.map(read).collect()
    }
}

fn refused(key: &IssuedKey, reason: &str, count: u32) -> (Event, String, Value) {
    (Event::AccessRefused, key.key.client_id.to_string(), json!({ "reason": reason, "count": count }))
}

async fn suspend(app: &App, organization: &Organization, key: &IssuedKey) {
    let manager = operator().in_organization(organization.clone());
    let suspended = app.service.suspend_key(&manager, &key.key.client_id, None, IssuedTokens::RunOut, None).await;
    suspended.expect("answered").expect("suspended");
}

#[rstest]
#[tokio::test]
async fn every_refused_client_is_on_record(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let wrong = app.key(&acme, "Wrong", "").await;
    let revoked = app.key(&acme, "Revoked", "").await;
    let suspended = app.key(&acme, "Suspended", "").await;
    let end = at("2026-11-21T12:00:30Z");
    let expired = app.key_with(&acme, "Expired", "", Kind::Client, Some(end)).await;
    let direct = app.key_with(&acme, "Direct", "", Kind::Token, None).await;
    app.revoke(&acme, &revoked, IssuedTokens::RunOut).await;
    suspend(&app, &acme, &suspended).await;
    app.pass(40);

    let other = wrong.secret.expose();
    for (id, secret) in [
        (wrong.key.client_id.as_str(), "nonsense"),
        (wrong.key.client_id.as_str(), "nonsense"),
        (direct.key.client_id.as_str(), other),
        (revoked.key.client_id.as_str(), revoked.secret.expose()),
        (suspended.key.client_id.as_str(), suspended.secret.expose()),
        (expired.key.client_id.as_str(), expired.secret.expose()),
        ("kl_ci_00000000000000000000000000", "nonsense"),
    ] {
        let answer = app.exchange(id, secret).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (401, Some(WRONG)), "{id}");
    }
    let exchanged = app.exchange(direct.key.client_id.as_str(), direct.secret.expose()).await;
    assert_eq!(exchanged.status, 400);

    assert_eq!(app.refusals(&acme.id).await, [], "a minute is one row");
    app.pass(60);
    let mut rows = app.refusals(&acme.id).await;
    let mut expected = [
        refused(&wrong, "wrong_secret", 2),
        refused(&direct, "wrong_secret", 1),
        refused(&direct, "token_secret_exchanged", 1),
        refused(&revoked, "revoked", 1),
        refused(&suspended, "suspended", 1),
        refused(&expired, "expired", 1),
    ];
    rows.sort_by_key(|row| format!("{row:?}"));
    expected.sort_by_key(|row| format!("{row:?}"));
    assert_eq!(rows, expected);
    assert!(app.service.verify_activity(operator()).await.expect("answered").is_ok());
}

#[rstest]
#[tokio::test]
async fn failed_sign_ins_are_on_record_wherever_the_person_is(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let ana = app.user(&acme, "ana@acme.test", Role::Admin).await;
    app.user(&globex, "ana@acme.test", Role::Member).await;
    let mut browser = Browser::new(&app);
    for (email, password) in
        [("ana@acme.test", "wrong"), ("ANA@acme.test", "wrong again"), ("nobody@acme.test", PASSWORD)]
    {
        assert_eq!(browser.sign_in(email, password).await.status, 401);
    }
    app.database.execute("UPDATE users SET state = 'deactivated'").await.expect("changed");
    assert_eq!(browser.sign_in("ana@acme.test", PASSWORD).await.status, 401);
    app.pass(60);
    let row =
        |reason: &str, count: u32| (Event::SignInRefused, ana.to_string(), json!({ "reason": reason, "count": count }));
    for organization in [&acme, &globex] {
        let mut rows = app.refusals(&organization.id).await;
        rows.sort_by_key(|row| format!("{row:?}"));
        let mut expected = [row("wrong_password", 2), row("deactivated", 1)];
        expected.sort_by_key(|row| format!("{row:?}"));
        assert_eq!(rows, expected);
    }
    let page = app.admin_of(&globex).await.get("/t/globex/settings/activity?event=user.sign_in_refused").await;
    assert!(page.body.contains("could not sign in (wrong password, 2 times)"), "{}", page.body);
}

#[rstest]
#[tokio::test]
async fn what_is_throttled_is_on_record_too(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let ana = app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mut browser = Browser::new(&app);
    for (attempts, status) in [(5, 401), (7, 429)] {
        for _ in 0..attempts {
            assert_eq!(browser.sign_in("Ana@acme.test", "wrong").await.status, status);
        }
    }
    browser.sign_in(&"x".repeat(300), "wrong").await;
    app.pass(60);
    let row =
        |reason: &str, count: u32| (Event::SignInRefused, ana.to_string(), json!({ "reason": reason, "count": count }));
    let mut rows = app.refusals(&acme.id).await;
    rows.sort_by_key(|row| format!("{row:?}"));
    assert_eq!(rows, [row("wrong_password", 5), row("throttled", 7)]);
}

#[rstest]
#[tokio::test]
async fn an_organization_that_cannot_be_written_to_does_not_hold_up_the_others(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let keys = [app.key(&acme, "One", "").await, app.key(&globex, "Two", "").await];
    for key in &keys {
        app.exchange(key.key.client_id.as_str(), "nonsense").await;
    }
    let broken = format!("DELETE FROM activity_heads WHERE org_id = '{}'", acme.id);
    app.database.execute(&broken).await.expect("changed");
    app.pass(60);
    assert!(app.service.flush_refusals().await.is_err());
    assert_eq!(app.recorded(&globex.id).await, [refused(&keys[1], "wrong_secret", 1)]);
    app.service.flush_refusals().await.expect("what can never be written is given up");
}

#[rstest]
#[tokio::test]
async fn what_is_counted_is_written_at_the_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "One", "").await;
    app.exchange(key.key.client_id.as_str(), "nonsense").await;
    app.service.close().await.expect("written");
    assert_eq!(app.recorded(&acme.id).await, [refused(&key, "wrong_secret", 1)]);
}

#[rstest]
#[tokio::test]
async fn whoever_has_the_secret_of_a_key_that_is_stopped_guesses_nothing(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let (id, secret) = (&key.key.client_id, key.secret.expose());
    suspend(&app, &acme, &key).await;
    for _ in 0..30 {
        assert_eq!(app.exchange(id.as_str(), secret).await.status, 401);
    }
    let manager = operator().in_organization(acme.clone());
    app.service.reapprove_key(&manager, id, None).await.expect("answered").expect("re-approved");
    assert_eq!(app.exchange(id.as_str(), secret).await.status, 200);
}
