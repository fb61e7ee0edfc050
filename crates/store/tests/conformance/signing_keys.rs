use domain::time::Timestamp;
use rstest::rstest;
use store::{
    SigningKey, SigningKeyState,
    testing::{Database, Engine},
};

use crate::scene::{execute, now};

fn signing_key(kid: &str, algorithm: &str, created_at: Timestamp) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm: algorithm.to_owned(),
        state: SigningKeyState::Active,
        public_jwk: r#"{"kty":"EC"}"#.to_owned(),
        wrapped_private: vec![0, 1, 255],
        created_at,
        changed_at: now(),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_active_key_per_algorithm_oldest_first(#[case] on: Engine) {
    let database = Database::start(on).await;
    assert!(database.signing_keys().await.expect("answered").is_empty());
    assert!(database.insert_first_signing_key(signing_key("b", "ES256", now())).await.expect("answered"));
    assert!(!database.insert_first_signing_key(signing_key("c", "ES256", now())).await.expect("answered"));
    let older = now().plus_seconds(-1);
    assert!(database.insert_first_signing_key(signing_key("d", "RS256", older)).await.expect("answered"));
    let ring = database.signing_keys().await.expect("answered");
    assert_eq!(ring.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), ["d", "b"]);
    let key = &ring[1];
    assert_eq!((key.algorithm.as_str(), key.state), ("ES256", SigningKeyState::Active));
    assert_eq!((key.public_jwk.as_str(), key.wrapped_private.as_slice()), (r#"{"kty":"EC"}"#, &[0, 1, 255][..]));
    assert_eq!((key.created_at, key.changed_at), (now(), now()));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn keys_that_are_gone_are_not_listed_and_give_their_place_free(#[case] on: Engine) {
    let database = Database::start(on).await;
    assert!(database.insert_first_signing_key(signing_key("a", "ES256", now())).await.expect("answered"));
    execute(&database, "UPDATE signing_keys SET state = 'gone'").await.expect("changed");
    assert!(database.signing_keys().await.expect("answered").is_empty());
    assert!(database.insert_first_signing_key(signing_key("b", "ES256", now())).await.expect("answered"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_processes_that_start_at_once_one_makes_the_key(#[case] on: Engine) {
    let database = Database::start(on).await;
    let mut tasks = Vec::new();
    for number in 0..8 {
        let store = database.open_again().await;
        let key = signing_key(&number.to_string(), "ES256", now());
        tasks.push(tokio::spawn(async move { store.insert_first_signing_key(key).await }));
    }
    let mut made = 0;
    for task in tasks {
        made += u32::from(task.await.expect("finished").expect("answered"));
    }
    assert_eq!(made, 1);
    assert_eq!(database.signing_keys().await.expect("answered").len(), 1);
}
