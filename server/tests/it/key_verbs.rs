//! What is done to a key in the console, without script.

use domain::{
    activity::Event,
    key::Kind,
    name::Description,
    organization::{Organization, Policy},
    user::Role,
};
use rstest::rstest;
use service::keys::{IssuedKey, KeyWanted};
use store::testing::Engine;

use crate::harness::{Answer, App, Browser, basic, form, hidden_value, operator, secret_in, wanted};

const LIST: &str = "/t/acme/settings/api-keys/production";
const NAME: &str = "Billing sync";

fn page_of(key: &IssuedKey) -> String {
    format!("{LIST}/{}", key.key.client_id)
}

/// What a hidden field of the page holds.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.rsplit_once(&format!(r#"name="{name}" value=""#)).expect("a hidden field");
    rest.split('"').next().expect("a quote ends it").to_owned()
}

struct Scene {
    app: App,
    acme: Organization,
    key: IssuedKey,
}

impl Scene {
    async fn start(engine: Engine) -> Self {
        let app = App::start(engine).await;
        let acme = app.acme().await;
        let key = app.key(&acme, NAME, "").await;
        Self { app, acme, key }
    }

    /// Opens the page of a verb and posts its form with what it carries.
    async fn act(&self, browser: &mut Browser<'_>, verb: &str, fields: &[(&str, &str)]) -> Answer {
        let path = format!("{}/{verb}", page_of(&self.key));
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let (form, revision) = (hidden_value(&page.body), hidden(&page.body, "revision"));
        let carried = [("form", form.as_str()), ("revision", revision.as_str())];
        let carried = carried.into_iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name));
        let fields: Vec<_> = fields.iter().copied().chain(carried).collect();
        browser.post(&path, &fields).await
    }

    async fn exchange(&self, secret: &str) -> Answer {
        let id = self.key.key.client_id.as_str();
        let request =
            form("grant_type=client_credentials", |request| request.header("authorization", basic(id, secret)));
        self.app.send(request).await
    }

    async fn admin(&self) -> Browser<'_> {
        self.app.admin_of(&self.acme).await
    }
}

#[rstest]
#[tokio::test]
async fn a_key_is_renamed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    scene.app.key(&scene.acme, "Nightly export", "").await;
    let mut browser = scene.admin().await;
    let edit = async |browser: &mut Browser<'_>, name| {
        scene.act(browser, "edit", &[("name", name), ("description", "Payments team")]).await
    };
    let saved = edit(&mut browser, "  Billing   run ").await;
    assert_eq!((saved.status, saved.header("location")), (303, page_of(&scene.key).as_str()));
    let details = browser.get(&page_of(&scene.key)).await.body;
    assert!(details.contains("Billing run") && details.contains("Payments team"));

    let empty = edit(&mut browser, " ").await;
    assert_eq!(empty.status, 422);
    assert!(empty.body.contains("<title>Error: ") && empty.body.contains("Enter a name."));
    let taken = edit(&mut browser, "NIGHTLY export").await;
    assert_eq!(taken.status, 422);
    assert!(taken.body.contains("Production already has a key called “NIGHTLY export”. Choose another name."));
    assert!(taken.body.contains("Payments team"), "what was typed is kept");
}

