//! Settings with more than one hand on them, and what exists that stricter ones would not let anybody make.

use domain::{
    id::OrganizationId,
    key::{Kind, Owner},
    name::Description,
    organization::{Limit, SelfService},
    scope::Scopes,
    time::Timestamp,
    user::Role,
};
use rstest::rstest;
use store::{ChangeOrganization, InsertKey, NewKey, OrganizationChange, RulesAsked, Survey, testing::Engine};

use crate::scene::{Scene, environment, events, new_key, now, settings_entry};

fn self_service(value: SelfService) -> OrganizationChange {
    OrganizationChange { self_service: Some(value), ..Default::default() }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_saves_over_what_somebody_else_has_set(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let change = async |value, revision| {
        let entry = settings_entry(&scene.acme);
        scene
            .change_organization(&scene.acme, self_service(value), Some(revision), now(), entry)
            .await
            .expect("answered")
    };
    let ChangeOrganization::Changed(first) = change(SelfService::Admins, 1).await else { panic!("not changed") };
    assert_eq!(change(SelfService::Off, 1).await, ChangeOrganization::Stale(first.clone()));
    let ChangeOrganization::Changed(second) = change(SelfService::Off, first.revision).await else {
        panic!("not changed")
    };
    assert_eq!(second.revision, first.revision + 1);
    assert_eq!(events(&*scene, &scene.acme).await.len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_changes_at_once_from_one_revision_one_is_made(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let tasks: Vec<_> = (30..38)
        .map(|lifetime| {
            let (store, acme) = (scene.store(), scene.acme.clone());
            let change = OrganizationChange { token_lifetime_s: Some(lifetime), ..Default::default() };
            tokio::spawn(async move {
                store.change_organization(&acme, change, Some(1), now(), settings_entry(&acme)).await
            })
        })
        .collect();
    let mut changed = 0;
    for task in tasks {
        let outcome = task.await.expect("finished").expect("answered");
        changed += u32::from(matches!(outcome, ChangeOrganization::Changed(_)));
    }
    assert_eq!(changed, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_lower_of_ceiling_and_own_limit_counts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ceiling = |ceiling| OrganizationChange { max_keys_per_environment: Some(ceiling), ..Default::default() };
    let own = |own| OrganizationChange { own_max_keys_per_environment: Some(own), ..Default::default() };
    let mut made = 0;
    for (change, expected) in [(own(Some(1)), 1), (ceiling(9), 1), (own(Some(4)), 4), (ceiling(3), 3), (own(None), 3)] {
        let limit = scene.set(&scene.acme, change).await.policy.max_keys_per_environment;
        assert_eq!(limit.effective(), expected, "{limit:?}");
        while let InsertKey::Inserted(_) = scene.insert(new_key(&scene.acme, &format!("Key {made}"))).await {
            made += 1;
        }
        let full = scene.insert(new_key(&scene.acme, "One more")).await;
        assert_eq!(full, InsertKey::EnvironmentFull { limit: expected });
    }
    let limit = scene.set(&scene.acme, own(Some(2))).await.policy.max_keys_per_environment;
    assert_eq!(limit, Limit { ceiling: 3, own: Some(2) });
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn expired_keys_take_no_place_below_the_ceiling_either(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ended = NewKey { expires_at: Some(now().plus_seconds(-1)), ..new_key(&scene.acme, "Ended") };
    scene.make_key(ended).await;
    let own = OrganizationChange { own_max_keys_per_environment: Some(Some(1)), ..Default::default() };
    scene.set(&scene.acme, own).await;
    scene.make_key(new_key(&scene.acme, "First")).await;
    assert_eq!(scene.insert(new_key(&scene.acme, "Second")).await, InsertKey::EnvironmentFull { limit: 1 });
}

async fn survey(scene: &Scene, organization: &OrganizationId, ends_by: Timestamp, per_user: u32) -> Survey {
    scene.survey_keys(organization, &RulesAsked { ends_by, per_user }, now()).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn live_keys_are_counted_by_what_rules_are_about(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (admin, member) = (scene.make_admin("ana").await, scene.make_member("ben").await);
    let until = |seconds| Some(now().plus_seconds(seconds));
    let scopes = |text| Scopes::parse(text).expect("scopes");
    let key = |name, rest: fn(NewKey) -> NewKey| rest(new_key(&scene.acme, name));
    scene.make_key(key("plain", |key| key)).await;
    scene.make_key(NewKey { expires_at: until(10), kind: Kind::Token, ..key("short", |key| key) }).await;
    scene.make_key(NewKey { expires_at: until(11), scopes: scopes("a b"), ..key("long", |key| key) }).await;
    scene
        .make_key(NewKey {
            scopes: scopes("b"),
            ..key("bare", |key| NewKey { description: Description::default(), ..key })
        })
        .await;
    scene.make_key(NewKey { expires_at: until(1), owner: Owner::User(admin), ..key("hers", |key| key) }).await;
    for name in ["his", "his too"] {
        let environment = environment("staging");
        scene.make_key(NewKey { environment, owner: Owner::User(member.clone()), ..key(name, |key| key) }).await;
    }
    let personal = NewKey {
        personal: true,
        owner: Owner::User(member),
        description: Description::default(),
        ..key("ben", |key| key)
    };
    scene.make_key(personal).await;
    let globex = scene.make_organization("globex").await;
    scene.join(&globex, "ana", Role::Admin).await;
    scene.make_key(new_key(&globex, "elsewhere")).await;

    let mut counted = survey(&scene, &scene.acme, now().plus_seconds(10), 1).await;
    counted.by_scopes.sort_by_key(|(scopes, _)| scopes.to_string());
    let own = "keys:read keys:write";
    let expected = Survey {
        without_end: 5,
        ending_later: 1,
        undescribed: 1,
        of_kind_client: 7,
        of_kind_token: 1,
        of_admins: 1,
        of_members: 3,
        users_above: 1,
        by_scopes: vec![(scopes("a b"), 1), (scopes("b"), 1), (scopes(own), 6)],
    };
    assert_eq!(counted, expected);
    assert_eq!(survey(&scene, &scene.acme, now().plus_seconds(11), 2).await.users_above, 0);
    assert_eq!(survey(&scene, &globex, now(), 0).await.without_end, 1);
    scene.execute("UPDATE api_keys SET revoked_at = 1, name_key = NULL, personal_of = NULL").await.expect("changed");
    assert_eq!(survey(&scene, &scene.acme, now(), 0).await, Survey::default());
}
