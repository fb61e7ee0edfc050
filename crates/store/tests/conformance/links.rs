use domain::{activity::Event, slug::OrganizationSlug, time::Timestamp, user::Role};
use rstest::rstest;
use store::{
    Hash, Link, LinkPurpose, NewOrganization, SetUp, Store,
    testing::{Database, Engine},
};

use crate::scene::{Scene, entry, environments, hash, new_user, now, organization, unique, verified_chain};

fn link(ends_at: Timestamp) -> Link {
    Link { token_hash: hash(unique()), purpose: LinkPurpose::SetUp, at: now(), ends_at }
}

async fn insert(store: &dyn Store) -> Hash {
    let link = link(now().plus_seconds(1_800));
    store.insert_link(link.clone()).await.expect("inserted");
    link.token_hash
}

async fn works(store: &dyn Store, token: &Hash, at: Timestamp) -> bool {
    store.link_works(token, LinkPurpose::SetUp, at).await.expect("answered")
}

async fn set_up(store: &dyn Store, token: &Hash, slug: &str) -> SetUp {
    let new = NewOrganization { organization: organization(slug), environments: environments() };
    let id = new.organization.id.clone();
    let entries = vec![entry(&id, Event::OrganizationCreated), entry(&id, Event::UserCreated)];
    store.set_up(token, new, new_user("Ana"), entries).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_link_works_until_it_ends_or_a_newer_one_is_made(#[case] on: Engine) {
    let database = Database::start(on).await;
    let first = insert(&*database).await;
    assert!(works(&*database, &first, now().plus_seconds(1_799)).await);
    assert!(!works(&*database, &first, now().plus_seconds(1_800)).await);
    assert!(!works(&*database, &hash(0), now()).await);
    let second = insert(&*database).await;
    assert!(!works(&*database, &first, now()).await);
    assert!(works(&*database, &second, now()).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_first_set_up_makes_an_organization_with_its_administrator(#[case] on: Engine) {
    let database = Database::start(on).await;
    let token = insert(&*database).await;
    let SetUp::Done(user) = set_up(&*database, &token, "acme").await else { panic!("refused") };
    let slug = OrganizationSlug::parse("acme").expect("a slug");
    let member = database.member(&user, &slug).await.expect("answered").expect("there");
    assert_eq!(member.role, Role::Admin);
    let id = &member.organization.id;
    assert_eq!(database.environments(id, None, now()).await.expect("answered").len(), 3);
    let events: Vec<_> = verified_chain(&*database, id).await.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [Event::OrganizationCreated, Event::UserCreated]);
    assert!(!works(&*database, &token, now()).await, "it is used up");
    assert_eq!(set_up(&*database, &token, "globex").await, SetUp::LinkOver);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_or_ended_link_sets_nothing_up(#[case] on: Engine) {
    let database = Database::start(on).await;
    let ended = link(now());
    database.insert_link(ended.clone()).await.expect("inserted");
    for token in [ended.token_hash, hash(0)] {
        assert_eq!(set_up(&*database, &token, "acme").await, SetUp::LinkOver);
    }
    assert!(database.organizations().await.expect("answered").is_empty());
    assert!(database.account(&new_user("Ana").email.key()).await.expect("answered").is_none());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nothing_is_set_up_beside_an_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let token = insert(&*scene).await;
    assert_eq!(set_up(&*scene, &token, "globex").await, SetUp::LinkOver);
    assert_eq!(scene.organizations().await.expect("answered").len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_set_ups_at_once_one_is_done(#[case] on: Engine) {
    let database = Database::start(on).await;
    let token = insert(&*database).await;
    let tasks = ["acme", "globex", "initech"].map(|slug| {
        let store = database.store();
        tokio::spawn(async move { set_up(store.as_ref(), &token, slug).await })
    });
    let mut done = 0;
    for task in tasks {
        done += u32::from(matches!(task.await.expect("finished"), SetUp::Done(_)));
    }
    assert_eq!(done, 1);
    assert_eq!(database.organizations().await.expect("answered").len(), 1);
}
