//! Organization settings and Authentication in the console.

use domain::{
    key::Kind,
    organization::{Limit, Organization, Plan, Policy, SelfService},
    scope::Scopes,
};
use rstest::rstest;
use store::{OrganizationChange, testing::Engine};

use crate::harness::{App, Browser, ORIGIN, PASSWORD, basic, form, hidden_value, operator};

const SETTINGS: &str = "/t/acme/settings/organization";
const AUTHENTICATION: &str = "/t/acme/settings/authentication";
const LOG: &str = "/t/acme/settings/activity";

/// The key policy as its form sends it, nothing of it changed.
const POLICY: [(&str, &str); 11] = [
    ("section", "policy"),
    ("max_key_lifetime", "none"),
    ("max_key_lifetime_days", ""),
    ("allow_no_expiration", "on"),
    ("kinds", "both"),
    ("self_service", "members"),
    ("max_keys_per_environment", ""),
    ("max_keys_per_user", ""),
    ("key_notices", "admins"),
    ("expiry_reminders", "on"),
    ("scopes", ""),
];

/// The policy with other values; an empty one for a box leaves it out.
fn policy<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = POLICY.iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    let boxes = ["allow_no_expiration", "require_description", "expiry_reminders", "confirmed"];
    kept.chain(changes).copied().filter(|(name, value)| !boxes.contains(name) || !value.is_empty()).collect()
}

/// What the settings on a page are counted to.
fn revision(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="revision" value=""#).expect("a revision");
    rest.split('"').next().expect("a quote ends it").to_owned()
}

/// Opens the page at `path` and posts a section of it.
async fn save(browser: &mut Browser<'_>, path: &str, fields: &[(&str, &str)]) -> crate::harness::Answer {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let (form, revision) = (hidden_value(&page.body), revision(&page.body));
    let hidden = [("form", form.as_str()), ("revision", revision.as_str())];
    let fields: Vec<_> = fields.iter().copied().chain(hidden).collect();
    browser.post(path, &fields).await
}

async fn organization(app: &App) -> Organization {
    let acme = domain::slug::OrganizationSlug::parse("acme").unwrap();
    app.service.organization(operator(), &acme).await.unwrap().unwrap()
}

