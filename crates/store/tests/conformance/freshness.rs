//! Whoever has looked something up sees what another process changes, each time and at once.

use std::sync::Arc;

use domain::{activity::Event, key::StatusReason};
use rstest::rstest;
use store::{IssuedTokens, KeyChange, NewKey, Store, testing::Engine};
use tokio::{sync::watch, task::yield_now};

use crate::scene::{Scene, entry, new_key, now};

/// How often the key is suspended and re-approved.
const TURNS: u32 = 100;

/// Tasks that ask all the time.
const ASKING: usize = 4;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_held_never_outlives_a_change_of_another_process(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let elsewhere = scene.database.open_again().await;
    let (over, until) = watch::channel(());
    let asking: Vec<_> = (0..ASKING)
        .map(|_| {
            let (store, new, until) = (scene.store(), new.clone(), until.clone());
            tokio::spawn(async move {
                let mut asked = 0_u32;
                while until.has_changed().is_ok() {
                    look_up(&store, &new).await;
                    asked += 1;
                    // What is held is answered without a pause.
                    yield_now().await;
                }
                asked
            })
        })
        .collect();
    let mut generation = 0;
    for _ in 0..TURNS {
        let suspend = KeyChange::Suspend {
            reason: StatusReason::SuspendedByAdmin,
            by: None,
            takes_over: false,
            issued_tokens: IssuedTokens::Stop,
        };
        generation += 1;
        for (change, suspended) in [(suspend, true), (KeyChange::Reapprove, false)] {
            let written = entry(&scene.acme, Event::KeySuspended);
            elsewhere.change_key(&scene.acme, &new.client_id, change, None, now(), written).await.expect("changed");
            let now = (suspended, generation);
            assert_eq!(look_up(&scene.store(), &new).await, (now, now));
        }
    }
    drop(over);
    for asked in asking {
        assert!(asked.await.expect("no panic") > 0);
    }
}

/// Whether the key is suspended, and its generation: asked by the secret, and by a token.
async fn look_up(store: &Arc<dyn Store>, new: &NewKey) -> ((bool, i64), (bool, i64)) {
    let (client, state) = tokio::join!(
        store.client_by_secret(&new.secret_hash),
        store.token_state(&new.organization, &new.client_id, "jti")
    );
    let (client, state) = (client.expect("answered").expect("there"), state.expect("answered").expect("there"));
    ((client.suspended, client.generation), (!state.key_in_use, state.generation))
}
