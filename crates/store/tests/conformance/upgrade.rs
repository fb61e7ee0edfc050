//! A database that every earlier version of the program has left, brought up to this one.

use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target, chain_hash},
    id::{EventId, OrganizationId, UserId},
    key::{Owner, StatusReason},
    secret::ClientId,
    time::Timestamp,
};
use rstest::rstest;
use store::{
    Hash, MasterKeyClaim,
    testing::{Database, Engine},
};

use crate::scene::{environment, hash, now, verified_chain};

const ORGANIZATION: &str = "org_0000000000000000000000000A";
const ANA: &str = "usr_0000000000000000000000000B";
const ADMIN: &str = "usr_0000000000000000000000000C";

/// Client ids of a key that works, one that its owner suspended, one that an administrator did, one that is removed.
const KEYS: [&str; 4] = [
    "kl_ci_00000000000000000000000001",
    "kl_ci_00000000000000000000000002",
    "kl_ci_00000000000000000000000003",
    "kl_ci_00000000000000000000000004",
];

const TABLES: [&str; 14] = [
    "organizations",
    "environments",
    "users",
    "memberships",
    "sessions",
    "api_keys",
    "api_key_secrets",
    "api_key_usage",
    "idempotency",
    "signing_keys",
    "opaque_tokens",
    "revoked_tokens",
    "invitations",
    "activity",
];

/// Bytes as each database writes them.
pub fn bytes(on: Engine, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match on {
        Engine::Sqlite => format!("X'{digits}'"),
        Engine::Postgres => format!("'\\x{digits}'"),
    }
}

fn entry(sequence: i64, event: Event, actor: &str, target: &str) -> Entry {
    Entry {
        id: EventId::new(now(), u128::from(sequence.unsigned_abs())),
        organization: OrganizationId::parse(ORGANIZATION).expect("an id"),
        at: now().plus_seconds(sequence),
        event,
        actor: Actor { kind: ActorKind::User, id: actor.to_owned(), name: "Somebody".to_owned() },
        target: Target { id: target.to_owned(), name: "Something".to_owned() },
        environment: Some(environment("production")),
        address: "192.0.2.7".to_owned(),
        request_id: "request".to_owned(),
        details: "{}".to_owned(),
    }
}

fn log() -> Vec<Entry> {
    vec![
        entry(1, Event::KeyCreated, ANA, KEYS[0]),
        entry(2, Event::KeySuspended, ADMIN, KEYS[1]),
        entry(3, Event::KeySuspended, ANA, KEYS[1]),
        entry(4, Event::KeySuspended, ADMIN, KEYS[2]),
        entry(5, Event::KeyRevoked, ADMIN, KEYS[3]),
    ]
}