async fn set(app: &App, change: OrganizationChange) {
    let acme = organization(app).await;
    app.service.set_organization(operator(), &acme.slug, change).await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn name_and_time_zone_change_with_a_row_that_tells_before_and_after(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let general = |name, zone| {
        let contact = ("support_contact", " Tom,  +48 22 000 00 00 ");
        [("section", "general"), ("name", name), ("time_zone", zone), contact]
    };
    let refused = save(&mut browser, SETTINGS, &general(" ", "Europe/Nowhere")).await;
    assert_eq!(refused.status, 422);
    for words in
        ["<title>Error: ", "2 things to fix", "Enter a name.", "There is no time zone of this name.", "Europe/Nowhere"]
    {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    let saved = save(&mut browser, SETTINGS, &general("Acme Polska", "europe/warsaw")).await;
    assert_eq!((saved.status, saved.header("location")), (303, SETTINGS));
    let after = browser.get(SETTINGS).await.body;
    assert!(after.contains("Changes saved.") && after.contains("It is 13:00 there now."), "{after}");
    let acme = organization(&app).await;
    assert_eq!((acme.name.as_str(), acme.time_zone.as_str(), acme.revision), ("Acme Polska", "Europe/Warsaw", 2));
    let log = browser.get(LOG).await.body;
    for words in ["changed settings", "Acme Corp → Acme Polska", "UTC → Europe/Warsaw", "none → Tom, +48 22 000 00 00"]
    {
        assert!(log.contains(words), "{words}: {log}");
    }
    let again = save(&mut browser, SETTINGS, &general("Acme Polska", "Europe/Warsaw")).await;
    assert_eq!((again.status, organization(&app).await.revision), (303, 2), "nothing changed, nothing is written");
}

#[rstest]
#[tokio::test]
async fn two_administrators_never_save_over_each_other(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut slow = app.admin_of(&acme).await;
    let page = slow.get(SETTINGS).await.body;
    let mut quick = app.person(&acme, "ana@acme.test", domain::user::Role::Admin).await;
    assert_eq!(save(&mut quick, SETTINGS, &policy(&[("require_description", "on")])).await.status, 303);

    let (form, revision) = (hidden_value(&page), revision(&page));
    let mut fields = policy(&[("self_service", "off"), ("scopes", "a:b")]);
    fields.extend([("form", form.as_str()), ("revision", revision.as_str())]);
    let stale = slow.post(SETTINGS, &fields).await;
    assert_eq!(stale.status, 409);
    assert!(stale.body.contains("ana changed these settings at 12:00. Nothing of yours was saved."), "{}", stale.body);
    assert!(stale.body.contains("a:b"), "it comes back as it was typed");
    let now = organization(&app).await;
    assert!(now.policy.require_description && now.policy.self_service == SelfService::Members);
    fields.retain(|(name, _)| *name != "revision");
    assert_eq!(slow.post(SETTINGS, &fields).await.status, 422, "a form without its revision saves nothing");
    let seen = self::revision(&stale.body);
    fields.push(("revision", &seen));
    assert_eq!(slow.post(SETTINGS, &fields).await.status, 303, "whoever has seen it may go on");
    assert_eq!(organization(&app).await.policy.self_service, SelfService::Off);
}

#[rstest]
#[tokio::test]
async fn a_stricter_policy_says_first_what_it_does_not_reach(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let scopes = Scopes::parse("invoices:read").unwrap();
    let acme = app.organization("acme", "Acme Corp", Policy { scopes, ..Policy::default() }).await;
    let in_days = |days: i64| Some(app.now().plus_seconds(days * 86_400));
    for (name, days) in [("Short", 30), ("Long", 100), ("Longer", 200)] {
        app.key_with(&acme, name, "", Kind::Client, in_days(days)).await;
    }
    let endless = app.key_with(&acme, "Endless", "invoices:read", Kind::Token, None).await;
    let mut browser = app.admin_of(&acme).await;
    let strict = [
        ("max_key_lifetime", "custom"),
        ("max_key_lifetime_days", "60"),
        ("allow_no_expiration", ""),
        ("require_description", "on"),
        ("kinds", "client"),
        ("max_keys_per_environment", "3"),
    ];
    let asked = save(&mut browser, SETTINGS, &policy(&strict)).await;
    assert_eq!(asked.status, 200, "{}", asked.body);
    for words in [
        "Save this key policy?",
        "2 existing keys are longer than this. They keep their dates; new keys follow the policy.",
        "1 existing key has no expiration.",
        "4 existing keys have no description.",
        "1 existing key is sent as it is.",
        "Production has 4 keys, and the limit becomes 3.",
        "1 existing key carries invoices:read. It keeps it until it is removed; new keys cannot have it.",
    ] {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    assert_eq!(organization(&app).await.policy.max_key_lifetime_days, None, "nothing is saved yet");

    let confirmed = [strict.as_slice(), &[("confirmed", "yes")]].concat();
    assert_eq!(save(&mut browser, SETTINGS, &policy(&confirmed)).await.status, 303);
    let now = organization(&app).await.policy;
    assert_eq!((now.max_key_lifetime_days, now.allow_no_expiration, now.require_description), (Some(60), false, true));
    assert!(now.scopes.is_empty());
    let log = browser.get(LOG).await.body;
    for words in ["changed key policy", "none → 60", "invoices:read → none"] {
        assert!(log.contains(words), "{words}: {log}");
    }
    let kept =
        app.service.key(&operator().in_organization(acme.clone()), &endless.key.client_id).await.unwrap().unwrap();
    assert_eq!((kept.expires_at, kept.scopes.to_string()), (None, "invoices:read".to_owned()));

    let softer = save(&mut browser, SETTINGS, &policy(&[("max_key_lifetime", "365")])).await;
    assert_eq!(softer.status, 303, "what allows more asks nothing");
}

#[rstest]
#[tokio::test]
async fn administrators_go_below_the_operators_ceiling_and_never_above(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    for (typed, words) in [
        ("51", "Enter 50 or less: whoever runs this console allows no more."),
        ("-1", "Enter a whole number, or leave it empty."),
        ("1e3", "Enter a whole number, or leave it empty."),
        ("99999999999", "Enter a whole number, or leave it empty."),
    ] {
        let refused = save(&mut browser, SETTINGS, &policy(&[("max_keys_per_environment", typed)])).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{typed}: {}", refused.body);
    }
    assert_eq!(save(&mut browser, SETTINGS, &policy(&[("max_keys_per_environment", "20")])).await.status, 303);
    let limit = async || organization(&app).await.policy.max_keys_per_environment;
    assert_eq!(limit().await, Limit { ceiling: 50, own: Some(20) });

    for (ceiling, effective) in [(10, 10), (500, 20)] {
        set(&app, OrganizationChange { max_keys_per_environment: Some(ceiling), ..Default::default() }).await;
        assert_eq!(limit().await, Limit { ceiling, own: Some(20) });
        assert_eq!(limit().await.effective(), effective);
        let page = browser.get(SETTINGS).await.body;
        assert!(page.contains(&format!("Whoever runs this console allows {ceiling}")), "{page}");
        let kept = save(&mut browser, SETTINGS, &policy(&[("max_keys_per_environment", "20")])).await;
        assert_eq!(kept.status, 303, "what was chosen may stay");
    }
    let api = app.key(&acme, "API", "keys:read").await;
    let authorization = basic(api.key.client_id.as_str(), api.secret.expose());
    let token =
        app.send(form("grant_type=client_credentials", |request| request.header("authorization", authorization)));
    let token = token.await.json()["access_token"].as_str().unwrap().to_owned();
    let request = axum::http::Request::get("/api/v1/organization").header("authorization", format!("Bearer {token}"));
    let told = app.send(request.body(axum::body::Body::empty()).unwrap()).await.json();
    assert_eq!(
        (
            &told["max_keys_per_environment"],
            &told["max_keys_per_environment_ceiling"],
            &told["own_max_keys_per_environment"]
        ),
        (&20.into(), &500.into(), &20.into())
    );
}

#[rstest]
#[tokio::test]
async fn wrong_policies_come_back_filled(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    for (change, words) in [
        ([("scopes", "invoices:read keys:write")].as_slice(), "A scope of Keyline&#x27;s own API is among them"),
        (&[("scopes", "invoices\u{e9}")], "use printable ASCII"),
        (&[("max_key_lifetime", "custom"), ("max_key_lifetime_days", "0")], "Enter a number of days from 1 to 36500."),
        (&[("max_key_lifetime", "soon")], "Enter a number of days from 1 to 36500."),
        (&[("max_key_lifetime", "")], "Choose one of these."),
        (&[("kinds", "none")], "Choose one of these."),
        (&[("self_service", "everyone")], "Choose one of these."),
    ] {
        let refused = save(&mut browser, SETTINGS, &policy(change)).await;
        assert!(refused.status == 422 && refused.body.contains("<title>Error: "), "{change:?}");
        assert!(
            refused.body.contains(words) || refused.body.contains(&words.replace("&#x27;", "'")),
            "{words}: {}",
            refused.body
        );
    }
    assert_eq!(organization(&app).await.revision, 1);
    let spaced = [("scopes", "invoices:write\r\n  invoices:read\n")];
    assert_eq!(save(&mut browser, SETTINGS, &policy(&spaced)).await.status, 303);
    assert_eq!(organization(&app).await.policy.scopes.to_string(), "invoices:read invoices:write");
}

#[rstest]
#[tokio::test]
async fn what_the_operator_decides_is_out_of_reach_and_the_rest_works_while_keys_are_off(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    set(&app, OrganizationChange { api_keys: Some(false), plan: Some(Plan::Free), ..Default::default() }).await;
    for path in [SETTINGS, AUTHENTICATION] {
        let page = browser.get(path).await;
        assert!(page.status == 200 && page.body.contains("API keys aren't turned on for Acme Corp."), "{}", page.body);
    }
    let smuggled = [
        ("section", "general"),
        ("name", "Acme"),
        ("time_zone", "UTC"),
        ("plan", "enterprise"),
        ("api_keys", "on"),
        ("state", "disabled"),
        ("max_keys_per_environment", "1000"),
    ];
    assert_eq!(save(&mut browser, SETTINGS, &smuggled).await.status, 303);
    let now = organization(&app).await;
    assert_eq!((now.name.as_str(), now.plan, now.api_keys), ("Acme", Plan::Free, false));
    assert_eq!(now.policy.max_keys_per_environment, Limit { ceiling: 50, own: None });
    assert_eq!(save(&mut browser, SETTINGS, &[("section", "plan")]).await.status, 422);
}

#[rstest]
#[tokio::test]
async fn rules_for_keys_ask_for_the_password_after_a_quarter_of_an_hour(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    app.pass(15 * 60 + 1);
    let general = [("section", "general"), ("name", "Acme"), ("time_zone", "UTC")];
    assert_eq!(save(&mut browser, SETTINGS, &general).await.status, 303, "a name is no rule");
    let asked = save(&mut browser, SETTINGS, &policy(&[("self_service", "off")])).await;
    assert_eq!(asked.status, 401);
    assert!(asked.body.contains(r#"name="self_service" value="off""#), "{}", asked.body);
    assert_eq!(organization(&app).await.policy.self_service, SelfService::Members);
    let confirmed = save(&mut browser, SETTINGS, &policy(&[("self_service", "off"), ("password", PASSWORD)])).await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.body);
    assert_eq!(organization(&app).await.policy.self_service, SelfService::Off);
}

#[rstest]
#[tokio::test]
async fn environments_are_added_renamed_and_retired(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.key(&acme, "Billing", "").await;
    let mut browser = app.admin_of(&acme).await;
    let new = |name, slug| [("section", "environment"), ("name", name), ("slug", slug)];
    for (slug, words) in [
        ("ci", "This word is reserved."),
        ("QA", "Use lower-case letters and digits"),
        ("staging", "An environment has this slug"),
    ] {
        let refused = save(&mut browser, SETTINGS, &new("Quality", slug)).await;
        assert!(refused.status == 422 && refused.body.contains(words), "{slug}: {}", refused.body);
    }
    assert_eq!(save(&mut browser, SETTINGS, &new("Quality", "qa")).await.status, 303);
    assert!(browser.get(SETTINGS).await.body.contains("Quality was added."));

    let rename = format!("{SETTINGS}/environments/qa/rename");
    let refused = browser.submit(&rename, &rename, &[("name", "")]).await;
    assert!(refused.status == 422 && refused.body.contains("Enter a name."), "{}", refused.body);
    assert_eq!(browser.submit(&rename, &rename, &[("name", "Pre-release")]).await.header("location"), SETTINGS);
    assert!(browser.get(SETTINGS).await.body.contains("Quality is now called Pre-release."));

    let in_use = browser.get(&format!("{SETTINGS}/environments/production/retire")).await;
    assert!(in_use.status == 409 && in_use.body.contains("1 live key is in Production."), "{}", in_use.body);
    for slug in ["qa", "staging", "development"] {
        let retire = format!("{SETTINGS}/environments/{slug}/retire");
        assert_eq!(browser.submit(&retire, &retire, &[]).await.status, 303, "{slug}");
        assert_eq!(browser.get(&retire).await.status, 404, "{slug}");
    }
    let taken = save(&mut browser, SETTINGS, &new("Quality", "qa")).await;
    assert!(taken.body.contains("or had it before it was retired"), "{}", taken.body);
    assert_eq!(browser.get(&format!("{SETTINGS}/environments/nowhere/rename")).await.status, 404);
    let log = browser.get(LOG).await.body;
    for words in ["created environment", "renamed environment", "Quality → Pre-release", "retired environment"] {
        assert!(log.contains(words), "{words}: {log}");
    }
}

#[rstest]
#[tokio::test]
async fn access_tokens_live_as_long_as_is_set(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "Billing", "").await;
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get(AUTHENTICATION).await.body;
    for words in [
        "After 30 minutes without use, and in any case 12 hours after signing in",
        &format!("{ORIGIN}/oauth/token"),
        &format!("curl {ORIGIN}/oauth/token"),
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let tokens = |minutes, seconds| {
        [
            ("section", "tokens"),
            ("access_token_format", "opaque"),
            ("token_lifetime_min", minutes),
            ("token_lifetime_s", seconds),
        ]
    };
    for (minutes, seconds) in
        [("0", "29"), ("60", "1"), ("-5", "0"), ("5", "x"), ("99999999999", ""), ("71582789", "0")]
    {
        let refused = save(&mut browser, AUTHENTICATION, &tokens(minutes, seconds)).await;
        assert_eq!(refused.status, 422, "{minutes}:{seconds}");
        assert!(refused.body.contains("Choose from 30 seconds to 60 minutes"), "{}", refused.body);
    }
    for (minutes, seconds, lifetime) in [("5", "30", 330), ("", "45", 45), ("60", "", 3600), ("1", "30", 90)] {
        assert_eq!(save(&mut browser, AUTHENTICATION, &tokens(minutes, seconds)).await.status, 303);
        let authorization = basic(key.key.client_id.as_str(), key.secret.expose());
        let request = form("grant_type=client_credentials", |request| request.header("authorization", authorization));
        assert_eq!(app.send(request).await.json()["expires_in"], lifetime);
    }
    let page = browser.get(AUTHENTICATION).await.body;
    assert!(page.contains(r#"value="1""#) && page.contains(r#"value="30""#), "{page}");
    assert!(browser.get(LOG).await.body.contains("changed key policy"));
}
