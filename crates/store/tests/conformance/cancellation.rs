//! Callers who go away in the middle.

use std::{future::poll_fn, task::Poll, time::Duration};

use domain::activity::Event;
use rstest::rstest;
use store::{InsertKey, testing::Engine};

use crate::scene::{Scene, entry, new_key, verified_chain};

/// Gives a call up after it was polled `polls` times, unless it has finished by then.
async fn give_up_after<F: Future>(polls: u32, call: F) {
    let mut call = Box::pin(call);
    for _ in 0..polls {
        let finished = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
        if finished {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_begun_is_finished_and_leaves_no_transaction(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for polls in 1..=20 {
        let written = entry(&scene.acme, Event::KeyCreated);
        give_up_after(polls, scene.insert_key(new_key(&scene.acme, &format!("Key {polls}")), None, written)).await;
    }
    // Every connection still works, so that none is inside a transaction that would keep this one waiting.
    for number in 0..20 {
        assert!(matches!(scene.insert(new_key(&scene.acme, &format!("Later {number}"))).await, InsertKey::Inserted(_)));
    }
    let all_there = async {
        while verified_chain(&*scene, &scene.acme).await.len() < 41 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), all_there).await.expect("every change that was begun is there");
    assert_eq!(scene.execute("UPDATE api_keys SET revision = revision + 1").await.expect("no lock is held"), 40);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_goes_away_leaves_a_connection_that_works(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    for polls in 1..=40 {
        give_up_after(polls, scene.client_by_secret(&new.secret_hash)).await;
        give_up_after(polls, scene.keys(&crate::key_list::query(&scene))).await;
    }
    let calls: Vec<_> = (0..40)
        .map(|_| {
            let (store, hash) = (scene.store(), new.secret_hash);
            tokio::spawn(async move { store.client_by_secret(&hash).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.expect("finished").expect("answered").is_some());
    }
}
