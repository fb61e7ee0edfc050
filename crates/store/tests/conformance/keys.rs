use domain::{
    activity::Event,
    id::OrganizationId,
    key::{AccessTokenFormat, ApiKey, Kind, Owner, SecretVersion, Status, StatusReason, VerbRefused},
    name::Description,
    organization::Policy,
    scope::Scopes,
};
use rstest::rstest;
use store::{
    ChangeKey, Earlier, Error, Hash, Idempotency, InsertKey, IssuedTokens, KeyChange, NewKey, testing::Engine,
};

use crate::scene::{Scene, client_id, entry, environment, hash, name, new_key, now, unique, verified_chain};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_comes_back_as_it_was_made(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let new = NewKey {
        name: name("Señal 👩‍🚀 <b>"),
        description: Description::parse("one\ntwo").expect("a description"),
        kind: Kind::Token,
        owner: Owner::User(ana.clone()),
        suspend_on_sign_out: true,
        scopes: Scopes::default(),
        access_token_format: AccessTokenFormat::Opaque,
        expires_at: Some(now().plus_seconds(60)),
        ..new_key(&scene.acme, "Replaced")
    };
    let written = entry(&scene.acme, Event::KeyCreated);
    let inserted = scene.insert_key(new.clone(), None, written.clone()).await.expect("answered");
    let expected = ApiKey {
        id: new.id,
        client_id: new.client_id.clone(),
        environment: environment("production"),
        name: new.name,
        description: new.description,
        kind: Kind::Token,
        owner: Owner::User(ana),
        owner_name: Some(name("Ana")),
        scopes: Scopes::default(),
        access_token_format: AccessTokenFormat::Opaque,
        expires_at: Some(now().plus_seconds(60)),
        suspend_on_sign_out: true,
        suspended: None,
        suspended_by: None,
        owner_deactivated: false,
        revoked_at: None,
        acknowledged_at: None,
        created_at: now(),
        created_by: "Ana Reyes".to_owned(),
        updated_at: now(),
        revision: 1,
        personal: false,
        secrets: vec![SecretVersion { version: 1, created_at: now(), last_used_at: None, ends_at: None }],
        last_used_at: None,
        last_used_ip: None,
        last_used_agent: String::new(),
    };
    assert_eq!(inserted, InsertKey::Inserted(Box::new(expected.clone())));
    assert_eq!(scene.key(&scene.acme, &new.client_id).await.expect("answered"), Some(expected));
    assert_eq!(verified_chain(&*scene, &scene.acme).await.last(), Some(&written));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspended_key_says_since_when_and_why(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let key = scene.make_key(NewKey { owner: Owner::User(ana), ..new_key(&scene.acme, "Billing") }).await;
    let suspend = "UPDATE api_keys SET suspended_at = 5, suspended_reason = 'signed_out'";
    for (sql, reason) in [
        ("UPDATE memberships SET state = 'deactivated'", StatusReason::OwnerDeactivated),
        (suspend, StatusReason::SignedOut),
    ] {
        scene.execute(sql).await.expect("changed");
        let key = scene.key(&scene.acme, &key.client_id).await.expect("answered").expect("there");
        assert_eq!((key.status(now()), key.status_reason(now())), (Status::Suspended, Some(reason)));
        assert!(key.owner_deactivated);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn live_keys_have_their_names_for_themselves(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.make_key(new_key(&scene.acme, "Straße")).await;
    assert_eq!(scene.insert(new_key(&scene.acme, "STRASSE")).await, InsertKey::NameTaken);
    let elsewhere = NewKey { environment: environment("staging"), ..new_key(&scene.acme, "Straße") };
    scene.make_key(elsewhere).await;
    let globex = scene.make_organization("globex").await;
    scene.make_key(new_key(&globex, "Straße")).await;
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 3, "a refusal writes nothing");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_that_ended_gives_its_name_and_its_place_free(#[case] on: Engine) {
    let scene = Scene::with(on, Policy { max_keys_per_environment: 1.into(), ..Policy::default() }).await;
    let end = now().plus_seconds(60);
    scene.make_key(NewKey { expires_at: Some(end), ..new_key(&scene.acme, "Billing") }).await;
    let at = |created_at| NewKey { created_at, ..new_key(&scene.acme, "billing") };
    assert_eq!(scene.insert(at(end.plus_seconds(-1))).await, InsertKey::EnvironmentFull { limit: 1 });
    let second = scene.make_key(at(end)).await;
    let written = entry(&scene.acme, Event::KeyRevoked);
    scene
        .change_key(
            &scene.acme,
            &second.client_id,
            KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut },
            None,
            end,
            written,
        )
        .await
        .expect("answered");
    scene.make_key(at(end)).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn suspended_keys_count_and_personal_credentials_do_not(#[case] on: Engine) {
    let policy = Policy { max_keys_per_environment: 1.into(), max_keys_per_user: 1.into(), ..Policy::default() };
    let scene = Scene::with(on, policy).await;
    let ana = scene.make_member("Ana").await;
    let anas = |name| NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, name) };
    scene.make_key(anas("First")).await;
    let suspend = "UPDATE api_keys SET suspended_at = 1, suspended_reason = 'suspended_by_admin'";
    scene.execute(suspend).await.expect("changed");
    assert_eq!(scene.insert(anas("Second")).await, InsertKey::EnvironmentFull { limit: 1 });
    scene.execute("UPDATE api_keys SET personal = (1 = 1)").await.expect("changed");
    assert_eq!(scene.live_keys_of(&scene.acme, &ana, now()).await.expect("answered"), 0);
    scene.make_key(anas("Second")).await;
    let in_staging = NewKey { environment: environment("staging"), ..anas("Third") };
    assert_eq!(scene.insert(in_staging).await, InsertKey::OwnerFull { limit: 1 });
    scene.make_key(NewKey { environment: environment("staging"), ..new_key(&scene.acme, "Third") }).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn live_keys_of_a_person_are_counted_in_one_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, bob) = (scene.make_member("Ana").await, scene.make_member("Bob").await);
    for (number, owner) in [&ana, &ana, &bob].into_iter().enumerate() {
        let expires_at = Some(now().plus_seconds(1 + i64::try_from(number).expect("small")));
        let new = new_key(&scene.acme, &format!("Key {number}"));
        scene.make_key(NewKey { owner: Owner::User(owner.clone()), expires_at, ..new }).await;
    }
    let globex = scene.make_organization("globex").await;
    let count = async |organization, user, at| scene.live_keys_of(organization, user, at).await.expect("answered");
    assert_eq!(count(&scene.acme, &ana, now()).await, 2);
    assert_eq!(count(&scene.acme, &ana, now().plus_seconds(1)).await, 1);
    assert_eq!(count(&scene.acme, &bob, now()).await, 1);
    assert_eq!(count(&globex, &ana, now()).await, 0);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_key_is_made_where_there_is_no_place_for_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let unknown = NewKey { environment: environment("moon"), ..new_key(&scene.acme, "Billing") };
    assert_eq!(scene.insert(unknown).await, InsertKey::NoEnvironment);
    let nobody = OrganizationId::new(now(), unique().into());
    assert_eq!(scene.insert(new_key(&nobody, "Billing")).await, InsertKey::NoEnvironment);
    let stranger = domain::id::UserId::new(now(), unique().into());
    let owned = NewKey { owner: Owner::User(stranger), ..new_key(&scene.acme, "Billing") };
    assert_eq!(scene.insert(owned).await, InsertKey::OwnerInactive);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_secret_opens_one_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let first = new_key(&scene.acme, "First");
    scene.make_key(first.clone()).await;
    let second = NewKey { secret_hash: first.secret_hash, ..new_key(&scene.acme, "Second") };
    let refused = scene.insert_key(second.clone(), None, entry(&scene.acme, Event::KeyCreated)).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    assert_eq!(scene.key(&scene.acme, &second.client_id).await.expect("answered"), None, "nothing is half done");
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_creation_asked_for_again_is_answered_with_its_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mark = |actor: &str, fingerprint: Hash| {
        let ends_at = now().plus_seconds(86_400);
        Some(Idempotency { actor: actor.to_owned(), key: "k1".to_owned(), fingerprint, ends_at })
    };
    let insert = async |name: &str, mark: Option<Idempotency>, at| {
        let new = NewKey { created_at: at, ..new_key(&scene.acme, name) };
        scene.insert_key(new, mark, entry(&scene.acme, Event::KeyCreated)).await.expect("answered")
    };
    let InsertKey::Inserted(first) = insert("First", mark("ana", hash(1)), now()).await else { panic!("refused") };
    assert_eq!(insert("First", mark("ana", hash(1)), now()).await, InsertKey::Earlier(Earlier::Same(first)));
    assert_eq!(insert("Other", mark("ana", hash(2)), now()).await, InsertKey::Earlier(Earlier::Other));
    assert!(matches!(insert("Second", mark("bob", hash(2)), now()).await, InsertKey::Inserted(_)), "another asker");
    let over = now().plus_seconds(86_400);
    assert!(matches!(insert("Third", mark("ana", hash(3)), over).await, InsertKey::Inserted(_)), "forgotten by then");
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 4);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_creation_is_not_remembered(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.make_key(new_key(&scene.acme, "Taken")).await;
    let mark = || {
        let ends_at = now().plus_seconds(1);
        Some(Idempotency { actor: "ana".to_owned(), key: "k1".to_owned(), fingerprint: hash(1), ends_at })
    };
    let written = || entry(&scene.acme, Event::KeyCreated);
    let refused = scene.insert_key(new_key(&scene.acme, "Taken"), mark(), written()).await.expect("answered");
    assert_eq!(refused, InsertKey::NameTaken);
    let made = scene.insert_key(new_key(&scene.acme, "Free"), mark(), written()).await.expect("answered");
    assert!(matches!(made, InsertKey::Inserted(_)));
    assert_eq!(scene.delete_ended_idempotency(now(), 10).await.expect("answered"), 0);
    assert_eq!(scene.delete_ended_idempotency(now().plus_seconds(1), 0).await.expect("answered"), 0);
    assert_eq!(scene.delete_ended_idempotency(now().plus_seconds(1), 10).await.expect("answered"), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn revoking_is_final_and_written_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    let later = now().plus_seconds(60);
    let revoke = async |at| {
        let written = entry(&scene.acme, Event::KeyRevoked);
        scene
            .change_key(
                &scene.acme,
                &key.client_id,
                KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut },
                None,
                at,
                written,
            )
            .await
            .expect("answered")
    };
    let revoked = ApiKey { revoked_at: Some(later), updated_at: later, revision: 2, ..key.clone() };
    assert_eq!(revoke(later).await, ChangeKey::Done(Box::new(revoked.clone())));
    assert_eq!(revoke(later.plus_seconds(1)).await, ChangeKey::Refused(VerbRefused::KeyRevoked, Box::new(revoked)));
    let events: Vec<_> = verified_chain(&*scene, &scene.acme).await.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [Event::OrganizationCreated, Event::KeyCreated, Event::KeyRevoked]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_organization_chooses_what_becomes_of_issued_tokens(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for (name, issued_tokens, generation) in [("One", IssuedTokens::RunOut, 0), ("Two", IssuedTokens::Stop, 1)] {
        let new = new_key(&scene.acme, name);
        scene.make_key(new.clone()).await;
        let written = entry(&scene.acme, Event::KeyRevoked);
        scene
            .change_key(&scene.acme, &new.client_id, KeyChange::Revoke { issued_tokens }, None, now(), written)
            .await
            .expect("answered");
        let client = scene.client_by_secret(&new.secret_hash).await.expect("answered").expect("there");
        assert_eq!(client.generation, generation);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_key_of_another_organization_is_a_key_that_is_not_there(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let theirs = scene.make_key(new_key(&globex, "Billing")).await.client_id;
    for id in [theirs, client_id(0)] {
        assert_eq!(scene.key(&scene.acme, &id).await.expect("answered"), None);
        let written = entry(&scene.acme, Event::KeyRevoked);
        let revoked = scene
            .change_key(&scene.acme, &id, KeyChange::Revoke { issued_tokens: IssuedTokens::Stop }, None, now(), written)
            .await
            .expect("answered");
        assert_eq!(revoked, ChangeKey::NotFound);
        assert!(!scene.acknowledge_key(&scene.acme, &id, now()).await.expect("answered"));
    }
    let nobody = OrganizationId::new(now(), unique().into());
    let written = entry(&nobody, Event::KeyRevoked);
    let revoked = scene
        .change_key(
            &nobody,
            &client_id(0),
            KeyChange::Revoke { issued_tokens: IssuedTokens::Stop },
            None,
            now(),
            written,
        )
        .await;
    assert_eq!(revoked.expect("answered"), ChangeKey::NotFound);
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_secret_is_acknowledged_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    for at in [now(), now().plus_seconds(60)] {
        assert!(scene.acknowledge_key(&scene.acme, &key.client_id, at).await.expect("answered"));
        let found = scene.key(&scene.acme, &key.client_id).await.expect("answered").expect("there");
        assert_eq!(found, ApiKey { acknowledged_at: Some(now()), ..key.clone() });
    }
}
