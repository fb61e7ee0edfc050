use std::collections::{BTreeMap, BTreeSet};

use domain::{activity::Event, id::OrganizationId, organization::OrganizationState, user::Role};
use rstest::rstest;
use store::{CreateOrganization, DeleteOrganization, NewOrganization, OrganizationChange, Tombstone, testing::Engine};

use crate::{
    scene::{Scene, entry, environments, new_key, now, organization, verified_chain},
    schema::columns,
    upgrade::bytes,
};

async fn delete(scene: &Scene, id: &OrganizationId) -> DeleteOrganization {
    let signed = |tombstone: &Tombstone| [tombstone.slug.as_str().len() as u8; 32];
    scene.delete_organization(id, now().plus_seconds(60), Box::new(signed)).await.expect("answered")
}

async fn disable(scene: &Scene, id: &OrganizationId) {
    scene.set(id, OrganizationChange { state: Some(OrganizationState::Disabled), ..Default::default() }).await;
}

/// How many rows each table has.
async fn counts(scene: &Scene) -> BTreeMap<String, u64> {
    let tables: BTreeSet<_> = columns(&scene.database).await.into_iter().map(|(table, ..)| table).collect();
    let mut counts = BTreeMap::new();
    for table in tables {
        counts.insert(table.clone(), scene.database.count(&table).await.expect("counted"));
    }
    counts
}

/// A row in every table for an organization, some of which no method makes on purpose.
async fn fill(scene: &Scene, on: Engine, id: &OrganizationId) {
    let eve = scene.join(id, "Eve", Role::Admin).await;
    let key = scene.make_key(new_key(id, "Billing")).await;
    let hash = bytes(on, &[9; 32]);
    let key = key.id;
    for sql in [
        format!(
            "INSERT INTO sessions (id_hash, user_id, data, authenticated_at, created_at, last_seen_at, ends_at, \
             idle_ends_at, address, user_agent) VALUES ({hash}, '{eve}', '{{}}', 1, 1, 1, 2, 2, '', '')"
        ),
        format!("INSERT INTO password_resets VALUES ({hash}, '{eve}', 1, 2)"),
        format!("INSERT INTO api_key_usage VALUES ('{id}', '{key}', 0, 1)"),
        format!("INSERT INTO live_tokens VALUES ('{id}', '{key}', 0, 1, 1, 1)"),
        format!("INSERT INTO idempotency VALUES ('{id}', 'actor', 'key', {hash}, '{key}', 2)"),
        format!(
            "INSERT INTO opaque_tokens (token_hash, org_id, key_id, scopes, jti, audience, issued_at, expires_at, gen) \
             VALUES ({hash}, '{id}', '{key}', '', 'jti', '', 1, 2, 0)"
        ),
        format!("INSERT INTO revoked_tokens VALUES ('{id}', 'jti', 2)"),
        format!(
            "INSERT INTO invitations VALUES ('{id}', 'inv', {hash}, 'x@example.test', 'x@example.test', 'member', \
             'Eve', 1, 2)"
        ),
        format!("INSERT INTO invitation_forms VALUES ('{id}', 'form', 'x@example.test', 2)"),
        format!(
            "INSERT INTO mails (id, about, to_address, org_id, created_at, next_at) \
             VALUES ('one', 'invitation', 'x@example.test', '{id}', 1, 1)"
        ),
        "INSERT INTO mails (id, about, to_address, created_at, next_at) \
             VALUES ('two', 'password_forgotten', 'Eve@example.test', 1, 1)"
            .to_owned(),
        format!("INSERT INTO reminders VALUES ('{id}', '{key}', 2, 14)"),
        format!("INSERT INTO activity_checkpoints VALUES ('{id}', 1, {hash}, 1, {hash})"),
    ] {
        scene.execute(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_but_a_tombstone_stays_of_an_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let both = scene.make_member("Both").await;
    let kept = scene.make_key(new_key(&scene.acme, "Kept")).await;
    let acme = &scene.acme;
    let theirs = format!(
        "INSERT INTO mails (id, about, to_address, org_id, created_at, next_at) \
         VALUES ('theirs', 'invitation', 'Eve@example.test', '{acme}', 1, 1)"
    );
    scene.execute(&theirs).await.expect("a mail of another organization to the same address");
    let before = counts(&scene).await;
    let globex = scene.make_organization("globex").await;
    scene.join(&globex, "Both", Role::Member).await;
    fill(&scene, on, &globex).await;
    let filled = counts(&scene).await;
    for (table, column, _) in columns(&scene.database).await {
        if column == "org_id" || column == "user_id" {
            assert!(filled[&table] > before[&table], "{table} has no row that could stay");
        }
    }
    let (sequence, hash) = scene.activity_head(&globex).await.expect("answered").expect("there");
    assert_eq!(delete(&scene, &globex).await, DeleteOrganization::Active);
    assert_eq!(counts(&scene).await, filled);

    disable(&scene, &globex).await;
    let DeleteOrganization::Deleted(tombstone) = delete(&scene, &globex).await else { panic!("deleted") };
    assert_eq!((tombstone.id.clone(), tombstone.slug.as_str()), (globex.clone(), "globex"));
    assert_eq!(tombstone.sequence, sequence + 1, "that it was disabled is its last row");
    assert_ne!(tombstone.hash, hash);
    assert_eq!((tombstone.deleted_at, tombstone.signature), (now().plus_seconds(60), [6; 32]));
    assert_eq!(scene.tombstones().await.expect("answered"), [*tombstone]);
    let mut after = counts(&scene).await;
    assert_eq!(after.insert("deleted_organizations".to_owned(), 0), Some(1));
    assert_eq!(after, before);
    assert_eq!(scene.key(&scene.acme, &kept.client_id).await.expect("answered"), Some(kept));
    assert_eq!(scene.memberships(&both).await.expect("answered").len(), 1, "an account that belongs elsewhere stays");
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 3);
    assert_eq!(delete(&scene, &globex).await, DeleteOrganization::NotFound);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_slug_is_not_given_again_and_a_tombstone_is_final(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    disable(&scene, &scene.acme).await;
    assert!(matches!(delete(&scene, &scene.acme).await, DeleteOrganization::Deleted(_)));
    let again = NewOrganization { organization: organization("acme"), environments: environments() };
    let written = entry(&again.organization.id, Event::OrganizationCreated);
    assert_eq!(scene.create_organization(again, written).await.expect("answered"), CreateOrganization::SlugTaken);
    for sql in ["DELETE FROM deleted_organizations", "UPDATE deleted_organizations SET name = 'x'"] {
        assert!(scene.execute(sql).await.is_err(), "{sql}");
    }
}
