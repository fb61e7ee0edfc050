use domain::{activity::Event, id::UserId, key::Owner, organization::Policy};
use rstest::rstest;
use store::{ChangeKey, InsertKey, IssuedTokens, KeyChange, NewKey, testing::Engine};

use crate::scene::{Scene, entry, new_key, now};

fn personal(scene: &Scene, owner: &UserId, name: &str) -> NewKey {
    NewKey { owner: Owner::User(owner.clone()), personal: true, ..new_key(&scene.acme, name) }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_has_one_personal_credential_that_counts_nowhere(#[case] on: Engine) {
    let policy = Policy { max_keys_per_environment: 0.into(), max_keys_per_user: 0.into(), ..Policy::default() };
    let scene = Scene::with(on, policy).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    let find = async |user| scene.personal_key(&scene.acme, user, now()).await.expect("answered");
    assert_eq!(find(&ana).await, None);
    let made = scene.make_key(personal(&scene, &ana, "Ana")).await;
    assert!(made.personal);
    assert_eq!(find(&ana).await, Some(made.clone()));
    assert_eq!(scene.insert(personal(&scene, &ana, "Ana again")).await, InsertKey::PersonalTaken);
    assert_eq!(scene.insert(personal(&scene, &ben, "ANA")).await, InsertKey::NameTaken);
    scene.make_key(personal(&scene, &ben, "Ben")).await;
    assert_eq!(scene.live_keys_of(&scene.acme, &ana, now()).await.expect("answered"), 0);
    assert_eq!(scene.environments(&scene.acme, None, now()).await.expect("answered")[0].live_keys, 0);

    let change = KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut };
    let written = entry(&scene.acme, Event::KeyRevoked);
    let revoked = scene.change_key(&scene.acme, &made.client_id, change, None, now(), written).await;
    assert!(matches!(revoked.expect("answered"), ChangeKey::Done(key) if key.personal));
    assert_eq!(find(&ana).await, None);
    scene.make_key(personal(&scene, &ana, "Ana")).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_that_has_ended_makes_room(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let end = now().plus_seconds(9);
    scene.make_key(NewKey { expires_at: Some(end), ..personal(&scene, &ana, "Ana") }).await;
    assert_eq!(scene.personal_key(&scene.acme, &ana, end).await.expect("answered"), None);
    let next = scene.make_key(NewKey { created_at: end, ..personal(&scene, &ana, "Ana") }).await;
    assert_eq!(scene.personal_key(&scene.acme, &ana, end).await.expect("answered"), Some(next));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_database_itself_keeps_it_to_one(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    scene.make_key(personal(&scene, &ana, "Ana")).await;
    let plain = scene.make_key(NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, "Plain") }).await;
    for of in [&ana, &ben] {
        let sql = format!("UPDATE api_keys SET personal_of = '{of}' WHERE client_id = '{}'", plain.client_id);
        scene.execute(&sql).await.expect_err("refused");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_made_at_once_one_is_there(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let stores = [scene.store(), scene.database.open_again().await];
    let tasks: Vec<_> = (0..10)
        .zip(stores.iter().cycle())
        .map(|(number, store)| {
            let (store, new) = (store.clone(), personal(&scene, &ana, &format!("Ana {number}")));
            let written = entry(&scene.acme, Event::KeyCreated);
            tokio::spawn(async move { store.insert_key(new, None, written).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.expect("finished").expect("answered") {
            InsertKey::Inserted(_) => made += 1,
            other => assert_eq!(other, InsertKey::PersonalTaken),
        }
    }
    assert_eq!(made, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_persons_keys_are_counted_apart(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    let of = |user: &UserId, name| NewKey { owner: Owner::User(user.clone()), ..new_key(&scene.acme, name) };
    let end = now().plus_seconds(9);
    scene.make_key(new_key(&scene.acme, "Shared")).await;
    scene.make_key(of(&ana, "Laptop")).await;
    scene.make_key(NewKey { expires_at: Some(end), ..of(&ana, "Trial") }).await;
    scene.make_key(personal(&scene, &ana, "Ana")).await;
    scene.make_key(of(&ben, "Notebook")).await;
    for (owner, at, expected) in [(None, now(), 4), (Some(&ana), now(), 2), (Some(&ana), end, 1), (Some(&ben), end, 1)]
    {
        let counted = scene.environments(&scene.acme, owner, at).await.expect("answered");
        assert_eq!(counted.iter().map(|environment| environment.live_keys).collect::<Vec<_>>(), [expected, 0, 0]);
    }
}
