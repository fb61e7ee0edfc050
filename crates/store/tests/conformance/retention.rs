use domain::{
    activity::{Entry, Event},
    id::OrganizationId,
    time::Timestamp,
};
use rstest::rstest;
use store::{Checkpoint, Hash, testing::Engine};

use crate::scene::{Scene, entry, now};

/// A row that happened so many seconds later.
fn later(organization: &OrganizationId, seconds: i64) -> Entry {
    Entry { at: now().plus_seconds(seconds), ..entry(organization, Event::SignedIn) }
}

async fn forget(scene: &Scene, before: Timestamp, limit: u32) -> Option<i64> {
    let (organization, sequence, hash) = scene.old_activity(before, limit).await.expect("answered")?;
    let checkpoint = Checkpoint { organization, sequence, hash, made_at: now(), signature: [3; 32] };
    scene.forget_activity(checkpoint.clone()).await.expect("forgotten");
    assert_eq!(scene.checkpoint(&checkpoint.organization).await.expect("answered"), Some(checkpoint));
    Some(sequence)
}

async fn sequences(scene: &Scene) -> Vec<i64> {
    let rows = scene.activity_after(&scene.acme, 0, 100).await.expect("answered");
    rows.into_iter().map(|row| row.sequence).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_oldest_rows_go_and_the_chain_goes_on(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    // The fourth was written late: what comes after it stays as long as it does.
    let rows = [10, 20, 5_000, 30, 5_010].map(|seconds| later(&scene.acme, seconds));
    scene.append_activity(rows.into()).await.expect("appended");
    assert_eq!(scene.checkpoint(&scene.acme).await.expect("answered"), None);
    assert_eq!(forget(&scene, now(), 100).await, None, "nothing is as old");
    let before = now().plus_seconds(1_000);
    assert_eq!(forget(&scene, before, 2).await, Some(2));
    assert_eq!(forget(&scene, before, 2).await, Some(3));
    assert_eq!(forget(&scene, before, 2).await, None);
    assert_eq!(sequences(&scene).await, [4, 5, 6]);
    scene.append_activity(vec![later(&scene.acme, 6_000)]).await.expect("appended");
    assert_eq!(sequences(&scene).await, [4, 5, 6, 7]);
    assert_eq!(forget(&scene, now().plus_seconds(9_000), 100).await, Some(7));
    assert_eq!(sequences(&scene).await, [0; 0]);
    let (head, hash) = scene.activity_head(&scene.acme).await.expect("answered").expect("there");
    let checkpoint = scene.checkpoint(&scene.acme).await.expect("answered").expect("there");
    assert_eq!((head, hash), (checkpoint.sequence, checkpoint.hash));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_checkpoint_does_not_move_back_and_covers_no_other_row(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.append_activity(vec![later(&scene.acme, 10), later(&scene.acme, 20)]).await.expect("appended");
    assert_eq!(forget(&scene, now().plus_seconds(15), 100).await, Some(2));
    let earlier = Checkpoint {
        organization: scene.acme.clone(),
        sequence: 1,
        hash: Hash::default(),
        made_at: now(),
        signature: Hash::default(),
    };
    scene.forget_activity(earlier).await.expect("nothing to do");
    assert_eq!(scene.checkpoint(&scene.acme).await.expect("answered").map(|left| left.sequence), Some(2));
    for sql in ["DELETE FROM activity", "UPDATE activity SET event = 'user.signed_in'"] {
        assert!(scene.execute(sql).await.is_err(), "{sql}");
    }
    assert_eq!(sequences(&scene).await, [3]);
}
