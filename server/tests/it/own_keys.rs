//! Keys that people own themselves: self-service, personal credentials, suspension at sign-out.

use domain::{
    id::UserId,
    key::{ApiKey, Kind, Owner, Status, StatusReason, VerbRefused},
    name::Description,
    organization::{Kinds, Organization, Plan, Policy, SelfService},
    slug::EnvironmentSlug,
    user::Role,
};
use rstest::rstest;
use service::{
    authority::{InSession, KeyManager, KeyOwner, Origin, OwnKeysDenied, Reach, Visitor},
    keys::{ChangeRefused, CreateRefused, Created, GRACE_MAX_S, IssuedKey, KeyWanted, Rotation},
    personal::{GenerateRefused, PairThere},
};
use store::{IssuedTokens, OrganizationChange, testing::Engine};

use crate::harness::{App, Browser, PASSWORD, basic, form, hidden_value, operator, wanted};

async fn visitor(app: &App, browser: &Browser<'_>) -> Visitor {
    let cookie = browser.cookie.as_deref().unwrap();
    app.service.resume_session(cookie, Origin::default()).await.unwrap().unwrap().visitor
}

async fn key_owner(app: &App, browser: &Browser<'_>) -> Result<KeyOwner, OwnKeysDenied> {
    app.service.key_owner(&visitor(app, browser).await, "acme").await.unwrap()
}

fn of(owner: &UserId, name: &str, scopes: &str) -> KeyWanted {
    KeyWanted { owner: Owner::User(owner.clone()), ..wanted(name, scopes) }
}

async fn create(
    app: &App,
    person: &(impl InSession + KeyManager),
    wanted: KeyWanted,
) -> Result<IssuedKey, CreateRefused> {
    let maker = app.service.recent(person).unwrap();
    let production = EnvironmentSlug::parse("production").unwrap();
    app.service.create_key(&maker, &production, wanted, None).await.unwrap().map(issued)
}

fn issued(created: Created) -> IssuedKey {
    match created {
        Created::Issued(issued) => *issued,
        Created::Replayed(_) => panic!("nothing was repeated"),
    }
}

async fn status_of_token(app: &App, key: &IssuedKey) -> u16 {
    let authorization = basic(key.key.client_id.as_str(), key.secret.expose());
    let request = form("grant_type=client_credentials", |request| request.header("authorization", authorization));
    app.send(request).await.status
}

async fn set(app: &App, organization: &Organization, change: OrganizationChange) {
    app.service.set_organization(operator(), &organization.slug, change).await.unwrap().unwrap();
}

