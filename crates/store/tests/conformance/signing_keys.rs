use domain::{activity::Event, time::Timestamp};
use rstest::rstest;
use store::{
    MasterKeyClaim, SigningKey, Store,
    testing::{Database, Engine},
};

use crate::scene::{Scene, entries, hash, now};

fn signing_key(kid: &str, activates_at: Timestamp) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm: "ES256".to_owned(),
        wrapped_private: vec![0, 1, 255],
        created_at: now(),
        activates_at,
        gone_at: None,
    }
}

async fn insert(store: &dyn Store, key: SigningKey, succeeds: Option<&str>, others_gone_at: Timestamp) -> bool {
    let row = entries(Event::SigningKeyRotated);
    store.insert_signing_key(key, succeeds.map(str::to_owned), others_gone_at, hash(1), row).await.expect("answered")
}

/// A database that belongs to a master key.
async fn start(on: Engine) -> Database {
    let database = Database::start(on).await;
    let claim = MasterKeyClaim { fingerprint: hash(1), wrapped_hash_key: vec![1] };
    database.claim_master_key(claim, now()).await.expect("answered").expect("claimed");
    database
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_key_ends_those_before_it(#[case] on: Engine) {
    let database = start(on).await;
    let at = |seconds| now().plus_seconds(seconds);
    assert!(database.signing_keys().await.expect("answered").is_empty());
    assert!(insert(&*database, signing_key("c", at(0)), None, at(0)).await);
    assert!(insert(&*database, signing_key("a", at(10)), Some("c"), at(100)).await);
    assert!(insert(&*database, signing_key("b", at(20)), Some("a"), at(90)).await);
    let expected = [
        SigningKey { gone_at: Some(at(90)), ..signing_key("c", at(0)) },
        SigningKey { gone_at: Some(at(90)), ..signing_key("a", at(10)) },
        signing_key("b", at(20)),
    ];
    assert_eq!(*database.signing_keys().await.expect("answered"), expected, "oldest first");
    assert!(insert(&*database, signing_key("d", at(30)), Some("b"), at(200)).await);
    let ends: Vec<_> = database.signing_keys().await.expect("answered").iter().map(|key| key.gone_at).collect();
    assert_eq!(ends, [Some(at(90)), Some(at(90)), Some(at(200)), None], "an end never moves away");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_succeeds_only_the_youngest(#[case] on: Engine) {
    let database = start(on).await;
    let later = now().plus_seconds(10);
    assert!(!insert(&*database, signing_key("a", now()), Some("missing"), later).await);
    assert!(insert(&*database, signing_key("a", now()), None, later).await);
    assert!(insert(&*database, signing_key("b", later), Some("a"), later).await);
    for succeeds in [None, Some("a"), Some("missing")] {
        assert!(!insert(&*database, signing_key("c", later), succeeds, now()).await);
    }
    let ring = database.signing_keys().await.expect("answered");
    let ends: Vec<_> = ring.iter().map(|key| (key.kid.as_str(), key.gone_at)).collect();
    assert_eq!(ends, [("a", Some(later)), ("b", None)], "a refusal changes nothing");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_that_are_gone_are_removed(#[case] on: Engine) {
    let database = start(on).await;
    insert(&*database, signing_key("a", now()), None, now()).await;
    insert(&*database, signing_key("b", now().plus_seconds(1)), Some("a"), now().plus_seconds(10)).await;
    assert_eq!(database.delete_gone_signing_keys(now().plus_seconds(10)).await.expect("answered"), 0);
    assert_eq!(database.delete_gone_signing_keys(now().plus_seconds(11)).await.expect("answered"), 1);
    let ring = database.signing_keys().await.expect("answered");
    assert_eq!(ring.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_processes_that_rotate_at_once_one_does(#[case] on: Engine) {
    let database = start(on).await;
    let mut youngest: Option<String> = None;
    for round in 0..2 {
        let mut tasks = Vec::new();
        for number in 0..6 {
            let store = database.open_again().await;
            let key = signing_key(&format!("{round}-{number}"), now().plus_seconds(round));
            let succeeds = youngest.clone();
            let row = entries(Event::SigningKeyRotated);
            tasks.push(tokio::spawn(async move { store.insert_signing_key(key, succeeds, now(), hash(1), row).await }));
        }
        let mut made = 0;
        for task in tasks {
            made += u32::from(task.await.expect("finished").expect("answered"));
        }
        assert_eq!(made, 1);
        youngest = database.signing_keys().await.expect("answered").last().map(|key| key.kid.clone());
    }
    assert_eq!(database.signing_keys().await.expect("answered").len(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_organization_hears_of_what_is_done_to_the_deployment(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let organizations = [scene.acme.clone(), scene.make_organization("globex").await];
    let claim = |number| MasterKeyClaim { fingerprint: hash(number), wrapped_hash_key: vec![1] };
    scene.claim_master_key(claim(1), now()).await.expect("answered").expect("claimed");
    assert!(insert(&*scene, signing_key("a", now()), None, now()).await);
    assert!(!insert(&*scene, signing_key("b", now()), Some("missing"), now()).await);
    assert!(insert(&*scene, signing_key("b", now()), Some("a"), now()).await);
    let rewrap = || -> store::Rewrap { Box::new(|_| Some(vec![2])) };
    for _ in 0..2 {
        let row = entries(Event::MasterKeyRotated);
        scene.replace_master_key(hash(1), claim(2), rewrap(), now(), row).await.expect("answered");
    }
    for organization in &organizations {
        let log = scene.activity_after(organization, 1, 10).await.expect("answered");
        let events: Vec<_> = log.iter().map(|row| row.entry.event).collect();
        assert_eq!(
            events,
            [Event::SigningKeyRotated, Event::MasterKeyRotated],
            "once each, nothing of a refusal, nor of the first key"
        );
    }
}
