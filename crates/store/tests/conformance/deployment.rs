use domain::activity::Event;
use rstest::rstest;
use store::{
    MasterKeyClaim, ReplaceMasterKey, Rewrap, SigningKey,
    testing::{Database, Engine},
};

use crate::scene::{entries, hash, now};

fn claim(number: u32) -> MasterKeyClaim {
    MasterKeyClaim { fingerprint: hash(number), wrapped_hash_key: number.to_be_bytes().to_vec() }
}

fn signing_key(kid: &str) -> SigningKey {
    SigningKey {
        kid: kid.to_owned(),
        algorithm: "ES256".to_owned(),
        wrapped_private: b"old".to_vec(),
        created_at: now(),
        activates_at: now(),
        gone_at: None,
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn the_first_master_key_is_claimed_for_good(#[case] on: Engine) {
    let database = Database::start(on).await;
    assert_eq!(database.master_key_fingerprint().await.expect("answered"), None);
    let tasks: Vec<_> = (1..=8)
        .map(|number| {
            let store = database.store();
            tokio::spawn(async move { store.claim_master_key(claim(number), now()).await })
        })
        .collect();
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.push(task.await.expect("finished").expect("answered"));
    }
    let kept = database.master_key_fingerprint().await.expect("answered").expect("claimed");
    let (own, others): (Vec<_>, Vec<_>) = claimed.into_iter().partition(Result::is_ok);
    assert_eq!(own.len(), 1);
    assert!((1..=8).any(|number| own[0] == Ok(claim(number)) && kept == hash(number)));
    assert!(others.into_iter().all(|other| other == Err(kept)), "everybody is told the same");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hash_key_is_stored_once_and_only_under_its_master_key(#[case] on: Engine) {
    let database = Database::start(on).await;
    database.claim_master_key(claim(1), now()).await.expect("answered").expect("claimed");
    // As an earlier version has left it.
    database.execute("UPDATE deployment SET wrapped_hash_key = NULL").await.expect("changed");
    let other = database.claim_master_key(claim(2), now()).await.expect("answered");
    assert_eq!(other, Err(hash(1)));
    let own = MasterKeyClaim { wrapped_hash_key: vec![9], ..claim(1) };
    assert_eq!(database.claim_master_key(own.clone(), now()).await.expect("answered"), Ok(own.clone()));
    assert_eq!(database.claim_master_key(claim(1), now()).await.expect("answered"), Ok(own));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_master_key_is_replaced_with_all_it_wraps_or_not_at_all(#[case] on: Engine) {
    let database = Database::start(on).await;
    database.claim_master_key(claim(1), now()).await.expect("answered").expect("claimed");
    for (kid, succeeds) in [("a", None), ("b", Some("a"))] {
        let succeeds = succeeds.map(str::to_owned);
        let row = entries(Event::SigningKeyRotated);
        let stored = database.insert_signing_key(signing_key(kid), succeeds, now(), hash(1), row).await;
        assert!(stored.expect("answered"));
    }
    let all = || -> Rewrap { Box::new(|key| Some([b"new ", key.kid.as_bytes()].concat())) };
    let replace = async |present, rewrap| {
        let row = entries(Event::MasterKeyRotated);
        database.replace_master_key(hash(present), claim(2), rewrap, now(), row).await.expect("answered")
    };
    let wrapped = async || {
        let keys = database.signing_keys().await.expect("answered");
        keys.iter().map(|key| String::from_utf8(key.wrapped_private.clone()).expect("UTF-8")).collect::<Vec<_>>()
    };
    let unreadable: Rewrap = Box::new(|key| (key.kid == "a").then(|| b"new".to_vec()));
    assert_eq!(replace(1, unreadable).await, ReplaceMasterKey::Unreadable("b".to_owned()));
    assert_eq!(replace(3, all()).await, ReplaceMasterKey::Foreign);
    assert_eq!(wrapped().await, ["old", "old"]);
    assert_eq!(replace(1, all()).await, ReplaceMasterKey::Replaced);
    assert_eq!(wrapped().await, ["new a", "new b"]);
    assert_eq!(replace(1, all()).await, ReplaceMasterKey::Before);
    assert_eq!(database.claim_master_key(claim(2), now()).await.expect("answered"), Ok(claim(2)));
    assert_eq!(database.claim_master_key(claim(1), now()).await.expect("answered"), Err(hash(2)));
    let row = entries(Event::SigningKeyRotated);
    let late = database.insert_signing_key(signing_key("c"), Some("b".to_owned()), now(), hash(1), row).await;
    assert!(!late.expect("answered"), "nobody could unwrap it");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_processes_one_cleans_up(#[case] on: Engine) {
    let database = Database::start(on).await;
    let end = now().plus_seconds(60);
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let store = database.open_again().await;
        tasks.push(tokio::spawn(async move { store.take_clean_up(now(), end).await }));
    }
    let mut taken = 0;
    for task in tasks {
        taken += u32::from(task.await.expect("finished").expect("answered"));
    }
    assert_eq!(taken, 1);

    let take = async |at, until| database.take_clean_up(at, until).await.expect("answered");
    let later = end.plus_seconds(60);
    assert!(!take(end.plus_seconds(-1), later).await, "it is still taken");
    assert!(take(end, later).await, "whoever had it has died");
    database.give_clean_up_back(end).await.expect("answered");
    assert!(!take(end, later).await, "who came too late gives nothing back");
    database.give_clean_up_back(later).await.expect("answered");
    assert!(take(now(), end).await);
}