/// The rows of an organization at work, as statements of the first schema.
fn rows(on: Engine) -> Vec<String> {
    let blob = |number: u32| bytes(on, &hash(number));
    let mut sql = vec![
        format!(
            "INSERT INTO organizations VALUES ('{ORGANIZATION}', 'acme', 'Acme', 'UTC', 'enterprise', 'active', TRUE, 50, \
             10, 'members', 'both', 'jwt', 3600, NULL, TRUE, FALSE, '', 7, 1, 1)"
        ),
        format!("INSERT INTO environments VALUES ('{ORGANIZATION}', 'env_a', 'production', 'Production', 0, NULL)"),
        format!(
            "INSERT INTO users VALUES ('{ANA}', 'Ana@x.test', 'ana@x.test', 'Ana', '$argon2id$ana', 'active', 2, 1), \
             ('{ADMIN}', 'b@x.test', 'b@x.test', 'Bo', NULL, 'active', 0, 1)"
        ),
        format!(
            "INSERT INTO memberships VALUES ('{ORGANIZATION}', '{ANA}', 'member', 'active', 1), \
             ('{ORGANIZATION}', '{ADMIN}', 'admin', 'active', 1)"
        ),
        format!(
            "INSERT INTO sessions VALUES ({}, '{ANA}', '{{}}', 1, 1, 1, {end}, {end}, '192.0.2.7', 'Browser')",
            blob(90),
            end = now().plus_seconds(600).as_millis()
        ),
        format!("INSERT INTO signing_keys VALUES ('kid', 'ES256', {}, 1, 1, NULL)", bytes(on, b"wrapped")),
        format!("UPDATE deployment SET master_key_fingerprint = {}, master_key_claimed_at = 1", blob(91)),
        format!(
            "INSERT INTO invitations VALUES ('{ORGANIZATION}', 'inv_a', {}, 'c@x.test', 'c@x.test', 'member', 'Bo', 1, 9)",
            blob(92)
        ),
        format!("INSERT INTO revoked_tokens VALUES ('{ORGANIZATION}', 'jti', 9)"),
    ];
    for (number, client_id) in (1..).zip(KEYS) {
        let states =
            ["NULL, NULL, NULL", "5, 'suspended_by_admin', NULL", "5, 'suspended_by_admin', NULL", "NULL, NULL, 5"];
        let name_key = if number == 4 { "NULL".to_owned() } else { format!("'key {number}'") };
        sql.push(format!(
            "INSERT INTO api_keys (org_id, id, client_id, environment, name, name_key, name_search, description, kind, \
             owner_user_id, scopes, access_token_format, suspended_at, suspended_reason, revoked_at, created_at, \
             created_by, updated_at, gen) VALUES ('{ORGANIZATION}', 'key_0000000000000000000000000{number}', \
             '{client_id}', 'production', 'Key {number}', {name_key}, 'key {number}', '', 'client', '{ANA}', \
             'keys:read', 'jwt', {}, 1, 'Ana', 1, 3)",
            states[number - 1]
        ));
        sql.push(format!(
            "INSERT INTO api_key_secrets VALUES ('{ORGANIZATION}', 'key_0000000000000000000000000{number}', 1, {}, 1, 1, \
             NULL, 1)",
            blob(number as u32)
        ));
    }
    let key = "key_00000000000000000000000001";
    sql.push(format!("INSERT INTO api_key_usage VALUES ('{ORGANIZATION}', '{key}', 0, 12)"));
    sql.push(format!("INSERT INTO idempotency VALUES ('{ORGANIZATION}', 'a', 'b', {}, '{key}', 9)", blob(93)));
    sql.push(format!(
        "INSERT INTO opaque_tokens VALUES ({}, '{ORGANIZATION}', '{key}', '{ANA}', '', 'jti', 'aud', 1, 9, 12)",
        blob(94)
    ));
    let mut previous = Hash::default();
    for (sequence, entry) in (1..).zip(log()) {
        let hash = chain_hash(&previous, sequence, &entry);
        sql.push(format!(
            "INSERT INTO activity VALUES ('{ORGANIZATION}', {sequence}, '{}', {}, '{}', 'user', '{}', '{}', '{}', '{}', \
             'production', '{}', '{}', '{}', {}, {})",
            entry.id,
            entry.at.as_millis(),
            entry.event,
            entry.actor.id,
            entry.actor.name,
            entry.target.id,
            entry.target.name,
            entry.address,
            entry.request_id,
            entry.details,
            bytes(on, &previous),
            bytes(on, &hash)
        ));
        previous = hash;
    }
    sql.push(format!(
        "INSERT INTO activity_heads VALUES ('{ORGANIZATION}', {}, {})",
        log().len(),
        bytes(on, &previous)
    ));
    sql
}

async fn counts(database: &Database) -> Vec<u64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(database.count(table).await.expect("answered"));
    }
    counts
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_is_lost_since_the_first_schema(#[case] on: Engine) {
    let database = Database::start_at(on, 1).await;
    for statement in rows(on) {
        database.execute(&statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    let before = counts(&database).await;
    assert!(before.iter().all(|count| *count > 0), "{before:?}");
    database.migrate().await.expect("migrated");
    assert_eq!(counts(&database).await, before);

    let organization = OrganizationId::parse(ORGANIZATION).expect("an id");
    assert_eq!(verified_chain(&*database, &organization).await, log());
    let client = database.client_by_secret(&hash(1)).await.expect("answered").expect("its secret is good");
    assert_eq!((client.client_id.as_str(), client.generation, client.suspended), (KEYS[0], 12, false));
    for (client_id, suspended_by) in KEYS.into_iter().zip([None, Some(ANA), Some(ADMIN), None]) {
        let id = ClientId::parse(client_id).expect("a client id");
        let key = database.key(&organization, &id).await.expect("answered").expect("there");
        assert_eq!(key.suspended_by.as_deref(), suspended_by, "{client_id}");
        let reason = key.suspended.map(|(_, reason)| reason);
        assert_eq!(reason, suspended_by.map(|_| StatusReason::SuspendedByAdmin));
        assert_eq!(key.owner, Owner::User(UserId::parse(ANA).expect("an id")));
    }
    let account = database.account("ana@x.test").await.expect("answered").expect("there");
    assert_eq!((account.password_hash.as_deref(), account.may_sign_in), (Some("$argon2id$ana"), true));
    assert_eq!(database.signing_keys().await.expect("answered")[0].wrapped_private, b"wrapped");
    let claim = MasterKeyClaim { fingerprint: hash(91), wrapped_hash_key: vec![1] };
    assert_eq!(database.claim_master_key(claim.clone(), now()).await.expect("answered"), Ok(claim));
    assert!(database.take_clean_up(Timestamp::from_millis(0), now()).await.expect("answered"));
}
