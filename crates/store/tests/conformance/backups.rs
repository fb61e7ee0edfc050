use domain::{
    activity::Event,
    key::{ApiKey, Owner, StatusReason},
};
use rstest::rstest;
use store::{
    Error, FinishRestore, IssuedTokens, KeyChange, Link, LinkPurpose, NewKey, NewSession, PasswordForgotten, Restored,
    testing::Engine,
};

use crate::scene::{Scene, entry, events, hash, new_key, new_user, now, unique, verified_chain};

const STEP: i64 = 1 << 32;

async fn finish(scene: &Scene) -> Restored {
    let finish = FinishRestore {
        at: now(),
        generation_step: STEP,
        restored: Box::new(|organization, taken_at, held| {
            let details = format!("{} {held}", taken_at.expect("known"));
            domain::activity::Entry { details, ..entry(organization, Event::OrganizationRestored) }
        }),
        held: Box::new(|organization, _| entry(organization, Event::KeySuspended)),
    };
    scene.finish_restore(finish).await.expect("answered")
}

async fn read(scene: &Scene, key: &ApiKey) -> ApiKey {
    scene.key(&scene.acme, &key.client_id).await.expect("answered").expect("there")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_restored_waits_for_approval(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    let live = new_key(&scene.acme, "Live");
    let secret = live.secret_hash;
    let live = scene.make_key(live).await;
    let suspended = NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, "a") };
    let suspended = scene.make_key(suspended).await;
    let [revoked, leaked] =
        [scene.make_key(new_key(&scene.acme, "b")).await, scene.make_key(new_key(&scene.acme, "d")).await];
    let ended = NewKey { expires_at: Some(now()), created_at: now().plus_seconds(-9), ..new_key(&scene.acme, "c") };
    let ended = scene.make_key(ended).await;
    let issued_tokens = IssuedTokens::RunOut;
    for (key, change) in [
        (
            &suspended,
            KeyChange::Suspend { reason: StatusReason::SignedOut, by: None, takes_over: false, issued_tokens },
        ),
        (&leaked, KeyChange::Suspend { reason: StatusReason::Exposed, by: None, takes_over: false, issued_tokens }),
        (&revoked, KeyChange::Revoke { issued_tokens }),
    ] {
        let entry = entry(&scene.acme, Event::KeyEdited);
        scene.change_key(&scene.acme, &key.client_id, change, None, now(), entry).await.expect("answered");
    }
    let session = NewSession {
        id_hash: hash(unique()),
        user: ana,
        credentials_version: 0,
        data: "{}".to_owned(),
        at: now(),
        ends_at: now().plus_seconds(600),
        idle_ends_at: now().plus_seconds(600),
        address: "192.0.2.7".to_owned(),
        user_agent: "Browser".to_owned(),
    };
    assert!(scene.insert_session(session).await.expect("answered"));
    let link = Link { token_hash: hash(unique()), purpose: LinkPurpose::SetUp, at: now(), ends_at: now() };
    scene.insert_link(link).await.expect("answered");
    let forgotten = PasswordForgotten {
        id: "1".to_owned(),
        email: new_user("Ana").email,
        address: String::new(),
        request_id: String::new(),
        at: now(),
    };
    scene.insert_password_forgotten(forgotten).await.expect("answered");
    scene.mark_backup(now().plus_seconds(-60)).await.expect("answered");
    let generation = scene.client_by_secret(&secret).await.expect("answered").expect("there").generation;

    let restored = finish(&scene).await;
    assert_eq!(restored.taken_at, Some(now().plus_seconds(-60)));
    assert!(restored.held.iter().all(|(organization, _)| *organization == scene.acme));
    let held: Vec<_> = restored.held.iter().map(|(_, key)| &key.client_id).collect();
    assert!(held.len() == 2 && held.contains(&&live.client_id) && held.contains(&&suspended.client_id), "{held:?}");
    let state = |key: ApiKey| key.suspended.map(|(_, reason)| reason);
    assert_eq!(state(read(&scene, &live).await), Some(StatusReason::Restored));
    assert_eq!(state(read(&scene, &suspended).await), Some(StatusReason::Restored), "its owner alone may not");
    assert_eq!(state(read(&scene, &leaked).await), Some(StatusReason::Exposed), "an administrator decides already");
    assert_eq!(state(read(&scene, &revoked).await), None);
    assert_eq!(state(read(&scene, &ended).await), None);
    let client = scene.client_by_secret(&secret).await.expect("answered").expect("there");
    assert_eq!((client.suspended, client.generation), (true, generation + STEP));
    for table in ["sessions", "links", "password_resets", "invitations", "mails"] {
        assert_eq!(scene.database.count(table).await.expect("answered"), 0, "{table}");
    }
    let log = verified_chain(&*scene, &scene.acme).await;
    assert_eq!(log[log.len() - 3].event, Event::OrganizationRestored);
    assert_eq!(log[log.len() - 3].details, format!("{} 2", now().plus_seconds(-60)));
    assert_eq!(log[log.len() - 1].event, Event::KeySuspended);
    assert_eq!(events(&*scene, &globex).await.last(), Some(&Event::OrganizationRestored));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_restore_that_was_cut_off_is_not_served(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    assert!(!scene.is_empty().await.expect("answered"));
    scene.begin_restore().await.expect("answered");
    let Err(Error::Schema(why)) = scene.migrate().await else { panic!("served") };
    assert!(why.contains("cut off"), "{why}");
    scene.migrate_copy().await.expect("nothing to do");
    assert_eq!(finish(&scene).await.taken_at, Some(now()), "the last thing that happened");
    scene.migrate().await.expect("served again");
    let empty = store::testing::Database::start_without_schema(on).await;
    assert!(empty.is_empty().await.expect("answered"));
}
