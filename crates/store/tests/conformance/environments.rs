use domain::{activity::Event, id::EnvironmentId, organization::Environment, slug::EnvironmentSlug};
use rstest::rstest;
use store::{CreateEnvironment, InsertKey, IssuedTokens, KeyChange, NewKey, RetireEnvironment, testing::Engine};

use crate::scene::{Scene, entry, environment, events, name, new_key, now, unique};

async fn create(scene: &Scene, slug: &str, limit: u32) -> CreateEnvironment {
    let new = Environment {
        id: EnvironmentId::new(now(), unique().into()),
        slug: environment(slug),
        name: name(slug),
        live_keys: 0,
    };
    let written = entry(&scene.acme, Event::EnvironmentCreated);
    scene.create_environment(&scene.acme, new, limit, written).await.expect("answered")
}

async fn retire(scene: &Scene, slug: &str) -> RetireEnvironment {
    let written = entry(&scene.acme, Event::EnvironmentRetired);
    scene.retire_environment(&scene.acme, &environment(slug), now(), written).await.expect("answered")
}

async fn rename(scene: &Scene, slug: &EnvironmentSlug, to: &str) -> bool {
    let written = entry(&scene.acme, Event::EnvironmentRenamed);
    scene.rename_environment(&scene.acme, slug, name(to), written).await.expect("answered")
}

async fn names(scene: &Scene) -> Vec<String> {
    let environments = scene.environments(&scene.acme, None, now()).await.expect("answered");
    environments.iter().map(|environment| environment.name.to_string()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn environments_come_are_renamed_and_go(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    assert_eq!(create(&scene, "qa", 5).await, CreateEnvironment::Created);
    assert_eq!(create(&scene, "qa", 5).await, CreateEnvironment::SlugTaken);
    assert!(rename(&scene, &environment("qa"), "Quality").await);
    assert_eq!(names(&scene).await, ["Production", "Staging", "Development", "Quality"]);
    assert_eq!(retire(&scene, "staging").await, RetireEnvironment::Retired);
    assert_eq!(names(&scene).await, ["Production", "Development", "Quality"]);
    assert_eq!(retire(&scene, "staging").await, RetireEnvironment::NotFound);
    assert!(!rename(&scene, &environment("staging"), "Again").await);
    assert!(!rename(&scene, &environment("nowhere"), "Again").await);
    assert_eq!(create(&scene, "staging", 5).await, CreateEnvironment::SlugTaken, "it stands in old secrets");
    let staging = NewKey { environment: environment("staging"), ..new_key(&scene.acme, "Late") };
    assert_eq!(scene.insert(staging).await, InsertKey::NoEnvironment);
    assert_eq!(create(&scene, "demo", 3).await, CreateEnvironment::Full { limit: 3 });
    assert_eq!(
        events(&*scene, &scene.acme).await[1..],
        [Event::EnvironmentCreated, Event::EnvironmentRenamed, Event::EnvironmentRetired]
    );
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_environment_with_live_keys_or_without_a_sister_stays(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    let ending = NewKey { expires_at: Some(now()), created_at: now().plus_seconds(-9), ..new_key(&scene.acme, "Over") };
    scene.make_key(ending).await;
    assert_eq!(retire(&scene, "production").await, RetireEnvironment::InUse { live_keys: 1 });
    let change = KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut };
    let written = entry(&scene.acme, Event::KeyRevoked);
    scene.change_key(&scene.acme, &key.client_id, change, None, now(), written).await.expect("answered");
    for (slug, outcome) in [
        ("production", RetireEnvironment::Retired),
        ("staging", RetireEnvironment::Retired),
        ("development", RetireEnvironment::Last),
    ] {
        assert_eq!(retire(&scene, slug).await, outcome, "{slug}");
    }
    assert_eq!(names(&scene).await, ["Development"]);
    assert!(scene.key(&scene.acme, &key.client_id).await.expect("answered").is_some(), "its row stays readable");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_made_in_an_environment_that_is_retired(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let other = scene.database.open_again().await;
    let creations: Vec<_> = (0..4)
        .map(|number| {
            let (store, new) = (scene.store(), new_key(&scene.acme, &format!("Key {number}")));
            let written = entry(&scene.acme, Event::KeyCreated);
            tokio::spawn(async move { store.insert_key(new, None, written).await })
        })
        .collect();
    let written = entry(&scene.acme, Event::EnvironmentRetired);
    let retired = other.retire_environment(&scene.acme, &environment("production"), now(), written).await;
    let retired = retired.expect("answered") == RetireEnvironment::Retired;
    for creation in creations {
        let made = matches!(creation.await.expect("finished").expect("answered"), InsertKey::Inserted(_));
        assert_ne!(made, retired, "a live key in a retired environment");
    }
}
