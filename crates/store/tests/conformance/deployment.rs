use rstest::rstest;
use store::testing::{Database, Engine};

use crate::scene::{hash, now};

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
            tokio::spawn(async move { store.claim_master_key(hash(number), now()).await })
        })
        .collect();
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.push(task.await.expect("finished").expect("answered"));
    }
    let kept = database.master_key_fingerprint().await.expect("answered").expect("claimed");
    assert!((1..=8).any(|number| hash(number) == kept));
    assert!(claimed.iter().all(|fingerprint| *fingerprint == kept), "everybody is told the same");
}