#[rstest]
#[tokio::test]
async fn a_required_description_stays(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.organization("acme", "Acme", Policy { require_description: true, ..Policy::default() }).await;
    let description = Description::parse("What it is for").unwrap();
    let key = app.insert(&acme, KeyWanted { description, ..wanted(NAME, "") }).await;
    let mut browser = app.admin_of(&acme).await;
    assert!(browser.get(&format!("{LIST}/new")).await.body.contains("Your organization asks for it."));
    let edit = format!("{}/edit", page_of(&key));
    let refused = browser.submit(&edit, &edit, &[("name", NAME), ("description", " ")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("Your organization asks for a description."));
}

#[rstest]
#[tokio::test]
async fn a_key_is_suspended_and_re_approved(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    let secret = scene.key.secret.expose();
    let mut browser = scene.admin().await;
    assert_eq!(scene.exchange(secret).await.status, 200);
    let long = "x".repeat(501);
    assert_eq!(scene.act(&mut browser, "suspend", &[("reason", &long)]).await.status, 422);

    let suspended = scene.act(&mut browser, "suspend", &[("reason", "Leaver"), ("issued_tokens", "run_out")]).await;
    assert_eq!((suspended.status, suspended.header("location")), (303, page_of(&scene.key).as_str()));
    assert_eq!(scene.exchange(secret).await.status, 401);
    let details = browser.get(&page_of(&scene.key)).await.body;
    assert!(details.contains("Suspended") && details.contains(">Re-approve</a>") && !details.contains(">Suspend</a>"));
    let twice = browser.get(&format!("{}/suspend", page_of(&scene.key))).await;
    assert_eq!(twice.status, 409);
    assert!(twice.body.contains("This key is suspended already."));

    let reapproved = scene.act(&mut browser, "reapprove", &[]).await;
    assert_eq!(reapproved.status, 303);
    assert_eq!(scene.exchange(secret).await.status, 200);
}

#[rstest]
#[case::run_out("run_out", true)]
#[case::stop("stop", false)]
#[tokio::test]
async fn tokens_already_issued_are_a_choice(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values("suspend", "remove", "rotate")] verb: &str,
    #[case] issued_tokens: &str,
    #[case] live: bool,
) {
    let scene = Scene::start(engine).await;
    let mut browser = scene.admin().await;
    let answer = scene.exchange(scene.key.secret.expose()).await.json();
    let token = answer["access_token"].as_str().expect("a token");
    let page = browser.get(&format!("{}/{verb}", page_of(&scene.key))).await.body;
    assert!(page.contains("1 live, the last at 13:00"), "{page}");
    let words = if verb == "suspend" { "last up to 60 minutes." } else { "until they expire — at most 60 minutes." };
    assert!(page.contains(words), "{page}");
    let more = [("confirm_name", NAME), ("grace_s", "0"), ("expiration", "same"), ("issued_tokens", issued_tokens)];
    let done = scene.act(&mut browser, verb, &more).await;
    assert!(matches!(done.status, 201 | 303), "{}", done.body);
    let bearer = scene.app.service.bearer(token).await.expect("the database works");
    assert_eq!(bearer.is_ok(), live);
}

#[rstest]
#[tokio::test]
async fn a_choice_that_cannot_be_read_is_not_the_weaker_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let scene = Scene::start(engine).await;
    let mut browser = scene.admin().await;
    for verb in ["suspend", "remove", "rotate"] {
        for unreadable in [("issued_tokens", "Stop"), ("revision", "x")] {
            let more = [("confirm_name", NAME), ("grace_s", "0"), ("expiration", "same"), unreadable];
            assert_eq!(scene.act(&mut browser, verb, &more).await.status, 422, "{verb} {unreadable:?}");
        }
    }
    assert_eq!(scene.exchange(scene.key.secret.expose()).await.status, 200, "nothing was done");
}

#[rstest]
#[tokio::test]
async fn a_key_sent_as_it_is_has_no_access_tokens_to_choose_for(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key_with(&acme, NAME, "keys:read", Kind::Token, None).await;
    let mut browser = app.admin_of(&acme).await;
    for verb in ["suspend", "remove", "rotate"] {
        let page = browser.get(&format!("{}/{verb}", page_of(&key))).await.body;
        assert!(!page.contains("Access tokens already issued"), "{verb}");
    }
}

