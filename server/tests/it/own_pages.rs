//! A person's own keys in the console, without script: the same pages at another desk.

use domain::{
    key::{ApiKey, Kind, Owner},
    organization::{Organization, Policy, SelfService},
    user::Role,
};
use rstest::rstest;
use service::{
    authority::{Administrator, Origin},
    keys::{IssuedKey, KeyWanted},
};
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, Browser, PASSWORD, client_id_in, hidden_value, operator, secret_in, wanted};

const OWN: &str = "/t/acme/me/api-keys/production";
const ALL: &str = "/t/acme/settings/api-keys/production";
const LAPTOP: [(&str, &str); 3] = [("name", "Laptop"), ("kind", "token"), ("expiration", "90")];

async fn set(app: &App, organization: &Organization, change: OrganizationChange) {
    app.service.set_organization(operator(), &organization.slug, change).await.unwrap().unwrap();
}

async fn key_of(app: &App, organization: &Organization, email: &str, name: &str) -> IssuedKey {
    let owner = Owner::User(app.user(organization, email, Role::Member).await);
    app.insert(organization, KeyWanted { owner, ..wanted(name, "") }).await
}

async fn read(app: &App, organization: &Organization, client_id: &str) -> ApiKey {
    let manager = operator().in_organization(organization.clone());
    let client_id = domain::secret::ClientId::parse(client_id).unwrap();
    app.service.key(&manager, &client_id).await.unwrap().unwrap()
}

async fn administrator(app: &App, browser: &Browser<'_>) -> Administrator {
    let cookie = browser.cookie.as_deref().unwrap();
    let visitor = app.service.resume_session(cookie, Origin::default()).await.unwrap().unwrap().visitor;
    app.service.administrator(&visitor, "acme").await.unwrap().unwrap()
}

async fn create(browser: &mut Browser<'_>, list: &str, fields: &[(&str, &str)]) -> Answer {
    browser.submit(&format!("{list}/new"), list, fields).await
}

#[rstest]
#[tokio::test]
async fn a_member_makes_and_manages_their_own_and_no_other(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let shared = app.key(&acme, "Shared", "").await;
    let toms = key_of(&app, &acme, "tom@acme.test", "Tom's").await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    assert_eq!(mia.get("/").await.header("location"), "/t/acme");
    assert_eq!(mia.get("/t/acme").await.header("location"), OWN);
    assert_eq!(mia.get("/t/acme/me/api-keys").await.header("location"), OWN);
    let empty = mia.get(OWN).await.body;
    assert!(empty.contains("You have no keys in Production yet"), "{empty}");
    assert!(empty.contains("0<span class=\"sr-only\"> keys</span>"), "other people's keys are not counted: {empty}");
    assert!(!empty.contains("Shared") && !empty.contains("Tom"));

    let created = create(&mut mia, OWN, &LAPTOP).await;
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!((created.header("cache-control"), created.header("referrer-policy")), ("no-store", "no-referrer"));
    let id = client_id_in(&created.body);
    assert!(secret_in(&created.body).is_some());
    let key = read(&app, &acme, &id).await;
    assert!(matches!(key.owner, Owner::User(_)) && key.kind == Kind::Token && !key.suspend_on_sign_out);
    assert_eq!(key.owner_name.unwrap().as_str(), "mia");

    let list = mia.get(OWN).await.body;
    assert!(list.contains(&id) && list.contains("Laptop") && !list.contains(shared.key.client_id.as_str()));
    let details = mia.get(&format!("{OWN}/{id}")).await.body;
    assert!(details.contains("<dd>You</dd>") && !details.contains("/settings/activity"), "{details}");
    let why_not = r#"View activity<span class="menu-sub">Only organization administrators can do this.</span>"#;
    assert!(details.contains(why_not), "{details}");
    for verb in ["suspend", "reapprove", "rotate", "edit", "remove"] {
        for other in [&shared, &toms] {
            let path = format!("{OWN}/{}/{verb}", other.key.client_id);
            assert_eq!(mia.get(&path).await.status, 404, "{path}");
            let form = hidden_value(&mia.get(&format!("{OWN}/new")).await.body);
            assert_eq!(mia.post(&path, &[("form", &form)]).await.status, 404, "{path}");
        }
        let path = format!("{OWN}/{id}/{verb}");
        let fields = [("name", "Laptop"), ("grace_s", "0"), ("expiration", "same")];
        let done = mia.submit(&path, &path, &fields).await;
        assert!(matches!(done.status, 201 | 303), "{verb}: {}", done.body);
        assert_eq!(mia.get(&format!("{ALL}/{id}/{verb}")).await.status, 403);
    }
    assert!(mia.get(&format!("{OWN}?status=removed")).await.body.contains(&id));
}

