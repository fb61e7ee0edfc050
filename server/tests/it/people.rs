//! Accounts, memberships, invitations and environments.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::{
    email::Email,
    id::UserId,
    key::{Owner, StatusReason},
    name::Name,
    organization::{Organization, Policy},
    slug::EnvironmentSlug,
    user::{Role, UserState},
};
use rstest::rstest;
use service::{
    accounts::{AccountRefused, PasswordRefused, ResetLinkRefused},
    activity_chain::Fault,
    authority::{Administrator, Denied, Origin, Visitor},
    form::FormId,
    invitations::{AcceptRefused, INVITATION_S, Invited},
    keys::{CreateRefused, IssuedKey, KeyWanted},
};
use store::{CreateEnvironment, IssuedTokens, RetireEnvironment, testing::Engine};
use zeroize::Zeroizing;

use crate::harness::{Answer, App, Browser, PASSWORD, basic, form, operator, wanted};

const NEW_PASSWORD: &str = "granite lantern hums at noon";

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// The token that is handed over where no mail is sent.
fn by_hand(invited: &Invited) -> &str {
    invited.token.as_deref().unwrap()
}

fn password(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

async fn visitor(app: &App, browser: &Browser<'_>) -> Visitor {
    let cookie = browser.cookie.as_deref().unwrap();
    app.service.resume_session(cookie, Origin::default()).await.unwrap().unwrap().visitor
}

async fn administrator(app: &App, browser: &Browser<'_>, slug: &str) -> Administrator {
    app.service.administrator(&visitor(app, browser).await, slug).await.unwrap().unwrap()
}

async fn user(app: &App, organization: &Organization, address: &str) -> UserId {
    app.service.member_by_email(operator(), organization, &email(address)).await.unwrap().unwrap().user
}

async fn owned(app: &App, organization: &Organization, owner: &UserId, name: &str) -> IssuedKey {
    app.insert(organization, KeyWanted { owner: Owner::User(owner.clone()), ..wanted(name, "") }).await
}

async fn token(app: &App, key: &IssuedKey) -> Answer {
    let authorization = basic(key.key.client_id.as_str(), key.secret.expose());
    app.send(form("grant_type=client_credentials", |request| request.header("authorization", authorization))).await
}

async fn is_active(app: &App, token: &str) -> bool {
    app.service.bearer(token).await.unwrap().is_ok()
}

#[rstest]
#[tokio::test]
async fn keys_stop_with_their_owner_and_come_back(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mia = user(&app, &acme, "mia@acme.test").await;
    let (live, by_hand) = (owned(&app, &acme, &mia, "Live").await, owned(&app, &acme, &mia, "By hand").await);
    let everyone = operator().in_organization(acme.clone());
    let run_out = IssuedTokens::RunOut;
    app.service.suspend_key(&everyone, &by_hand.key.client_id, None, run_out, None).await.unwrap().unwrap();
    let issued = token(&app, &live).await.json()["access_token"].as_str().unwrap().to_owned();
    assert!(is_active(&app, &issued).await);

    let set = async |state| app.service.set_account_state(operator(), &email("mia@acme.test"), state).await.unwrap();
    assert!(set(UserState::Deactivated).await.is_ok());
    let unknown = app.send(form("grant_type=client_credentials&client_id=kl_ci_0&client_secret=x", |r| r)).await;
    let refused = token(&app, &live).await;
    assert_eq!((refused.status, &refused.body), (401, &unknown.body));
    assert!(!is_active(&app, &issued).await, "tokens stop with their owner");
    assert_eq!(browser.get("/").await.header("location"), "/sign-in");
    assert_eq!(Browser::new(&app).sign_in("mia@acme.test", PASSWORD).await.status, 401);

    assert!(set(UserState::Active).await.is_ok());
    assert_eq!(token(&app, &live).await.status, 200);
    assert_eq!(token(&app, &by_hand).await.status, 401, "a person suspended it");
    assert!(!is_active(&app, &issued).await, "tokens issued before stay dead");
    assert_eq!(set(UserState::Active).await.err(), Some(AccountRefused::Unchanged));
}

#[rstest]
#[tokio::test]
async fn administrators_manage_memberships_of_their_own_organization(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let admin = app.admin_of(&acme).await;
    let mut mia_there = app.person(&globex, "mia@acme.test", Role::Member).await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    let mia = user(&app, &acme, "mia@acme.test").await;
    let (here, there) = (owned(&app, &acme, &mia, "Here").await, owned(&app, &globex, &mia, "There").await);
    let ada = administrator(&app, &admin, "acme").await;
    let denied = app.service.administrator(&visitor(&app, &mia_there).await, "acme").await.unwrap();
    assert!(matches!(denied, Err(Denied::Role { .. })));

    let set = async |user: &UserId, state| app.service.set_membership_state(&ada, user, state).await.unwrap();
    assert_eq!(set(&mia, UserState::Deactivated).await, Ok(()));
    assert_eq!((token(&app, &here).await.status, token(&app, &there).await.status), (401, 200));
    assert_eq!(mia_there.get("/t/acme").await.status, 404);
    assert_eq!(mia_there.get("/t/globex").await.status, 303, "the account is untouched");
    assert_eq!(set(&mia, UserState::Active).await, Ok(()));
    assert_eq!(token(&app, &here).await.status, 200);

    let own = ada.member().user.clone();
    let last = AccountRefused::LastAdmin(acme.slug.clone());
    assert_eq!(last.code(), "last_admin");
    assert_eq!(set(&own, UserState::Deactivated).await, Err(last.clone()));
    assert_eq!(app.service.set_role(&app.service.recent(&ada).unwrap(), &own, Role::Member).await.unwrap(), Err(last));
    assert_eq!(app.service.set_role(&app.service.recent(&ada).unwrap(), &mia, Role::Admin).await.unwrap(), Ok(()));
    assert_eq!(mia_there.get("/t/acme/settings/api-keys/production").await.status, 200, "from the next request on");
    assert_eq!(app.service.members(&ada).await.unwrap().len(), 2);
    let stranger = user(&app, &globex, "mia@acme.test").await;
    assert_eq!(stranger, mia);
    app.user(&globex, "eve@globex.test", Role::Member).await;
    let eve = user(&app, &globex, "eve@globex.test").await;
    assert_eq!(set(&eve, UserState::Deactivated).await, Err(AccountRefused::NotFound));
}

#[rstest]
#[tokio::test]
async fn a_link_lets_a_person_choose_a_password_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut signed_in = app.person(&acme, "mia@acme.test", Role::Admin).await;
    let token = app.service.reset_link(operator(), &email("mia@acme.test")).await.unwrap().unwrap();
    let path = format!("/reset/{}", *token);
    let mut browser = Browser::new(&app);
    assert_eq!(browser.get("/reset/nonsense").await.status, 404);
    let page = browser.get(&path).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert!(page.body.contains("mia@acme.test"));
    let weak = browser.post(&path, &[("password", "mia@acme.test")]).await;
    assert_eq!(weak.status, 422);
    assert!(weak.body.contains("Error: ") && weak.body.contains("easy to guess"), "{}", weak.body);
    let saved = browser.post(&path, &[("password", NEW_PASSWORD)]).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/sign-in"));
    assert_eq!(browser.post(&path, &[("password", PASSWORD)]).await.status, 404, "a link works once");
    assert_eq!(signed_in.get("/").await.header("location"), "/sign-in", "other sessions end");
    assert_eq!(browser.sign_in("mia@acme.test", PASSWORD).await.status, 401);
    assert_eq!(browser.sign_in("mia@acme.test", NEW_PASSWORD).await.status, 303);

    let late = app.service.reset_link(operator(), &email("mia@acme.test")).await.unwrap().unwrap();
    app.pass(service::accounts::RESET_LINK_S);
    assert_eq!(browser.get(&format!("/reset/{}", *late)).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn an_administrator_resets_only_people_of_that_organization(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let admin = app.admin_of(&acme).await;
    for address in ["mia@acme.test", "ben@acme.test"] {
        app.user(&acme, address, Role::Member).await;
    }
    app.user(&globex, "ben@acme.test", Role::Member).await;
    let ada = administrator(&app, &admin, "acme").await;
    let link = async |address: &str| {
        app.service
            .reset_link_of_member(&app.service.recent(&ada).unwrap(), &user(&app, &acme, address).await)
            .await
            .unwrap()
    };
    assert!(link("mia@acme.test").await.is_ok());
    assert_eq!(link("ben@acme.test").await.err(), Some(ResetLinkRefused::Elsewhere));
}

#[rstest]
#[tokio::test]
async fn a_changed_password_ends_other_sessions(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut here = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mut there = Browser::new(&app);
    there.sign_in("mia@acme.test", PASSWORD).await;
    let (mia, cookie) = (visitor(&app, &here).await, here.cookie.clone().unwrap());
    let change = async |present: &str, new: &str| {
        app.service.change_password(&mia, &cookie, password(present), password(new)).await.unwrap()
    };
    assert_eq!(change("not the right password", NEW_PASSWORD).await, Err(PasswordRefused::Wrong));
    assert!(matches!(change(PASSWORD, "short").await, Err(PasswordRefused::Field(_))));
    assert_eq!(change(PASSWORD, NEW_PASSWORD).await, Ok(()));
    assert_eq!(here.get("/").await.header("location"), "/t/acme");
    assert_eq!(there.get("/").await.header("location"), "/sign-in");
}

/// The id of a form that nobody has sent yet.
fn form_id() -> FormId {
    static LAST: AtomicU32 = AtomicU32::new(0);
    FormId(LAST.fetch_add(1, Ordering::Relaxed).to_string())
}

#[rstest]
#[tokio::test]
async fn people_join_by_invitation(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let admin = app.admin_of(&acme).await;
    let ada = administrator(&app, &admin, "acme").await;
    let known = app.person(&globex, "ben@globex.test", Role::Member).await;
    assert!(
        app.service
            .invite(&app.service.recent(&ada).unwrap(), &form_id(), email("admin@acme.test"), Role::Member)
            .await
            .unwrap()
            .is_err()
    );

    let invited = app
        .service
        .invite(&app.service.recent(&ada).unwrap(), &form_id(), email("mia@acme.test"), Role::Member)
        .await
        .unwrap()
        .unwrap();
    let accept = async |token: &str, name: &str, secret: &str| {
        app.service.accept_with_new_account(token, name, password(secret), Origin::default()).await.unwrap()
    };
    let weak = accept(by_hand(&invited), " ", "short").await;
    assert!(matches!(weak, Err(AcceptRefused::Fields(errors)) if errors.len() == 2));
    assert!(accept(by_hand(&invited), "Mia", PASSWORD).await.is_ok());
    assert_eq!(accept(by_hand(&invited), "Mia", PASSWORD).await, Err(AcceptRefused::LinkOver));
    assert_eq!(Browser::new(&app).sign_in("mia@acme.test", PASSWORD).await.status, 303);

    let ben = visitor(&app, &known).await;
    let other = app
        .service
        .invite(&app.service.recent(&ada).unwrap(), &form_id(), email("eve@acme.test"), Role::Member)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(app.service.accept_as(&ben, by_hand(&other)).await.unwrap(), Err(AcceptRefused::OtherAddress));
    let invited = app
        .service
        .invite(&app.service.recent(&ada).unwrap(), &form_id(), email("BEN@globex.test"), Role::Admin)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(accept(by_hand(&invited), "Ben", PASSWORD).await, Err(AcceptRefused::AccountExists));
    assert_eq!(app.service.accept_as(&ben, by_hand(&invited)).await.unwrap(), Ok(ben.user().clone()));
    assert_eq!(app.service.memberships(&ben).await.unwrap().len(), 2);

    assert_eq!(app.service.invitations(&ada).await.unwrap(), std::slice::from_ref(&other.invitation));
    app.pass(INVITATION_S);
    assert_eq!(accept(by_hand(&other), "Eve", PASSWORD).await, Err(AcceptRefused::LinkOver));
    assert!(!app.service.withdraw_invitation(&ada, &other.invitation.id).await.unwrap(), "it is over");
    let again = app.admin_of(&acme).await;
    let ada = administrator(&app, &again, "acme").await;
    let last = app
        .service
        .invite(&app.service.recent(&ada).unwrap(), &form_id(), email("eve@acme.test"), Role::Member)
        .await
        .unwrap()
        .unwrap();
    assert!(app.service.withdraw_invitation(&ada, &last.invitation.id).await.unwrap());
    assert_eq!(accept(by_hand(&last), "Eve", PASSWORD).await, Err(AcceptRefused::LinkOver));
}

#[rstest]
#[tokio::test]
async fn who_joins_another_organization_goes_on_with_another_cookie(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let admin = app.admin_of(&acme).await;
    let ada = administrator(&app, &admin, "acme").await;
    let mut ben = app.person(&globex, "ben@globex.test", Role::Member).await;
    let recent = app.service.recent(&ada).unwrap();
    let invited =
        app.service.invite(&recent, &form_id(), email("ben@globex.test"), Role::Admin).await.unwrap().unwrap();
    let before = ben.cookie.clone();
    let link = format!("/invite/{}", by_hand(&invited));
    let joined = ben.submit(&link, &link, &[]).await;
    assert_eq!((joined.status, joined.header("location")), (303, "/t/acme"), "{}", joined.body);
    assert_ne!(ben.cookie, before);
    assert_eq!(ben.get("/t/acme").await.header("location"), "/t/acme/settings/api-keys/production");
    let after = std::mem::replace(&mut ben.cookie, before);
    assert_eq!(
        ben.get("/t/acme").await.header("location"),
        "/sign-in?return_to=%2Ft%2Facme",
        "the one before is nobody's"
    );
    ben.cookie = after;
    assert_eq!(ben.get("/t/acme").await.status, 303);
}

#[rstest]
#[tokio::test]
async fn administrators_manage_environments(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mut browser = app.admin_of(&acme).await;
    let admin = administrator(&app, &browser, "acme").await;
    let slug = |text: &str| EnvironmentSlug::parse(text).unwrap();
    assert!(EnvironmentSlug::parse("ci").is_err());
    let made = app.service.create_environment(&admin, slug("qa"), Name::parse("QA").unwrap()).await.unwrap();
    assert_eq!(made, CreateEnvironment::Created);
    assert!(app.service.rename_environment(&admin, &slug("qa"), Name::parse("Quality").unwrap()).await.unwrap());
    let page = browser.get("/t/acme/settings/api-keys/qa").await;
    assert!(page.status == 200 && page.body.contains("Quality"), "{}", page.body);
    app.key(&acme, "Live", "").await;
    let retire = async |environment| app.service.retire_environment(&admin, &environment).await.unwrap();
    assert_eq!(retire(slug("production")).await, RetireEnvironment::InUse { live_keys: 1 });
    assert_eq!(retire(slug("qa")).await, RetireEnvironment::Retired);
    assert_eq!(retire(slug("qa")).await, RetireEnvironment::NotFound);
    assert_eq!(browser.get("/t/acme/settings/api-keys/qa").await.status, 404);
    let operator = operator().in_organization(acme.clone());
    let late = app.service.create_key(&operator, &slug("qa"), wanted("Late", ""), None).await.unwrap();
    assert!(matches!(late, Err(CreateRefused::NoEnvironment)));
}

#[rstest]
#[tokio::test]
async fn an_altered_activity_log_is_found_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    for (change, sequence, fault) in [
        ("UPDATE activity SET actor_name = 'Nobody' WHERE sequence = 2", 2, Fault::Altered),
        ("UPDATE activity SET event = 'nothing' WHERE sequence = 3", 3, Fault::Unreadable),
        ("DELETE FROM activity WHERE sequence = 2", 2, Fault::Missing),
        ("DELETE FROM activity WHERE sequence = 4", 4, Fault::Missing),
        ("UPDATE activity SET previous_hash = hash WHERE sequence = 3", 3, Fault::Detached),
        ("UPDATE activity SET sequence = 9 WHERE sequence = 4", 4, Fault::Missing),
        (
            "UPDATE activity_heads SET sequence = 3, hash = (SELECT hash FROM activity WHERE sequence = 3)",
            4,
            Fault::Beyond,
        ),
    ] {
        let app = App::start(engine).await;
        let acme = app.acme().await;
        for name in ["One", "Two", "Three"] {
            app.key(&acme, name, "").await;
        }
        let verified = app.service.verify_activity(operator()).await.unwrap().unwrap();
        assert_eq!(verified.iter().map(|chain| chain.rows).collect::<Vec<_>>(), [4]);
        let guards = match engine {
            Engine::Sqlite => ["DROP TRIGGER activity_no_update", "DROP TRIGGER activity_no_delete"],
            Engine::Postgres => ["ALTER TABLE activity DISABLE TRIGGER USER", "SELECT 1"],
        };
        for sql in guards.into_iter().chain([change]) {
            app.database.execute(sql).await.unwrap();
        }
        let broken = app.service.verify_activity(operator()).await.unwrap().unwrap_err();
        assert_eq!((broken.sequence, broken.fault), (sequence, fault), "{change}: {broken}");
    }
}

#[rstest]
#[tokio::test]
async fn a_stopped_owner_shows_as_the_reason(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    let mia = user(&app, &acme, "mia@acme.test").await;
    let key = owned(&app, &acme, &mia, "Live").await;
    let mia = email("mia@acme.test");
    app.service.set_account_state(operator(), &mia, UserState::Deactivated).await.unwrap().unwrap();
    let everyone = operator().in_organization(acme);
    let read = app.service.key(&everyone, &key.key.client_id).await.unwrap().unwrap();
    assert_eq!(read.status_reason(app.now()), Some(StatusReason::OwnerDeactivated));
}
