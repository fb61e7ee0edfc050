use std::sync::Arc;

use domain::{
    activity::Event,
    key::{AccessTokenFormat, Kind, Owner},
    organization::OrganizationState,
    slug::OrganizationSlug,
    time::Timestamp,
};
use rstest::rstest;
use sqlx::{ConnectOptions, Connection};
use store::{Client, IssuedTokens, KeyChange, NewKey, OrganizationChange, Use, testing::Engine};

use crate::scene::{Scene, entry, hash, new_key, now, postgres, sqlite};

async fn client(scene: &Scene, new: &NewKey) -> Client {
    scene.client_by_secret(&new.secret_hash).await.expect("answered").expect("there")
}

fn used(new: &NewKey, at: Timestamp, address: &str, count: u32) -> Use {
    Use {
        organization: new.organization.clone(),
        key: new.id.clone(),
        secret_version: 1,
        at,
        address: address.to_owned(),
        user_agent: format!("agent at {address}"),
        count,
        tokens: Vec::new(),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_secret_finds_everything_about_its_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let new = NewKey {
        kind: Kind::Token,
        owner: Owner::User(ana.clone()),
        access_token_format: AccessTokenFormat::Opaque,
        expires_at: Some(now().plus_seconds(1)),
        ..new_key(&scene.acme, "Billing")
    };
    scene.make_key(new.clone()).await;
    scene.make_key(new_key(&scene.acme, "Another")).await;
    let expected = Client {
        key: new.id.clone(),
        client_id: new.client_id.clone(),
        name: new.name.to_string(),
        organization: scene.acme.clone(),
        organization_slug: OrganizationSlug::parse("acme").expect("a slug"),
        organization_state: OrganizationState::Active,
        api_keys: true,
        token_lifetime_s: 3_600,
        environment: new.environment.clone(),
        kind: Kind::Token,
        owner: Some(ana),
        owner_active: true,
        scopes: new.scopes.clone(),
        access_token_format: AccessTokenFormat::Opaque,
        created_at: now(),
        expires_at: new.expires_at,
        suspended: false,
        revoked: false,
        secret_version: 1,
        secret_ends_at: None,
        generation: 0,
    };
    assert_eq!(client(&scene, &new).await, expected);
    assert_eq!(scene.client_by_secret(&hash(0)).await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_stops_a_key_shows_on_the_next_use(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let new = NewKey { owner: Owner::User(ana), ..new_key(&scene.acme, "Billing") };
    scene.make_key(new.clone()).await;
    for table in ["users", "memberships"] {
        scene.execute(&format!("UPDATE {table} SET state = 'deactivated'")).await.expect("changed");
        assert!(!client(&scene, &new).await.owner_active, "{table}");
        scene.execute(&format!("UPDATE {table} SET state = 'active'")).await.expect("changed");
        assert!(client(&scene, &new).await.owner_active, "{table}");
    }
    let suspend = "UPDATE api_keys SET suspended_at = 1, suspended_reason = 'exposed'";
    scene.execute(suspend).await.expect("changed");
    assert!(client(&scene, &new).await.suspended);
    let change = OrganizationChange {
        state: Some(OrganizationState::Disabled),
        api_keys: Some(false),
        token_lifetime_s: Some(30),
        ..OrganizationChange::default()
    };
    scene.set(&scene.acme, change).await;
    let found = client(&scene, &new).await;
    assert_eq!((found.organization_state, found.api_keys), (OrganizationState::Disabled, false));
    assert_eq!(found.token_lifetime_s, 30);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_generation_is_the_sum_of_organization_owner_and_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let organizations = new_key(&scene.acme, "Of the organization");
    let anas = NewKey { owner: Owner::User(ana), ..new_key(&scene.acme, "Of Ana") };
    scene.make_key(organizations.clone()).await;
    scene.make_key(anas.clone()).await;
    for (table, step) in [("organizations", 100), ("users", 10), ("api_keys", 1)] {
        scene.execute(&format!("UPDATE {table} SET gen = {step}")).await.expect("changed");
    }
    assert_eq!(client(&scene, &organizations).await.generation, 101);
    assert_eq!(client(&scene, &anas).await.generation, 111);
    let written = entry(&scene.acme, Event::KeyRevoked);
    scene
        .change_key(
            &scene.acme,
            &anas.client_id,
            KeyChange::Revoke { issued_tokens: IssuedTokens::Stop },
            None,
            now(),
            written,
        )
        .await
        .expect("answered");
    let found = client(&scene, &anas).await;
    assert_eq!((found.generation, found.revoked), (112, true));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_previous_secret_is_found_with_its_end(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let ends_at = now().plus_seconds(60);
    scene.execute(&format!("UPDATE api_key_secrets SET ends_at = {}", ends_at.as_millis())).await.expect("changed");
    let found = client(&scene, &new).await;
    assert_eq!((found.secret_version, found.secret_ends_at), (1, Some(ends_at)));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_last_use_never_moves_back(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let later = now().plus_seconds(10);
    for (at, address) in [(later, "192.0.2.1"), (now(), "192.0.2.2")] {
        scene.record_uses(vec![used(&new, at, address, 1)]).await.expect("recorded");
        let key = scene.key(&scene.acme, &new.client_id).await.expect("answered").expect("there");
        assert_eq!((key.last_used_at, key.last_used_ip.as_deref()), (Some(later), Some("192.0.2.1")));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn uses_are_counted_by_the_hour_whoever_writes_them(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let keys = ["One", "Two"].map(|name| new_key(&scene.acme, name));
    for key in &keys {
        scene.make_key(key.clone()).await;
    }
    let hour = Timestamp::from_millis(1_795_680_000_000);
    let tasks: Vec<_> = (0..10)
        .map(|number| {
            let mut batch: Vec<_> =
                keys.iter().map(|key| used(key, hour.plus_seconds(number), "192.0.2.1", 3)).collect();
            batch.extend(keys.iter().map(|key| used(key, hour.plus_seconds(3_600), "192.0.2.1", 1)));
            let turn = usize::try_from(number).expect("small") % batch.len();
            batch.rotate_left(turn);
            let store = scene.store();
            tokio::spawn(async move { store.record_uses(batch).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("recorded");
    }
    let next = hour.plus_seconds(3_600);
    for (from, until, expected) in [
        (hour, next.plus_seconds(1), vec![(hour, 30), (next, 10)]),
        (hour, next, vec![(hour, 30)]),
        (hour.plus_seconds(1), next.plus_seconds(1), vec![(next, 10)]),
        (next.plus_seconds(1), next.plus_seconds(2), vec![]),
    ] {
        assert_eq!(scene.uses(&scene.acme, &keys[0].id, from, until).await.expect("answered"), expected);
    }
    let globex = scene.make_organization("globex").await;
    assert!(scene.uses(&globex, &keys[0].id, hour, next).await.expect("answered").is_empty());
    let hour = hour.as_millis();
    assert_eq!(counts(&scene).await, [(hour, 30), (hour, 30), (hour + 3_600_000, 10), (hour + 3_600_000, 10)]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn batches_about_the_same_keys_do_not_wait_for_each_other(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut keys = Vec::new();
    for number in 0..12 {
        let key = new_key(&scene.acme, &format!("Key {number}"));
        scene.make_key(key.clone()).await;
        keys.push(key);
    }
    // Each in hours of its own and in an order of its own, so that they meet at the keys alone; more than one statement takes.
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let hours = (0..100).map(|hour| now().plus_seconds((number * 100 + hour) * 3_600));
            let mut batch: Vec<_> =
                hours.flat_map(|at| keys.iter().map(move |key| used(key, at, "192.0.2.1", 2))).collect();
            let turn = usize::try_from(number).expect("small") * 2;
            batch.rotate_left(turn);
            let store = scene.store();
            tokio::spawn(async move { store.record_uses(batch).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("recorded");
    }
    let last = now().plus_seconds(599 * 3_600);
    for key in &keys {
        let uses = scene.uses(&scene.acme, &key.id, now().plus_seconds(-3_600), last).await.expect("answered");
        assert_eq!((uses.len(), uses.iter().map(|(_, count)| count).sum::<u64>()), (600, 1_200));
        let key = scene.key(&scene.acme, &key.client_id).await.expect("answered").expect("there");
        assert_eq!((key.last_used_at, key.secrets[0].last_used_at), (Some(last), Some(last)));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_may_say_several_things_about_one_key(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let second = "INSERT INTO api_key_secrets (org_id, key_id, version, secret_hash, hash_key_version, created_at, \
                  ends_at) SELECT org_id, key_id, 2, $hash, hash_key_version, created_at, created_at FROM api_key_secrets";
    let hash = match on {
        Engine::Sqlite => format!("X'{}'", "07".repeat(32)),
        Engine::Postgres => format!("'\\x{}'", "07".repeat(32)),
    };
    scene.execute(&second.replace("$hash", &hash)).await.expect("a second secret");
    let later = now().plus_seconds(10);
    let batch = vec![
        used(&new, later, "192.0.2.1", 1),
        Use { secret_version: 2, ..used(&new, now(), "192.0.2.2", 3) },
        used(&new, now(), "192.0.2.3", 5),
    ];
    scene.record_uses(batch).await.expect("recorded");
    let key = scene.key(&scene.acme, &new.client_id).await.expect("answered").expect("there");
    assert_eq!((key.last_used_at, key.last_used_ip.as_deref()), (Some(later), Some("192.0.2.1")));
    assert_eq!(key.last_used_agent, "agent at 192.0.2.1");
    let mut secrets: Vec<_> = key.secrets.iter().map(|secret| (secret.version, secret.last_used_at)).collect();
    secrets.sort_unstable();
    assert_eq!(secrets, [(1, Some(later)), (2, Some(now()))]);
    assert_eq!(counts(&scene).await.iter().map(|(_, count)| count).sum::<i64>(), 9);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_use_counts_only_for_a_key_of_its_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let foreign = Use { organization: globex, ..used(&new, now(), "192.0.2.1", 1) };
    scene.record_uses(vec![foreign]).await.expect("recorded");
    let key = scene.key(&scene.acme, &new.client_id).await.expect("answered").expect("there");
    assert_eq!(key.last_used_at, None);
    assert!(counts(&scene).await.is_empty());
}

async fn counts(scene: &Scene) -> Vec<(i64, i64)> {
    const COUNTS: &str = "SELECT hour, count FROM api_key_usage ORDER BY hour, key_id";
    match scene.database.engine() {
        Engine::Sqlite => {
            let mut connection = sqlite(&scene.database).connect().await.expect("connected");
            sqlx::query_as(COUNTS).fetch_all(&mut connection).await.expect("answered")
        }
        Engine::Postgres => {
            let mut connection = postgres(&scene.database).connect().await.expect("connected");
            sqlx::query_as(COUNTS).fetch_all(&mut connection).await.expect("answered")
        }
    }
}

/// On SQLite, where nobody can be kept waiting from outside, the pools are the same.
#[tokio::test]
async fn who_reads_for_long_keeps_no_client_waiting() {
    let scene = Scene::start(Engine::Postgres).await;
    let new = new_key(&scene.acme, "Billing");
    scene.make_key(new.clone()).await;
    let mut other = postgres(&scene.database).connect().await.expect("connected");
    let mut held = other.begin().await.expect("begun");
    sqlx::query("LOCK TABLE api_key_usage IN ACCESS EXCLUSIVE MODE").execute(&mut *held).await.expect("locked");
    let store = scene.database.open_again().await;
    let readers: Vec<_> = (0..20)
        .map(|_| {
            let (store, organization, key) = (Arc::clone(&store), scene.acme.clone(), new.id.clone());
            tokio::spawn(async move { store.uses(&organization, &key, now(), now()).await })
        })
        .collect();
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = 'api_key_usage'::regclass";
    let mut seen = 0;
    while seen < 6 {
        seen = sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *held).await.expect("answered");
    }
    let found = store.client_by_secret(&new.secret_hash).await.expect("answered while all the others wait");
    assert_eq!(found.map(|client| client.client_id), Some(new.client_id));
    assert!(readers.iter().all(|reader| !reader.is_finished()), "they still do");
    held.rollback().await.expect("ended");
    for reader in readers {
        reader.await.expect("not cut off").expect("answered");
    }
}