#[rstest]
#[tokio::test]
async fn a_rotation_shows_the_new_secret_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    let old = scene.key.secret.expose();
    let mut browser = scene.admin().await;
    let path = format!("{}/rotate", page_of(&scene.key));
    let page = browser.get(&path).await.body;
    assert!(page.contains("Until 22 Nov, 12:00 UTC"), "each choice says when the current secret ends");
    let (form, revision) = (hidden_value(&page), hidden(&page, "revision"));
    let fields = [("grace_s", "86400"), ("expiration", "same"), ("form", &*form), ("revision", &*revision)];
    let rotated = browser.post(&path, &fields).await;
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    for (header, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex")]
    {
        assert_eq!(rotated.header(header), value);
    }
    assert!(rotated.body.contains("New secret for “Billing sync”"));
    assert!(rotated.body.contains("The previous secret works until 22 Nov, 12:00 UTC."));
    let new = secret_in(&rotated.body).expect("the secret, once");
    assert_ne!(new, old);
    for secret in [old, &new] {
        assert_eq!(scene.exchange(secret).await.status, 200);
    }

    let again = browser.post(&path, &fields).await;
    assert_eq!(again.status, 200);
    assert!(again.body.contains("This key was already rotated"));
    assert_eq!(secret_in(&again.body), None);
    assert_eq!(scene.exchange(&new).await.status, 200, "nothing was rotated twice");

    scene.app.service.flush_uses().await.expect("written");
    let details = browser.get(&page_of(&scene.key)).await.body;
    assert!(details.contains("Previous") && details.contains("Still in use"), "{details}");
    let end = format!("{}/end-previous-secret", page_of(&scene.key));
    let asked = browser.get(&end).await.body;
    assert!(asked.contains("End the previous secret of “Billing sync” now?"), "{asked}");
    let (form, revision) = (hidden_value(&asked), hidden(&asked, "revision"));
    let fields = [("form", &*form), ("revision", &*revision), ("seen_in_use", "true")];
    let unseen = browser.post(&end, &fields[..2]).await;
    assert!(unseen.status == 200 && unseen.body.contains("was last used"), "it has come into use: {}", unseen.body);
    assert_eq!(scene.exchange(old).await.status, 200);
    let ended = browser.post(&end, &fields).await;
    assert_eq!((ended.status, ended.header("location")), (303, page_of(&scene.key).as_str()));
    assert_eq!((scene.exchange(old).await.status, scene.exchange(&new).await.status), (401, 200));
    assert!(!browser.get(&page_of(&scene.key)).await.body.contains("Previous"));
    let form = browser.get(&path).await;
    assert_eq!(browser.post(&end, &[("form", &hidden_value(&form.body))]).await.status, 409);
}

#[rstest]
#[tokio::test]
async fn a_rotation_may_move_the_end(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let policy = Policy { max_key_lifetime_days: Some(60), ..Policy::default() };
    let acme = app.organization("acme", "Acme", policy).await;
    let key = app.key_with(&acme, NAME, "", Kind::Client, Some(app.now().plus_seconds(86_400))).await;
    let mut browser = app.admin_of(&acme).await;
    let path = format!("{}/rotate", page_of(&key));
    let page = browser.get(&path).await.body;
    assert!(page.contains("60 days — the longest allowed") && page.contains("20 Jan 2027"), "{page}");
    for (expiration, expires_on, status, words) in [
        ("", "", 422, "Choose when the key expires."),
        ("custom", "2026-11-21", 422, "Choose a date after today."),
        ("custom", "2027-01-21", 422, "Your organization limits keys to 60 days. Choose 20 Jan 2027 or earlier."),
        ("never", "", 422, "Your organization requires an expiration."),
        ("longest", "", 201, "20 Jan 2027, 23:59 UTC"),
        ("same", "", 201, "20 Jan 2027, 23:59 UTC"),
    ] {
        let fields = [("grace_s", "3600"), ("expiration", expiration), ("expires_on", expires_on)];
        let answer = browser.submit(&path, &path, &fields).await;
        assert_eq!(answer.status, status, "{expiration} {expires_on}: {}", answer.body);
        assert!(answer.body.contains(words), "{expiration} {expires_on}: {}", answer.body);
    }
    let unchosen = browser.submit(&path, &path, &[("grace_s", "604801"), ("expiration", "same")]).await;
    assert_eq!(unchosen.status, 422);
    assert!(unchosen.body.contains("Choose how long the current secret keeps working."));
}

