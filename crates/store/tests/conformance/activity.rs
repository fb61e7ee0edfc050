use domain::{
    activity::{ActorKind, Event},
    id::OrganizationId,
};
use rstest::rstest;
use store::{Error, testing::Engine};

use crate::scene::{Scene, entry, now, unique, verified_chain};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_come_back_as_they_were_written(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut signed_in = entry(&scene.acme, Event::SignedIn);
    signed_in.actor.kind = ActorKind::User;
    signed_in.actor.name = "Zoë 👩‍🚀".to_owned();
    signed_in.environment = None;
    signed_in.details = r#"{"method":"password"}"#.to_owned();
    let signed_out = entry(&scene.acme, Event::SignedOut);
    scene.append_activity(vec![signed_in.clone(), signed_out.clone()]).await.expect("appended");
    let chain = verified_chain(&*scene, &scene.acme).await;
    assert_eq!(chain[1..], [signed_in, signed_out]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_is_sorted_into_the_chains_of_its_organizations(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let batch = [&globex, &scene.acme, &globex].map(|organization| entry(organization, Event::SignedIn));
    scene.append_activity(batch.to_vec()).await.expect("appended");
    assert_eq!(verified_chain(&*scene, &scene.acme).await[1..], [batch[1].clone()]);
    assert_eq!(verified_chain(&*scene, &globex).await[1..], [batch[0].clone(), batch[2].clone()]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_with_an_unknown_organization_is_not_written_at_all(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let nobody = OrganizationId::new(now(), unique().into());
    let batch = vec![entry(&scene.acme, Event::SignedIn), entry(&nobody, Event::SignedIn)];
    assert!(matches!(scene.append_activity(batch).await, Err(Error::Refused(_))));
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn batches_at_once_leave_one_chain_without_a_gap(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let tasks: Vec<_> = (0..20)
        .map(|i| {
            let mut batch = vec![entry(&scene.acme, Event::SignedIn), entry(&globex, Event::SignedIn)];
            batch.rotate_left(i % 2);
            let store = scene.store();
            tokio::spawn(async move { store.append_activity(batch).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("appended");
    }
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 21);
    assert_eq!(verified_chain(&*scene, &globex).await.len(), 21);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_are_read_in_parts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.append_activity((0..4).map(|_| entry(&scene.acme, Event::SignedIn)).collect()).await.expect("appended");
    let part = scene.activity_after(&scene.acme, 2, 2).await.expect("answered");
    assert_eq!(part.iter().map(|row| row.sequence).collect::<Vec<_>>(), [3, 4]);
    assert!(scene.activity_after(&scene.acme, 5, 2).await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_can_be_neither_changed_nor_deleted(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for sql in ["UPDATE activity SET actor_name = 'Nobody'", "DELETE FROM activity"] {
        let refused = scene.execute(sql).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    if on == Engine::Postgres {
        scene.execute("TRUNCATE activity").await.expect_err("refused");
    }
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 1);
}