#[rstest]
#[tokio::test]
async fn what_an_administrator_stopped_says_so_to_its_owner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut admin = app.admin_of(&acme).await;
    let id = client_id_in(&create(&mut mia, OWN, &LAPTOP).await.body);
    let says = "An administrator suspended it and has to re-approve it.";
    let own = format!("{OWN}/{id}/suspend");
    assert_eq!(mia.submit(&own, &own, &[]).await.status, 303);
    assert!(!mia.get(OWN).await.body.contains(says), "her own doing");
    let reapprove = format!("{OWN}/{id}/reapprove");
    assert_eq!(mia.submit(&reapprove, &reapprove, &[]).await.status, 303);
    let theirs = format!("{ALL}/{id}/suspend");
    assert_eq!(admin.submit(&theirs, &theirs, &[]).await.status, 303);
    for page in [OWN.to_owned(), format!("{OWN}/{id}")] {
        assert!(mia.get(&page).await.body.contains(says), "{page}");
    }
    assert!(!admin.get(ALL).await.body.contains(says));
    let refused = mia.get(&reapprove).await;
    assert!(refused.status == 409 && refused.body.contains(says), "{}", refused.body);
}

#[rstest]
#[tokio::test]
async fn nobody_makes_a_key_for_others(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    for (owner, status) in [("organization", 422), ("usr_1", 422)] {
        let fields = [("name", "Mine"), ("expiration", "90"), ("owner", owner)];
        assert_eq!(create(&mut mia, OWN, &fields).await.status, status, "{owner}");
    }
    assert!(mia.get(OWN).await.body.contains("You have no keys"));
}

