use domain::{
    activity::Event,
    id::KeyId,
    key::{Owner, StatusReason},
    organization::OrganizationState,
    scope::Scopes,
    time::Timestamp,
};
use rstest::rstest;
use store::{
    Error, IssuedTokens, KeyChange, NewKey, OpaqueToken, OrganizationChange, RevokedToken, TokenState, TokensIssued,
    Use, testing::Engine,
};

use crate::scene::{Scene, client_id, entry, hash, new_key, now, unique, verified_chain};

fn opaque_token(new: &NewKey, expires_in_s: i64) -> OpaqueToken {
    OpaqueToken {
        token_hash: hash(unique()),
        organization: new.organization.clone(),
        key: new.id.clone(),
        client_id: new.client_id.clone(),
        environment: new.environment.clone(),
        owner: match &new.owner {
            Owner::Organization => None,
            Owner::User(id) => Some(id.clone()),
        },
        scopes: Scopes::parse("keys:read").expect("scopes"),
        jti: format!("jti-{}", unique()),
        audience: "urn:keyline:acme".to_owned(),
        issued_at: now().as_seconds(),
        expires_at: now().as_seconds() + expires_in_s,
        generation: 0,
    }
}

fn live(new: &NewKey) -> TokenState {
    let (key, key_expires_at) = (new.id.clone(), new.expires_at);
    TokenState { key, key_expires_at, key_in_use: true, generation: 0, revoked: false, may_act: true }
}

async fn state(scene: &Scene, new: &NewKey, jti: &str) -> TokenState {
    let state = scene.token_state(&scene.acme, &new.client_id, jti).await;
    state.expect("answered").expect("there")
}

fn in_a_minute() -> Timestamp {
    Timestamp::from_millis((now().as_seconds() + 60) * 1_000)
}

fn revoked(new: &NewKey, jti: &str) -> RevokedToken {
    RevokedToken {
        organization: new.organization.clone(),
        key: new.id.clone(),
        generation: 0,
        jti: jti.to_owned(),
        expires_at: in_a_minute(),
    }
}

async fn revoke(scene: &Scene, new: &NewKey, jti: &str) {
    let written = entry(&new.organization, Event::TokenRevoked);
    scene.revoke_token(revoked(new, jti), written).await.expect("revoked");
}

async fn exchange(scene: &Scene, new: &NewKey, generation: i64, last_ends_at: Timestamp, count: u32) {
    let used = Use {
        organization: new.organization.clone(),
        key: new.id.clone(),
        secret_version: 1,
        at: now(),
        address: "192.0.2.1".to_owned(),
        user_agent: String::new(),
        count,
        tokens: vec![TokensIssued { generation, last_ends_at, count }],
    };
    scene.record_uses(vec![used]).await.expect("recorded");
}

