//! A person's own page: their password, and where they are signed in.

use domain::{
    activity::Event,
    key::Kind,
    organization::{Organization, Policy},
    user::Role,
};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{App, Browser, PASSWORD, at, hidden_value, operator};

const PROFILE: &str = "/t/acme/me/profile";
const CHANGE: &str = "/t/acme/me/profile/password";
const EVERYWHERE: &str = "/t/acme/me/profile/sign-out-everywhere";
const NEW_PASSWORD: &str = "seven lanterns over quiet harbour";

/// Where the buttons that end other sessions post.
fn ends(page: &str) -> Vec<String> {
    let actions = page.split(r#"action=""#).skip(1).filter_map(|rest| rest.split('"').next());
    actions.filter(|action| action.ends_with("/end")).map(str::to_owned).collect()
}

/// How often something happened in an organization.
async fn count(app: &App, organization: &Organization, event: Event) -> usize {
    let rows = app.database.activity_after(&organization.id, 0, 1_000).await.unwrap();
    rows.iter().filter(|row| row.entry.event == event).count()
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
async fn whoever_ends_the_session_they_are_in_is_asked_to_sign_in(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut phone = Browser::new(&app);
    phone.sign_in("mia@acme.test", PASSWORD).await;
    let own = ends(&phone.get(PROFILE).await.body);
    let ended = mia.submit(PROFILE, &own[0], &[]).await;
    assert_eq!((ended.status, ended.header("location")), (303, PROFILE), "{}", ended.body);
    assert!(!is_signed_in(&mut mia).await && is_signed_in(&mut phone).await);
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
    app.pass(20);
    assert!(mia.get(PROFILE).await.body.contains(r#"data-idle="1780""#), "uses within half a minute are not noted");
    app.pass(20);
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

#[rstest]
#[tokio::test]
async fn a_person_changes_their_name_everywhere(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    app.user(&globex, "mia@acme.test", Role::Member).await;
    let wrong = mia.submit(PROFILE, PROFILE, &[("section", "name"), ("name", " ")]).await;
    assert!(wrong.status == 422 && wrong.body.contains("<title>Error: Profile"), "{}", wrong.body);
    let saved = mia.submit(PROFILE, PROFILE, &[("section", "name"), ("name", "Mia Okafor")]).await;
    assert_eq!((saved.status, saved.header("location")), (303, PROFILE), "{}", saved.body);
    let page = mia.get(PROFILE).await.body;
    assert!(page.contains("Your name is changed.") && page.contains("Mia Okafor"), "{page}");
    let nothing = mia.submit(PROFILE, PROFILE, &[("section", "name"), ("name", "Mia Okafor")]).await;
    assert_eq!(nothing.status, 303);
    assert!(mia.get(PROFILE).await.body.contains("Nothing was changed."));
    for organization in [&acme, &globex] {
        assert_eq!(count(&app, organization, Event::NameChanged).await, 1);
    }
    assert_eq!(mia.submit(PROFILE, PROFILE, &[("section", "king")]).await.status, 422);
    assert_eq!(mia.post(PROFILE, &[("section", "name"), ("name", "Eve")]).await.status, 409, "no form of this session");
}

#[rstest]
#[tokio::test]
async fn another_address_takes_the_password_and_a_new_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ben@acme.test", Role::Member).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut phone = Browser::new(&app);
    phone.sign_in("mia@acme.test", PASSWORD).await;
    let to = |email| [("section", "email"), ("email", email)];
    for (typed, words) in [("mia", "name@example.com"), ("BEN@acme.test", "Another account has this address.")] {
        let refused = mia.submit(PROFILE, PROFILE, &to(typed)).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{typed}: {}", refused.body);
        assert!(refused.body.contains(&format!(r#"value="{typed}""#)), "what was typed stays");
    }

    app.pass(15 * 60 + 1);
    let form = hidden_value(&mia.get(PROFILE).await.body);
    let asked = mia.post(PROFILE, &[("section", "email"), ("email", "mia@okafor.test"), ("form", &form)]).await;
    assert!(asked.status == 401 && asked.body.contains("mia@okafor.test"), "{}", asked.body);
    assert!(is_signed_in(&mut phone).await, "nothing happened yet");
    let before = mia.cookie.clone();
    let fields = [("section", "email"), ("email", "mia@okafor.test"), ("form", form.as_str()), ("password", PASSWORD)];
    let changed = mia.post(PROFILE, &fields).await;
    assert_eq!((changed.status, changed.header("location")), (303, PROFILE), "{}", changed.body);
    assert_ne!(mia.cookie, before);
    let page = mia.get(PROFILE).await.body;
    assert!(page.contains("Your e-mail address is changed.") && page.contains("mia@okafor.test"), "{page}");
    assert!(!is_signed_in(&mut phone).await, "other sessions end");
    assert_eq!(phone.sign_in("mia@acme.test", PASSWORD).await.status, 401);
    assert_eq!(phone.sign_in("MIA@okafor.test", PASSWORD).await.status, 303);
    assert_eq!(count(&app, &acme, Event::EmailChanged).await, 1);
}

#[rstest]
#[tokio::test]
async fn times_are_shown_as_the_person_wants_them(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.database.execute("UPDATE organizations SET time_zone = 'Europe/Warsaw'").await.unwrap();
    let mut ana = app.admin_of(&acme).await;
    // The last minute of 28 March, the day on which clocks in Warsaw go forward.
    let end = at("2027-03-28T22:00:00Z");
    app.key_with(&acme, "Billing sync", "", Kind::Client, Some(end)).await;
    let list = "/t/acme/settings/api-keys/production";
    let proposal = r#"data-testid="zone-proposal""#;
    let page = ana.get(list).await.body;
    assert!(page.contains("28 Mar 2027, 23:59 CEST") && page.contains(proposal), "{page}");
    assert!(page.contains("data-passes"));

    let refused = ana.submit(PROFILE, PROFILE, &[("section", "times"), ("time_zone", "Warsaw")]).await;
    assert!(refused.status == 422 && refused.body.contains("There is no time zone of this name."), "{}", refused.body);
    assert!(refused.body.contains(r#"value="Warsaw""#));
    let fields = [("section", "times"), ("time_zone", "America/New_York"), ("exact_times", "on")];
    assert_eq!(ana.submit(PROFILE, PROFILE, &fields).await.status, 303);
    let page = ana.get(list).await.body;
    let told = "28 Mar 2027, 17:59 EDT";
    assert!(page.contains(&format!(">{told}</time>")) && !page.contains("data-passes"), "{page}");
    assert!(!page.contains(proposal), "a zone is set");
    let create = ana.get(&format!("{list}/new")).await.body;
    assert!(create.contains("At the end of that day, Europe/Warsaw."), "keys end by the organization's zone: {create}");

    let empty = [("section", "times"), ("time_zone", "")];
    assert_eq!(ana.submit(PROFILE, PROFILE, &empty).await.status, 303);
    assert!(ana.get(list).await.body.contains("28 Mar 2027, 23:59 CEST"));
    let email = domain::email::Email::parse("admin@acme.test").unwrap();
    let member = app.service.member_by_email(operator(), &acme, &email).await.unwrap().unwrap();
    assert_eq!((member.times.zone, member.times.exact), (None, false));
}

#[rstest]
#[tokio::test]
async fn the_zone_of_the_browser_is_proposed_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let answer = "/t/acme/me/profile/time-zone";
    let back = "/t/acme/me/api-keys/production?sort=name";
    let proposal = r#"data-testid="zone-proposal""#;
    for (person, fields, zone, location) in [
        ("a@acme.test", [("answer", "keep"), ("time_zone", "Asia/Tokyo"), ("return_to", back)], None, back),
        (
            "b@acme.test",
            [("answer", "use"), ("time_zone", "Asia/Tokyo"), ("return_to", back)],
            Some("Asia/Tokyo"),
            back,
        ),
        ("c@acme.test", [("answer", "use"), ("time_zone", "Mars/Olympus"), ("return_to", back)], None, back),
        ("d@acme.test", [("answer", "keep"), ("time_zone", ""), ("return_to", "//evil.test")], None, PROFILE),
    ] {
        let mut browser = app.person(&acme, person, Role::Member).await;
        assert!(browser.get(PROFILE).await.body.contains(proposal), "{person}");
        let answered = browser.submit(PROFILE, answer, &fields).await;
        assert_eq!((answered.status, answered.header("location")), (303, location), "{person}");
        assert!(!browser.get(PROFILE).await.body.contains(proposal), "{person}");
        let email = domain::email::Email::parse(person).unwrap();
        let member = app.service.member_by_email(operator(), &acme, &email).await.unwrap().unwrap();
        assert_eq!(member.times.zone.as_ref().map(domain::zone::ZoneName::as_str), zone, "{person}");
        assert_eq!(browser.post(answer, &fields).await.status, 409, "no form of this session");
    }
}