#[rstest]
#[tokio::test]
async fn an_administrator_owns_keys_where_they_say_so(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut ana = app.admin_of(&acme).await;
    assert!(ana.get(&format!("{ALL}/new")).await.body.contains("Owned by me"));
    for (name, owner) in [("For all", ""), ("For all too", "organization"), ("Mine", "me")] {
        let fields = [("name", name), ("expiration", "90"), ("owner", owner)];
        let created = create(&mut ana, ALL, &fields).await;
        assert_eq!(created.status, 201, "{name}: {}", created.body);
        let key = read(&app, &acme, &client_id_in(&created.body)).await;
        assert_eq!(matches!(key.owner, Owner::User(_)), owner == "me", "{name}");
    }
    let (all, own) = (ana.get(ALL).await.body, ana.get(OWN).await.body);
    assert!(all.contains("For all too") && all.contains("owned by you") && all.contains("Your API keys"), "{all}");
    assert!(own.contains("Mine") && !own.contains("For all") && !own.contains("owned by you"), "{own}");

    set(&app, &acme, OrganizationChange { self_service: Some(SelfService::Off), ..Default::default() }).await;
    let form = ana.get(&format!("{ALL}/new")).await.body;
    assert!(!form.contains("Owned by me") && !form.contains("Your API keys"));
    let refused = create(&mut ana, ALL, &[("name", "More"), ("expiration", "90"), ("owner", "me")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("does not let this person own keys"), "{}", refused.body);
}

#[rstest]
#[tokio::test]
async fn an_administrator_sees_a_members_key_but_not_its_secret(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = key_of(&app, &acme, "mia@acme.test", "Laptop").await;
    let mut ana = app.admin_of(&acme).await;
    let list = ana.get(ALL).await.body;
    assert!(list.contains("owned by mia") && list.contains("Only its owner may see its secret."), "{list}");
    let page = format!("{ALL}/{}", key.key.client_id);
    assert!(ana.get(&page).await.body.contains("<dd>mia</dd>"));
    let rotate = format!("{page}/rotate");
    let question = ana.get(&rotate).await;
    assert_eq!(question.status, 409);
    assert!(question.body.contains("Only its owner may see its secret."), "{}", question.body);
    let form = hidden_value(&ana.get(&format!("{page}/suspend")).await.body);
    let rotated = ana.post(&rotate, &[("form", &form), ("grace_s", "0"), ("expiration", "same")]).await;
    assert_eq!(rotated.status, 409);
    assert_eq!(secret_in(&rotated.body), None);
    let suspend = format!("{page}/suspend");
    assert_eq!(ana.submit(&suspend, &suspend, &[]).await.status, 303);
}

#[rstest]
#[tokio::test]
async fn policy_and_role_count_on_the_next_request(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut ana = app.admin_of(&acme).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let form = hidden_value(&mia.get(&format!("{OWN}/new")).await.body);
    let create = [LAPTOP.as_slice(), &[("form", form.as_str())]].concat();
    for (self_service, ana_may, mia_may) in
        [(SelfService::Admins, true, false), (SelfService::Off, false, false), (SelfService::Members, true, true)]
    {
        set(&app, &acme, OrganizationChange { self_service: Some(self_service), ..Default::default() }).await;
        let status = |may| if may { 200 } else { 403 };
        assert_eq!(ana.get(OWN).await.status, status(ana_may), "{self_service}");
        let page = mia.get(OWN).await;
        assert_eq!(page.status, status(mia_may), "{self_service}");
        if !mia_may {
            assert!(page.body.contains("Ask an organization administrator: admin."), "{}", page.body);
            assert_eq!(mia.post(OWN, &create).await.status, 403, "{self_service}");
        }
    }
    set(&app, &acme, OrganizationChange { api_keys: Some(false), ..Default::default() }).await;
    let off = mia.get(OWN).await;
    assert_eq!(off.status, 403);
    assert!(off.body.contains("turned on for Acme Corp"));
    set(&app, &acme, OrganizationChange { api_keys: Some(true), ..Default::default() }).await;
    assert_eq!(mia.post(OWN, &create).await.status, 201);

    assert_eq!(mia.get(ALL).await.status, 403);
    let id = app.user(&acme, "mia@acme.test", Role::Member).await;
    let manager = administrator(&app, &ana).await;
    app.service.set_role(&app.service.recent(&manager).unwrap(), &id, Role::Admin).await.unwrap().unwrap();
    assert_eq!(mia.get(ALL).await.status, 200);
    app.service.set_role(&app.service.recent(&manager).unwrap(), &id, Role::Member).await.unwrap().unwrap();
    assert_eq!(mia.get(ALL).await.status, 403);
}

#[rstest]
#[tokio::test]
async fn the_limits_are_said_where_they_are_met(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let policy = Policy { max_keys_per_environment: 3.into(), max_keys_per_user: 1.into(), ..Policy::default() };
    let acme = app.organization("acme", "Acme", policy).await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    assert_eq!(create(&mut mia, OWN, &LAPTOP).await.status, 201);
    assert!(mia.get(OWN).await.body.contains("1 of 1 keys of your own used."));
    let more = create(&mut mia, OWN, &[("name", "Second"), ("expiration", "90")]).await;
    assert_eq!(more.status, 409);
    assert!(more.body.contains("1 of 1 keys of your own used."), "{}", more.body);

    let mut tom = app.person(&acme, "tom@acme.test", Role::Member).await;
    app.key(&acme, "Shared", "").await;
    app.key(&acme, "Shared too", "").await;
    let full = tom.get(OWN).await.body;
    assert!(full.contains("3 of 3 keys used in Production.") && full.contains("ask an organization administrator"));
}

#[rstest]
#[tokio::test]
async fn signing_out_suspends_what_is_to_be_suspended(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut mia = app.person(&acme, "mia@acme.test", Role::Member).await;
    let fields = [LAPTOP.as_slice(), &[("suspend_on_sign_out", "on")]].concat();
    let created = create(&mut mia, OWN, &fields).await;
    let (id, secret) = (client_id_in(&created.body), secret_in(&created.body).unwrap());
    let details = mia.get(&format!("{OWN}/{id}")).await.body;
    assert!(details.contains("Suspended until its owner re-approves it"), "{details}");

    let signed_out = mia.post("/sign-out", &[("form", &hidden_value(&details))]).await;
    assert_eq!(signed_out.status, 303);
    assert!(app.service.bearer(&secret).await.unwrap().is_err());
    let mut ana = app.admin_of(&acme).await;
    let page = format!("{ALL}/{id}");
    let waits = ana.get(&page).await.body;
    assert!(waits.contains("Suspended · owner signed out"), "{waits}");
    assert!(waits.contains("It waits for its owner, who signed out."));
    let reapprove = ana.get(&format!("{page}/reapprove")).await;
    assert_eq!(reapprove.status, 409);
    assert!(reapprove.body.contains("It waits for its owner, who signed out."), "{}", reapprove.body);

    mia.sign_in("mia@acme.test", PASSWORD).await;
    let path = format!("{OWN}/{id}/reapprove");
    assert_eq!(mia.submit(&path, &path, &[]).await.status, 303);
    assert!(app.service.bearer(&secret).await.unwrap().is_ok());
}

#[rstest]
#[tokio::test]
async fn a_box_that_means_nothing_is_refused(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut ana = app.admin_of(&acme).await;
    for (name, kind, owner) in [("Pair", "client", "me"), ("Shared", "token", "organization")] {
        let fields =
            [("name", name), ("kind", kind), ("owner", owner), ("suspend_on_sign_out", "on"), ("expiration", "90")];
        let created = create(&mut ana, ALL, &fields).await;
        assert_eq!(created.status, 422, "{name}: {}", created.body);
        assert!(created.body.contains("can be suspended when you sign out. Untick the box"), "{}", created.body);
        let ticked = created.body.split(r#"name="suspend_on_sign_out""#).nth(1).unwrap();
        assert!(ticked.split('>').next().unwrap().contains("checked"), "what was ticked stays: {}", created.body);
    }
}