async fn live_tokens(scene: &Scene, keys: &[&NewKey], at: Timestamp) -> (u64, Option<Timestamp>) {
    let ids: Vec<_> = keys.iter().map(|new| new.id.clone()).collect();
    let live = scene.live_tokens(&scene.acme, &ids, at).await.expect("counted");
    (live.count, live.last_ends_at)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_opaque_token_comes_back_as_it_was_stored(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let ending = NewKey { expires_at: Some(now().plus_seconds(60)), ..new_key(&scene.acme, "Of the organization") };
    let anas = NewKey { owner: Owner::User(ana), ..new_key(&scene.acme, "Of Ana") };
    for new in [ending, anas] {
        scene.make_key(new.clone()).await;
        let token = opaque_token(&new, 60);
        scene.insert_opaque_token(token.clone()).await.expect("stored");
        let found = scene.opaque_token(&token.token_hash).await.expect("answered");
        assert_eq!(found, Some((token, live(&new))));
    }
    assert_eq!(scene.opaque_token(&hash(0)).await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_belongs_to_a_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let unknown = OpaqueToken { key: KeyId::new(now(), unique().into()), ..opaque_token(&new, 60) };
    let foreign = OpaqueToken { organization: globex, ..opaque_token(&new, 60) };
    for token in [unknown, foreign] {
        assert!(matches!(scene.insert_opaque_token(token).await, Err(Error::Refused(_))));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_each_their_own_answer(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut tokens = Vec::new();
    for number in 0..40 {
        let new = new_key(&scene.acme, &format!("Key {number}"));
        scene.make_key(new.clone()).await;
        let token = opaque_token(&new, 60);
        scene.insert_opaque_token(token.clone()).await.expect("stored");
        if number % 3 == 0 {
            revoke(&scene, &new, &token.jti).await;
        }
        tokens.push((TokenState { revoked: number % 3 == 0, ..live(&new) }, token));
    }
    let asked: Vec<_> = tokens
        .into_iter()
        .map(|(expected, token)| {
            let store = scene.store();
            tokio::spawn(async move {
                let state = store.token_state(&token.organization, &token.client_id, &token.jti).await;
                assert_eq!(state.expect("answered"), Some(expected.clone()));
                let other = store.token_state(&token.organization, &token.client_id, "another").await;
                assert_eq!(other.expect("answered"), Some(TokenState { revoked: false, ..expected.clone() }));
                let found = store.opaque_token(&token.token_hash).await.expect("answered");
                assert_eq!(found, Some((token, expected)));
            })
        })
        .collect();
    for answered in asked {
        answered.await.expect("as expected");
    }
    assert_eq!(scene.token_state(&scene.acme, &client_id(0), "unknown").await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_ends_a_token_shows_on_the_next_use(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let new = NewKey { owner: Owner::User(ana), ..new_key(&scene.acme, "Billing") };
    scene.make_key(new.clone()).await;
    let token = opaque_token(&new, 60);
    scene.insert_opaque_token(token.clone()).await.expect("stored");
    let of_opaque = async || scene.opaque_token(&token.token_hash).await.expect("answered").expect("there").1;
    for table in ["users", "memberships"] {
        for (to, may_act) in [("deactivated", false), ("active", true)] {
            scene.execute(&format!("UPDATE {table} SET state = '{to}'")).await.expect("changed");
            assert_eq!(state(&scene, &new, &token.jti).await.may_act, may_act, "{table} {to}");
            assert_eq!(of_opaque().await.may_act, may_act, "{table} {to}");
        }
    }
    scene.execute("UPDATE users SET gen = 10").await.expect("changed");
    let change = |state, api_keys| OrganizationChange { state, api_keys, ..OrganizationChange::default() };
    let (on, off) = (Some(OrganizationState::Active), Some(OrganizationState::Disabled));
    for (change, generation, may_act) in
        [(change(off, None), 11, false), (change(on, Some(false)), 12, false), (change(None, Some(true)), 12, true)]
    {
        scene.set(&scene.acme, change).await;
        let expected = TokenState { generation, may_act, ..live(&new) };
        assert_eq!(state(&scene, &new, &token.jti).await, expected);
        assert_eq!(of_opaque().await, expected);
    }
    let written = entry(&scene.acme, Event::KeyRevoked);
    scene
        .change_key(
            &scene.acme,
            &new.client_id,
            KeyChange::Revoke { issued_tokens: IssuedTokens::Stop },
            None,
            now(),
            written,
        )
        .await
        .expect("answered");
    let ended = of_opaque().await;
    assert_eq!((ended.generation, ended.key_in_use), (13, false));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_state_of_a_token_is_asked_for_in_its_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    assert_eq!(state(&scene, &new, "any").await, live(&new));
    assert_eq!(scene.token_state(&globex, &new.client_id, "any").await.expect("answered"), None);
    assert_eq!(scene.token_state(&scene.acme, &client_id(0), "any").await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_is_revoked_once_and_alone(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let token = opaque_token(&new, 60);
    scene.insert_opaque_token(token.clone()).await.expect("stored");
    for _ in 0..2 {
        revoke(&scene, &new, &token.jti).await;
        assert!(state(&scene, &new, &token.jti).await.revoked);
        assert!(scene.opaque_token(&token.token_hash).await.expect("answered").expect("there").1.revoked);
        assert!(!state(&scene, &new, "another").await.revoked);
    }
    let events: Vec<_> = verified_chain(&*scene, &scene.acme).await.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [Event::OrganizationCreated, Event::KeyCreated, Event::TokenRevoked]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_revocation_in_one_organization_ends_no_token_of_another(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let theirs = new_key(&globex, "Billing");
    scene.make_key(theirs.clone()).await;
    let ours = new_key(&scene.acme, "Billing");
    scene.make_key(ours.clone()).await;
    revoke(&scene, &ours, "the same").await;
    let state = scene.token_state(&globex, &theirs.client_id, "the same").await.expect("answered").expect("there");
    assert!(!state.revoked);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_many_times_at_once_is_written_down_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let (store, token) = (scene.store(), revoked(&new, "one"));
            let written = entry(&scene.acme, Event::TokenRevoked);
            tokio::spawn(async move { store.revoke_token(token, written).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("revoked");
    }
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 3);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn live_tokens_are_counted_until_they_end_are_revoked_or_stopped(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (billing, export) = (new_key(&scene.acme, "Billing"), new_key(&scene.acme, "Export"));
    for new in [&billing, &export] {
        scene.make_key(new.clone()).await;
    }
    let (soon, late) = (in_a_minute(), in_a_minute().plus_seconds(1_800));
    assert_eq!(live_tokens(&scene, &[&billing, &export], now()).await, (0, None));
    // Revoked before the batch that counts it is written.
    revoke(&scene, &billing, "early").await;
    assert_eq!(live_tokens(&scene, &[&billing], now()).await, (0, None));
    exchange(&scene, &billing, 0, soon, 3).await;
    exchange(&scene, &billing, 0, late, 2).await;
    exchange(&scene, &billing, 0, late.plus_seconds(-1), 1).await;
    exchange(&scene, &export, 0, soon, 1).await;
    assert_eq!(live_tokens(&scene, &[&billing], now()).await, (5, Some(late)));
    assert_eq!(live_tokens(&scene, &[&billing, &export], now()).await, (6, Some(late)));
    assert_eq!(live_tokens(&scene, &[], now()).await, (0, None));
    assert_eq!(live_tokens(&scene, &[&billing], soon).await, (3, Some(late)));
    assert_eq!(live_tokens(&scene, &[&billing], late).await, (0, None));
    let change = KeyChange::Suspend {
        reason: StatusReason::SuspendedByAdmin,
        by: None,
        takes_over: false,
        issued_tokens: IssuedTokens::Stop,
    };
    let written = entry(&scene.acme, Event::KeySuspended);
    scene.change_key(&scene.acme, &billing.client_id, change, None, now(), written).await.expect("answered");
    assert_eq!(live_tokens(&scene, &[&billing], now()).await, (0, None));
    exchange(&scene, &billing, 1, soon, 1).await;
    assert_eq!(live_tokens(&scene, &[&billing], now()).await, (1, Some(soon)));
    scene.delete_ended_tokens(soon.plus_seconds(60), 10).await.expect("deleted");
    assert_eq!(live_tokens(&scene, &[&export], now()).await, (0, None));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn tokens_that_ended_are_removed_in_parts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let lives = opaque_token(&new, 61);
    for token in [lives.clone(), opaque_token(&new, 60), opaque_token(&new, 60), opaque_token(&new, 1)] {
        revoke(&scene, &new, &token.jti).await;
        scene.insert_opaque_token(token).await.expect("stored");
    }
    let ended = Timestamp::from_millis((now().as_seconds() + 60) * 1_000);
    let mut removed = Vec::new();
    for _ in 0..3 {
        removed.push(scene.delete_ended_tokens(ended, 2).await.expect("answered"));
    }
    assert_eq!(removed, [4, 3, 0], "two of each, then what is left: one token and two revocations");
    assert!(scene.opaque_token(&lives.token_hash).await.expect("answered").is_some());
}
