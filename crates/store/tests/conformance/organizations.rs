use domain::{
    activity::Event,
    id::OrganizationId,
    key::AccessTokenFormat,
    name::Contact,
    organization::{KeyNotices, Kinds, Limit, Organization, OrganizationState, Plan, Policy, SelfService},
    scope::Scopes,
    slug::OrganizationSlug,
    zone::ZoneName,
};
use rstest::rstest;
use store::{
    ChangeOrganization, CreateOrganization, IssuedTokens, KeyChange, NewOrganization, OrganizationChange,
    testing::{Database, Engine},
};

use crate::scene::{
    Scene, entry, environments, events, hash, name, new_key, now, organization, settings_entry, unique, verified_chain,
};

fn slug(text: &str) -> OrganizationSlug {
    OrganizationSlug::parse(text).expect("a slug")
}

fn contact(text: &str) -> Contact {
    Contact::parse(text).expect("a contact")
}

/// A policy in which nothing is as it is by default.
fn strict() -> Policy {
    Policy {
        max_keys_per_environment: Limit { ceiling: 9, own: Some(2) },
        max_keys_per_user: Limit { ceiling: 3, own: Some(4) },
        self_service: SelfService::Admins,
        kinds: Kinds::Token,
        access_token_format: AccessTokenFormat::Opaque,
        token_lifetime_s: 30,
        max_key_lifetime_days: Some(90),
        allow_no_expiration: false,
        require_description: true,
        key_notices: KeyNotices::Nobody,
        expiry_reminders: false,
        scopes: Scopes::parse("invoices:read invoices:write").expect("scopes"),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_organization_comes_back_as_it_was_made(#[case] on: Engine) {
    let database = Database::start(on).await;
    let acme = Organization {
        name: name("Açme 会社"),
        support_contact: contact("ask@acme.test"),
        plan: Plan::Free,
        state: OrganizationState::Disabled,
        api_keys: false,
        policy: strict(),
        ..organization("acme")
    };
    let new = NewOrganization { organization: acme.clone(), environments: environments() };
    let written = entry(&acme.id, Event::OrganizationCreated);
    let created = database.create_organization(new.clone(), written.clone()).await.expect("answered");
    assert_eq!(created, CreateOrganization::Created);
    assert_eq!(database.organization(&slug("acme")).await.expect("answered"), Some(acme.clone()));
    assert_eq!(database.organization(&slug("globex")).await.expect("answered"), None);
    assert_eq!(database.environments(&acme.id, None, now()).await.expect("answered"), new.environments);
    assert_eq!(verified_chain(&*database, &acme.id).await, [written]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_slug_is_taken_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let second = organization("acme");
    let written = entry(&second.id, Event::OrganizationCreated);
    let new = NewOrganization { organization: second, environments: environments() };
    assert_eq!(scene.create_organization(new, written).await.expect("answered"), CreateOrganization::SlugTaken);
    let all = scene.organizations().await.expect("answered");
    assert_eq!(all.iter().map(|organization| &organization.id).collect::<Vec<_>>(), [&scene.acme]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn organizations_are_listed_by_slug(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for slug in ["a-b", "zeta", "ab", "a0"] {
        scene.make_organization(slug).await;
    }
    let all = scene.organizations().await.expect("answered");
    let slugs: Vec<_> = all.iter().map(|organization| organization.slug.as_str()).collect();
    assert_eq!(slugs, ["a-b", "a0", "ab", "acme", "zeta"], "by bytes, whatever the database's language");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_the_settings_named_change(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let before = scene.organization(&slug("acme")).await.expect("answered").expect("there");
    let later = now().plus_seconds(60);
    let change = OrganizationChange { plan: Some(Plan::Growth), max_keys_per_user: Some(3), ..Default::default() };
    let changed = scene.change_organization(&scene.acme, change.clone(), None, later, settings_entry(&scene.acme));
    let after = changed.await.expect("answered");
    let policy = Policy { max_keys_per_user: 3.into(), ..before.policy.clone() };
    let expected = Organization { plan: Plan::Growth, policy, updated_at: later, revision: 2, ..before };
    assert_eq!(after, ChangeOrganization::Changed(Box::new(expected.clone())));
    let again = scene.change_organization(&scene.acme, change, None, later, settings_entry(&scene.acme)).await;
    assert_eq!(again.expect("answered"), ChangeOrganization::Unchanged(Box::new(expected.clone())));
    assert_eq!(scene.organization(&slug("acme")).await.expect("answered"), Some(expected));
    let events = events(&*scene, &scene.acme).await;
    assert_eq!(events, [Event::OrganizationCreated, Event::OrganizationChanged], "what changes nothing is not written");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_setting_changes_and_the_cap_can_be_taken_away(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let policy = strict();
    let change = OrganizationChange {
        name: Some(name("Acme Iberia")),
        time_zone: Some(ZoneName::parse("Asia/Kathmandu").expect("a zone")),
        support_contact: Some(contact("Tom, +351 21 000 0000")),
        plan: Some(Plan::Free),
        state: Some(OrganizationState::Disabled),
        api_keys: Some(false),
        max_keys_per_environment: Some(policy.max_keys_per_environment.ceiling),
        max_keys_per_user: Some(policy.max_keys_per_user.ceiling),
        own_max_keys_per_environment: Some(policy.max_keys_per_environment.own),
        own_max_keys_per_user: Some(policy.max_keys_per_user.own),
        self_service: Some(policy.self_service),
        kinds: Some(policy.kinds),
        access_token_format: Some(policy.access_token_format),
        token_lifetime_s: Some(policy.token_lifetime_s),
        max_key_lifetime_days: Some(policy.max_key_lifetime_days),
        allow_no_expiration: Some(policy.allow_no_expiration),
        require_description: Some(policy.require_description),
        key_notices: Some(policy.key_notices),
        expiry_reminders: Some(policy.expiry_reminders),
        scopes: Some(policy.scopes.clone()),
    };
    scene.set(&scene.acme, change).await;
    let changed = scene.organization(&slug("acme")).await.expect("answered").expect("there");
    assert_eq!((changed.plan, changed.state, changed.api_keys), (Plan::Free, OrganizationState::Disabled, false));
    assert_eq!((changed.name.as_str(), changed.time_zone.as_str()), ("Acme Iberia", "Asia/Kathmandu"));
    assert_eq!(changed.support_contact, contact("Tom, +351 21 000 0000"));
    assert_eq!(changed.policy, policy);
    let row = verified_chain(&*scene, &scene.acme).await.pop().expect("a row");
    assert_eq!(row.details, r#"["acme Corp","Acme Iberia"]"#, "the row is made of what was and what is");
    let uncapped = OrganizationChange { max_key_lifetime_days: Some(None), ..Default::default() };
    assert_eq!(scene.set(&scene.acme, uncapped).await.policy.max_key_lifetime_days, None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_organization_is_not_changed(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let nobody = OrganizationId::new(now(), unique().into());
    let change = OrganizationChange::default();
    let changed = scene.change_organization(&nobody, change, None, now(), settings_entry(&nobody)).await;
    assert_eq!(changed.expect("answered"), ChangeOrganization::NotFound);
    assert!(scene.environments(&nobody, None, now()).await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn turning_off_raises_the_generation_and_turning_on_does_not(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    let secret = new.secret_hash;
    scene.make_key(new).await;
    let off = OrganizationState::Disabled;
    let changes = [
        (OrganizationChange { api_keys: Some(false), ..Default::default() }, 1),
        (OrganizationChange { api_keys: Some(false), ..Default::default() }, 1),
        (OrganizationChange { api_keys: Some(true), ..Default::default() }, 1),
        (OrganizationChange { state: Some(off), ..Default::default() }, 2),
        (OrganizationChange { state: Some(OrganizationState::Active), ..Default::default() }, 2),
        (OrganizationChange { state: Some(off), api_keys: Some(false), ..Default::default() }, 3),
    ];
    for (change, generation) in changes {
        scene.set(&scene.acme, change.clone()).await;
        let client = scene.client_by_secret(&secret).await.expect("answered").expect("there");
        assert_eq!(client.generation, generation, "{change:?}");
    }
    assert!(scene.client_by_secret(&hash(0)).await.expect("answered").is_none());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn environments_count_their_live_keys(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut staging = new_key(&scene.acme, "In staging");
    staging.environment = crate::scene::environment("staging");
    scene.make_key(staging).await;
    let live = scene.make_key(new_key(&scene.acme, "Live")).await;
    let mut expiring = new_key(&scene.acme, "Expires");
    expiring.expires_at = Some(now().plus_seconds(1));
    scene.make_key(expiring).await;
    let globex = scene.make_organization("globex").await;
    scene.make_key(new_key(&globex, "Elsewhere")).await;
    for (at, counts) in [(now(), [2, 1, 0]), (now().plus_seconds(1), [1, 1, 0])] {
        let environments = scene.environments(&scene.acme, None, at).await.expect("answered");
        assert_eq!(environments.iter().map(|environment| environment.live_keys).collect::<Vec<_>>(), counts);
    }
    let revoke = KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut };
    for at in [now(), now().plus_seconds(1)] {
        // The second time it is revoked already.
        let written = entry(&scene.acme, Event::KeyRevoked);
        scene.change_key(&scene.acme, &live.client_id, revoke.clone(), None, at, written).await.expect("answered");
        let environments = scene.environments(&scene.acme, None, now()).await.expect("answered");
        assert_eq!((environments[0].live_keys, environments[1].live_keys), (1, 1));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_organizations_with_one_slug_one_is_made(#[case] on: Engine) {
    let database = Database::start(on).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let new = NewOrganization { organization: organization("acme"), environments: environments() };
            let written = entry(&new.organization.id, Event::OrganizationCreated);
            let store = database.store();
            tokio::spawn(async move { store.create_organization(new, written).await })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += u32::from(task.await.expect("finished").expect("answered") == CreateOrganization::Created);
    }
    assert_eq!(created, 1);
    assert_eq!(database.organizations().await.expect("answered").len(), 1);
}