#[rstest]
#[tokio::test]
async fn each_gate_closes_own_keys(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let (admin, member) = (app.admin_of(&acme).await, app.person(&acme, "mia@acme.test", Role::Member).await);
    let stranger = app.admin_of(&globex).await;
    assert_eq!(key_owner(&app, &stranger).await.err(), Some(OwnKeysDenied::NotFound));
    for (self_service, admin_may, member_may) in
        [(SelfService::Members, true, true), (SelfService::Admins, true, false), (SelfService::Off, false, false)]
    {
        set(&app, &acme, OrganizationChange { self_service: Some(self_service), ..Default::default() }).await;
        for (person, may) in [(&admin, admin_may), (&member, member_may)] {
            match key_owner(&app, person).await {
                Ok(_) => assert!(may, "{self_service}"),
                Err(OwnKeysDenied::SelfServiceOff { administrators, .. }) => {
                    assert!(!may && administrators.len() == 1, "{self_service}");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    set(&app, &acme, OrganizationChange { api_keys: Some(false), ..Default::default() }).await;
    assert!(matches!(key_owner(&app, &member).await, Err(OwnKeysDenied::FeatureOff { .. })));
}

#[rstest]
#[tokio::test]
async fn members_see_and_manage_only_their_own(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (admin, member) = (app.admin_of(&acme).await, app.person(&acme, "mia@acme.test", Role::Member).await);
    let admin = app.service.org_admin(&visitor(&app, &admin).await, "acme").await.unwrap().unwrap();
    let mia = key_owner(&app, &member).await.unwrap();
    let (own_id, admin_id) = (mia.member().user.clone(), admin.member().user.clone());
    let shared = app.key(&acme, "Shared", "").await;
    let own = create(&app, &mia, of(&own_id, "Mine", "")).await.unwrap();
    let admins = create(&app, &admin, of(&admin_id, "Owned by me", "")).await.unwrap();

    assert!(app.service.key(&mia, &own.key.client_id).await.unwrap().is_some());
    for other in [&shared, &admins] {
        let id = &other.key.client_id;
        assert!(app.service.key(&mia, id).await.unwrap().is_none());
        let refused = app.service.reapprove_key(&mia, id, None).await.unwrap();
        assert!(matches!(refused, Err(ChangeRefused::NotFound)));
    }
    for wanted in [wanted("For all", ""), of(&admin_id, "Hers", "")] {
        assert!(matches!(create(&app, &mia, wanted).await, Err(CreateRefused::NotOwner)));
    }
    let for_mia = create(&app, &admin, of(&own_id, "For Mia", "")).await;
    assert!(matches!(for_mia, Err(CreateRefused::NotOwner)), "nobody else sees the secret");
}

#[rstest]
#[tokio::test]
async fn a_key_does_what_its_owner_may_at_that_moment(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (admin, member) = (app.admin_of(&acme).await, app.person(&acme, "mia@acme.test", Role::Member).await);
    let ada = app.service.administrator(&visitor(&app, &admin).await, "acme").await.unwrap().unwrap();
    let mia = key_owner(&app, &member).await.unwrap();
    let id = mia.member().user.clone();
    let wanted = KeyWanted { kind: Kind::Token, ..of(&id, "Mine", "keys:read keys:write") };
    let own = create(&app, &mia, wanted).await.unwrap();
    let reach = async || app.service.api_client(own.secret.expose(), Origin::default()).await.unwrap().unwrap().reach();
    assert_eq!(reach().await, Reach::OwnedBy(id.clone()));
    app.service.set_role(&app.service.recent(&ada).unwrap(), &id, Role::Admin).await.unwrap().unwrap();
    assert_eq!(reach().await, Reach::Organization);
    app.service.set_role(&app.service.recent(&ada).unwrap(), &id, Role::Member).await.unwrap().unwrap();
    assert_eq!(reach().await, Reach::OwnedBy(id));
}

#[rstest]
#[tokio::test]
async fn a_person_owns_ten_keys(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mia = key_owner(&app, &member).await.unwrap();
    let id = mia.member().user.clone();
    for number in 1..=10 {
        assert!(create(&app, &mia, of(&id, &format!("Key {number}"), "")).await.is_ok(), "{number}");
    }
    let eleventh = create(&app, &mia, of(&id, "Key 11", "")).await;
    assert!(matches!(eleventh, Err(CreateRefused::OwnerFull { limit: 10 })));
    let mia = app.service.recent(&mia).unwrap();
    assert!(
        app.service
            .generate_credentials(&mia, None, PairThere::Replaced(IssuedTokens::RunOut), None)
            .await
            .unwrap()
            .is_ok(),
        "it is not counted"
    );
}

#[rstest]
#[tokio::test]
async fn generating_again_ends_the_pair_before(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mia = key_owner(&app, &member).await.unwrap();
    let generate = async |owner: &KeyOwner| {
        let owner = app.service.recent(owner).unwrap();
        let made = app
            .service
            .generate_credentials(&owner, None, PairThere::Replaced(IssuedTokens::RunOut), None)
            .await
            .unwrap();
        made.map(issued)
    };
    let first = generate(&mia).await.ok().unwrap();
    assert!(first.key.personal && first.key.kind == Kind::Client && first.key.name.as_str() == "mia");
    assert_eq!((first.key.environment.as_str(), first.key.expires_at), ("production", None));
    assert_eq!(status_of_token(&app, &first).await, 200);
    let second = generate(&mia).await.ok().unwrap();
    assert_eq!(second.key.client_id, first.key.client_id);
    assert_eq!((status_of_token(&app, &first).await, status_of_token(&app, &second).await), (401, 200));

    set(&app, &acme, OrganizationChange { plan: Some(Plan::Free), ..Default::default() }).await;
    let downgraded = key_owner(&app, &member).await.unwrap();
    assert_eq!(generate(&downgraded).await.err(), Some(GenerateRefused::PlanRequired));
    assert_eq!(GenerateRefused::PlanRequired.code(), "plan_required");
    assert_eq!(status_of_token(&app, &second).await, 200, "a downgrade stops nothing");

    set(&app, &acme, OrganizationChange { plan: Some(Plan::Growth), ..Default::default() }).await;
    let namesake = app.person(&acme, "mia@globex.test", Role::Member).await;
    let other = generate(&key_owner(&app, &namesake).await.unwrap()).await.ok().unwrap();
    assert!(other.key.name.as_str().starts_with("mia ") && other.key.client_id != first.key.client_id);
    let nowhere = EnvironmentSlug::parse("moon").unwrap();
    let third = app.person(&acme, "ben@acme.test", Role::Member).await;
    let third = key_owner(&app, &third).await.unwrap();
    let third = app.service.recent(&third).unwrap();
    let refused = app.service.generate_credentials(&third, Some(nowhere), PairThere::Stays, None).await.unwrap();
    assert_eq!(refused.map(issued).err(), Some(GenerateRefused::NoEnvironment));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_pairs_generated_at_once_one_lives(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let member = app.person(&acme, "mia@acme.test", Role::Member).await;
    let mia = key_owner(&app, &member).await.unwrap();
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (service, mia) = (app.service.clone(), mia.clone());
            tokio::spawn(async move {
                let mia = service.recent(&mia).unwrap();
                let made = service
                    .generate_credentials(&mia, None, PairThere::Replaced(IssuedTokens::RunOut), None)
                    .await
                    .unwrap();
                issued(made.ok().unwrap())
            })
        })
        .collect();
    let mut generated = Vec::new();
    for task in tasks {
        generated.push(task.await.unwrap());
    }
    let mut good = 0;
    for key in &generated {
        assert_eq!(key.key.client_id, generated[0].key.client_id);
        good += u32::from(status_of_token(&app, key).await == 200);
    }
    assert_eq!(good, 1);
}

#[rstest]
#[tokio::test]
async fn signing_out_suspends_until_the_owner_says_otherwise(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (admin, mut member) = (app.admin_of(&acme).await, app.person(&acme, "mia@acme.test", Role::Member).await);
    let admin = app.service.org_admin(&visitor(&app, &admin).await, "acme").await.unwrap().unwrap();
    let mia = key_owner(&app, &member).await.unwrap();
    let id = mia.member().user.clone();
    let flagged = |kind| KeyWanted { kind, suspend_on_sign_out: true, ..of(&id, "Laptop", "keys:read") };
    let pair = create(&app, &mia, flagged(Kind::Client)).await;
    assert!(matches!(pair, Err(CreateRefused::NeverSignedOut)));
    let key = create(&app, &mia, flagged(Kind::Token)).await.unwrap();
    let read = async || -> ApiKey { app.service.key(&admin, &key.key.client_id).await.unwrap().unwrap() };

    app.pass(30 * 60);
    assert_eq!(member.get("/").await.header("location"), "/sign-in", "the session has idled out");
    app.service.clean_up(|| true).await.unwrap();
    assert_eq!(read().await.status(app.now()), Status::Active, "an idle end suspends nothing");

    member.sign_in("mia@acme.test", PASSWORD).await;
    let locked = member.get("/t/acme/settings/api-keys/production").await;
    let signed_out = member.post("/sign-out", &[("form", &hidden_value(&locked.body))]).await;
    assert_eq!(signed_out.status, 303, "{}", signed_out.body);
    assert_eq!(read().await.status_reason(app.now()), Some(StatusReason::SignedOut));
    assert!(app.service.bearer(key.secret.expose()).await.unwrap().is_err());

    let by_admin = app.service.reapprove_key(&admin, &key.key.client_id, None).await.unwrap();
    assert!(matches!(by_admin, Err(ChangeRefused::NotOwner)));
    assert!(app.service.reapprove_key(&mia, &key.key.client_id, None).await.unwrap().is_ok());
    assert_eq!(read().await.status(app.now()), Status::Active);

    member.sign_in("mia@acme.test", PASSWORD).await;
    app.service.sign_out_everywhere(&visitor(&app, &member).await).await.unwrap();
    assert_eq!(read().await.status_reason(app.now()), Some(StatusReason::SignedOut));
    assert_eq!(member.get("/").await.header("location"), "/sign-in");
}

#[rstest]
#[tokio::test]
async fn no_way_of_asking_for_a_key_goes_round_policy(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let policy = Policy {
        kinds: Kinds::Client,
        max_key_lifetime_days: Some(30),
        allow_no_expiration: false,
        require_description: true,
        ..Policy::default()
    };
    let strict = app.organization("strict", "Strict", policy).await;
    let manager = operator().in_organization(strict);
    let unknown = KeyWanted { kind: Kind::Token, ..wanted("Everything wrong", "invoices:read") };
    let production = EnvironmentSlug::parse("production").unwrap();
    let make = async |wanted| app.service.create_key(&manager, &production, wanted, None).await.unwrap();
    let Err(CreateRefused::Invalid(errors)) = make(unknown).await else { panic!("made") };
    let params: Vec<_> = errors.iter().map(|error| error.param.as_str()).collect();
    assert_eq!(params, ["description", "kind", "scopes", "expires_at"]);
    let good = KeyWanted {
        description: Description::parse("What for").unwrap(),
        expires_at: Some(app.now().plus_seconds(600)),
        ..wanted("Good", "keys:read")
    };
    let Ok(Created::Issued(key)) = make(good).await else { panic!("refused") };
    let rotate = async |grace_s, expires_at| {
        let rotation = Rotation { grace_s, expires_at, issued_tokens: IssuedTokens::RunOut };
        app.service.rotate_key(&manager, &key.key.client_id, rotation, None, None).await.unwrap().map(drop)
    };
    for (grace_s, expires_at, param) in [
        (GRACE_MAX_S + 1, None, "grace_s"),
        (0, Some(None), "expires_at"),
        (0, Some(Some(app.now())), "expires_at"),
        (0, Some(Some(app.now().plus_seconds(40 * 24 * 3_600))), "expires_at"),
    ] {
        let Err(ChangeRefused::Invalid(error)) = rotate(grace_s, expires_at).await else { panic!("{grace_s}") };
        assert_eq!(error.param, param);
    }
    assert!(rotate(GRACE_MAX_S, None).await.is_ok());
}

#[rstest]
#[tokio::test]
async fn an_owner_undoes_only_what_they_did_themselves(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let (admin, member) = (app.admin_of(&acme).await, app.person(&acme, "mia@acme.test", Role::Member).await);
    let admin = app.service.org_admin(&visitor(&app, &admin).await, "acme").await.unwrap().unwrap();
    let mia = key_owner(&app, &member).await.unwrap();
    let key = create(&app, &mia, of(&mia.member().user, "Mine", "keys:read keys:write")).await.unwrap();
    let id = &key.key.client_id;
    let reapprove = async |by_admin: bool| {
        let reapproved = if by_admin {
            app.service.reapprove_key(&admin, id, None).await
        } else {
            app.service.reapprove_key(&mia, id, None).await
        };
        reapproved.unwrap().map(drop)
    };
    app.service.suspend_key(&mia, id, None, IssuedTokens::RunOut, None).await.unwrap().unwrap();
    assert!(reapprove(false).await.is_ok(), "her own doing");
    app.service.suspend_key(&admin, id, None, IssuedTokens::RunOut, None).await.unwrap().unwrap();
    assert!(matches!(reapprove(false).await, Err(ChangeRefused::NotAdministrator)));
    assert!(reapprove(true).await.is_ok());
    app.service.suspend_key(&mia, id, None, IssuedTokens::RunOut, None).await.unwrap().unwrap();
    app.service.suspend_key(&admin, id, None, IssuedTokens::RunOut, None).await.unwrap().unwrap();
    assert!(matches!(reapprove(false).await, Err(ChangeRefused::NotAdministrator)), "taken over from her");
    let again = app.service.suspend_key(&admin, id, None, IssuedTokens::RunOut, None).await.unwrap();
    assert!(matches!(again, Err(ChangeRefused::State(VerbRefused::AlreadySuspended, _))), "{again:?}");
    assert!(reapprove(true).await.is_ok(), "an administrator undoes both");
    for (reason, may) in [("signed_out", true), ("exposed", false), ("restored", false)] {
        let suspend = format!("UPDATE api_keys SET suspended_at = 1, suspended_reason = '{reason}'");
        app.database.execute(&suspend).await.unwrap();
        assert_eq!(reapprove(false).await.is_ok(), may, "{reason}");
    }
    let by_token = mia_token(&app, &mia).await;
    let path = format!("/api/v1/keys/{id}/reapprove");
    let request = axum::http::Request::post(path).header("authorization", format!("Bearer {by_token}"));
    let answer = app.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("not_administrator")), "{}", answer.body);
}

/// An access token of another key of Mia's.
async fn mia_token(app: &App, mia: &KeyOwner) -> String {
    let key = create(app, mia, of(&mia.member().user, "Tool", "keys:read keys:write")).await.unwrap();
    let authorization = basic(key.key.client_id.as_str(), key.secret.expose());
    let request = form("grant_type=client_credentials", |request| request.header("authorization", authorization));
    app.send(request).await.json()["access_token"].as_str().unwrap().to_owned()
}