#[rstest]
#[tokio::test]
async fn what_somebody_else_did_is_said(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    let mut ana = scene.admin().await;
    let mut tom = scene.app.person(&scene.acme, "tom@acme.test", Role::Admin).await;
    for (verb, fields) in [
        ("edit", &[("name", "Mine"), ("description", "")][..]),
        ("suspend", &[("reason", "Mine")]),
        ("rotate", &[("grace_s", "0"), ("expiration", "same")]),
        ("remove", &[("confirm_name", "Mine")]),
    ] {
        let path = format!("{}/{verb}", page_of(&scene.key));
        let page = ana.get(&path).await.body;
        assert_eq!(scene.act(&mut tom, "edit", &[("name", NAME), ("description", verb)]).await.status, 303);
        let (form, revision) = (hidden_value(&page), hidden(&page, "revision"));
        let stale = [("form", form.as_str()), ("revision", revision.as_str())];
        let fields: Vec<_> = fields.iter().copied().chain(stale).collect();
        let refused = ana.post(&path, &fields).await;
        assert_eq!(refused.status, 409, "{verb}");
        assert!(refused.body.contains("tom changed this key at 12:00."), "{verb}: {}", refused.body);
        assert_ne!(hidden(&refused.body, "revision"), revision, "{verb}: it can be sent again");
    }
    let page = ana.get(&format!("{}/suspend", page_of(&scene.key))).await.body;
    assert_eq!(scene.act(&mut tom, "remove", &[]).await.status, 303);
    let late = ana.post(&format!("{}/suspend", page_of(&scene.key)), &[("form", &hidden_value(&page))]).await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("This key was removed by tom at 12:00."), "{}", late.body);
}

#[rstest]
#[tokio::test]
async fn what_a_key_is_not_open_to_stays_visible_with_its_reason(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let expiring = app.key_with(&acme, NAME, "", Kind::Client, Some(app.now().plus_seconds(60))).await;
    let mut browser = app.admin_of(&acme).await;
    app.pass(60);
    let list = browser.get(LIST).await.body;
    assert!(list.contains("This key has expired. Create a new one."), "{list}");
    for (verb, status) in [("rotate", 409), ("suspend", 409), ("reapprove", 409), ("edit", 200), ("remove", 200)] {
        assert_eq!(browser.get(&format!("{}/{verb}", page_of(&expiring))).await.status, status, "{verb}");
    }
}

#[rstest]
#[tokio::test]
async fn every_verb_is_in_the_activity_log(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    let mut browser = scene.admin().await;
    let same = [("grace_s", "3600"), ("expiration", "same")];
    for (verb, fields) in [
        ("edit", &[("name", NAME), ("description", "x")][..]),
        ("suspend", &[("reason", "Leaver")]),
        ("reapprove", &[]),
        ("rotate", &same),
        ("remove", &[]),
    ] {
        assert!(matches!(scene.act(&mut browser, verb, fields).await.status, 201 | 303), "{verb}");
    }
    let manager = operator().in_organization(scene.acme.clone());
    let query = store::ActivityQuery {
        organization: scene.acme.id.clone(),
        concerning: None,
        actor: None,
        event: None,
        target: Some(scene.key.key.client_id.to_string()),
        environment: None,
        from: None,
        until: None,
        before: None,
        limit: 10,
    };
    let page = scene.app.service.activity(&manager, query).await.expect("the database works");
    let events: Vec<_> = page.rows.iter().rev().map(|row| row.entry.event).collect();
    let expected = [
        Event::KeyCreated,
        Event::KeyEdited,
        Event::KeySuspended,
        Event::KeyReapproved,
        Event::KeyRotated,
        Event::KeyRevoked,
    ];
    assert_eq!(events, expected);
    assert!(page.rows.iter().any(|row| row.entry.details.contains("Leaver")));
}

#[rstest]
#[tokio::test]
async fn what_was_done_is_said_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let scene = Scene::start(engine).await;
    let mut browser = scene.admin().await;
    let said = |page: &Answer| page.body.contains("Billing sync was suspended.");

    let suspended = scene.act(&mut browser, "suspend", &[]).await;
    assert_eq!(suspended.status, 303);
    assert!(!suspended.headers["location"].to_str().unwrap().contains("suspended"), "the address says nothing");
    assert!(said(&browser.get(&page_of(&scene.key)).await));
    assert!(!said(&browser.get(&page_of(&scene.key)).await));
}
