use std::collections::HashMap;

use domain::{activity::Event, key::Owner, organization::Policy};
use rstest::rstest;
use store::{
    ChangeKey, Earlier, Idempotency, InsertKey, IssuedTokens, KeyChange, NewKey, OrganizationChange, testing::Engine,
};

use crate::scene::{Scene, entry, hash, new_key, now, settings_entry, verified_chain};

/// Makes every key at once, each through one of two stores as two processes have them.
async fn race(scene: &Scene, keys: Vec<(NewKey, Option<Idempotency>)>) -> Vec<InsertKey> {
    let stores = [scene.store(), scene.database.open_again().await];
    let tasks: Vec<_> = keys
        .into_iter()
        .zip(stores.iter().cycle())
        .map(|((new, mark), store)| {
            let (store, written) = (store.clone(), entry(&new.organization, Event::KeyCreated));
            tokio::spawn(async move { store.insert_key(new, mark, written).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.expect("finished").expect("answered"));
    }
    outcomes
}

fn kinds(outcomes: &[InsertKey]) -> HashMap<std::mem::Discriminant<InsertKey>, usize> {
    let mut counts = HashMap::new();
    for outcome in outcomes {
        *counts.entry(std::mem::discriminant(outcome)).or_default() += 1;
    }
    counts
}

fn inserted(outcomes: &[InsertKey]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, InsertKey::Inserted(_))).count()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_an_environment_holds(#[case] on: Engine) {
    let scene = Scene::with(on, Policy { max_keys_per_environment: 2.into(), ..Policy::default() }).await;
    let keys = (0..20).map(|number| (new_key(&scene.acme, &format!("Key {number}")), None)).collect();
    let outcomes = race(&scene, keys).await;
    assert_eq!(inserted(&outcomes), 2);
    assert_eq!(kinds(&outcomes)[&std::mem::discriminant(&InsertKey::EnvironmentFull { limit: 2 })], 18);
    assert_eq!(scene.environments(&scene.acme, None, now()).await.expect("answered")[0].live_keys, 2);
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_a_person_holds_across_environments(#[case] on: Engine) {
    let scene = Scene::with(on, Policy { max_keys_per_user: 3.into(), ..Policy::default() }).await;
    let ana = scene.make_member("Ana").await;
    let keys = (0..12).map(|number| {
        let environment = crate::scene::environment(["production", "staging", "development"][number % 3]);
        let new = new_key(&scene.acme, &format!("Key {number}"));
        (NewKey { owner: Owner::User(ana.clone()), environment, ..new }, None)
    });
    let outcomes = race(&scene, keys.collect()).await;
    assert_eq!(inserted(&outcomes), 3);
    assert_eq!(scene.live_keys_of(&scene.acme, &ana, now()).await.expect("answered"), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_taken_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let outcomes = race(&scene, (0..10).map(|_| (new_key(&scene.acme, "Billing"), None)).collect()).await;
    assert_eq!(inserted(&outcomes), 1);
    assert_eq!(kinds(&outcomes)[&std::mem::discriminant(&InsertKey::NameTaken)], 9);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_an_ended_key_is_taken_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.make_key(NewKey { expires_at: Some(now().plus_seconds(1)), ..new_key(&scene.acme, "Billing") }).await;
    let later = |_| (NewKey { created_at: now().plus_seconds(2), ..new_key(&scene.acme, "Billing") }, None);
    assert_eq!(inserted(&race(&scene, (0..10).map(later).collect()).await), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_creation_happens_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ends_at = now().plus_seconds(86_400);
    let mark = Idempotency { actor: "ana".to_owned(), key: "k1".to_owned(), fingerprint: hash(1), ends_at };
    let keys = (0..10).map(|_| (new_key(&scene.acme, "Billing"), Some(mark.clone()))).collect();
    let outcomes = race(&scene, keys).await;
    assert_eq!(inserted(&outcomes), 1);
    let made = outcomes.iter().find_map(|outcome| match outcome {
        InsertKey::Inserted(key) => Some(key),
        _ => None,
    });
    let replayed = InsertKey::Earlier(Earlier::Same(made.expect("one").clone()));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == replayed).count(), 9);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_revoked_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (store, acme, id) = (scene.store(), scene.acme.clone(), key.client_id.clone());
            let written = entry(&acme, Event::KeyRevoked);
            tokio::spawn(async move {
                store
                    .change_key(
                        &acme,
                        &id,
                        KeyChange::Revoke { issued_tokens: IssuedTokens::Stop },
                        None,
                        now(),
                        written,
                    )
                    .await
            })
        })
        .collect();
    let mut revoked = 0;
    for task in tasks {
        revoked += u32::from(matches!(task.await.expect("finished").expect("answered"), ChangeKey::Done(_)));
    }
    assert_eq!(revoked, 1);
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_lowered_while_keys_are_made_holds_for_those_after_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (store, acme) = (scene.store(), scene.acme.clone());
    let lowered = tokio::spawn(async move {
        let change = OrganizationChange { max_keys_per_environment: Some(0), ..OrganizationChange::default() };
        store.change_organization(&acme, change, None, now(), settings_entry(&acme)).await
    });
    let keys = (0..10).map(|number| (new_key(&scene.acme, &format!("Key {number}")), None)).collect();
    race(&scene, keys).await;
    lowered.await.expect("finished").expect("answered");
    let chain = verified_chain(&*scene, &scene.acme).await;
    let events: Vec<_> = chain.iter().map(|entry| entry.event).collect();
    assert_eq!(events.last(), Some(&Event::OrganizationChanged), "no key is made after it: {events:?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_breaks_leaves_those_beside_it_alone(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let same = hash(7_000_000);
    let creations: Vec<_> = (0..30)
        .map(|number| {
            let new = new_key(&scene.acme, &format!("Key {number}"));
            // Every tenth has the secret of the first.
            let secret_hash = if number % 10 == 0 { same } else { new.secret_hash };
            let (store, written) = (scene.store(), entry(&new.organization, Event::KeyCreated));
            tokio::spawn(async move { store.insert_key(NewKey { secret_hash, ..new }, None, written).await })
        })
        .collect();
    let (mut made, mut broken) = (0, 0);
    for creation in creations {
        match creation.await.expect("finished") {
            Ok(InsertKey::Inserted(_)) => made += 1,
            Ok(other) => panic!("{other:?}"),
            Err(_) => broken += 1,
        }
    }
    assert_eq!((made, broken), (28, 2));
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 29, "a row for each key, and none for the others");
}
