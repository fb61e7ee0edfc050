//! What people change about themselves.

use domain::{
    activity::Event,
    email::Email,
    id::UserId,
    slug::OrganizationSlug,
    user::Role,
    zone::{Times, ZoneName},
};
use rstest::rstest;
use store::{ChangeEmail, Hash, InsertReset, Member, NewSession, PasswordReset, testing::Engine};

use crate::scene::{Scene, entries, events, hash, name, new_user, now, unique};

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

async fn member(scene: &Scene, user: &UserId) -> Member {
    let acme = OrganizationSlug::parse("acme").expect("a slug");
    scene.member(user, &acme).await.expect("answered").expect("there")
}

async fn open(scene: &Scene, user: &UserId, credentials_version: i64) -> Hash {
    let id_hash = hash(unique());
    let new = NewSession {
        id_hash,
        user: user.clone(),
        credentials_version,
        data: "{}".to_owned(),
        at: now(),
        ends_at: now().plus_seconds(3600),
        idle_ends_at: now().plus_seconds(1800),
        address: "192.0.2.7".to_owned(),
        user_agent: String::new(),
    };
    assert!(scene.insert_session(new).await.expect("answered"));
    id_hash
}

async fn is_live(scene: &Scene, session: &Hash) -> bool {
    scene.load_session(session, now(), 1800).await.expect("answered").is_some()
}

async fn change(scene: &Scene, user: &UserId, to: &str, present: Hash) -> ChangeEmail {
    scene.change_email(user, email(to), present, entries(Event::EmailChanged)).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_name_counts_in_every_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    scene.join(&globex, "Ana", Role::Member).await;
    let rename =
        async |to: &str| scene.change_name(&ana, name(to), entries(Event::NameChanged)).await.expect("answered");
    assert!(rename("Ana Reyes").await && !rename("Ana Reyes").await);
    assert_eq!(member(&scene, &ana).await.name, name("Ana Reyes"));
    for organization in [&scene.acme, &globex] {
        let happened = events(&*scene, organization).await;
        assert_eq!(happened.iter().filter(|event| **event == Event::NameChanged).count(), 1);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_address_is_unique_and_ends_what_the_old_one_opened(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, _ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    let (present, other) = (open(&scene, &ana, 0).await, open(&scene, &ana, 0).await);
    let link = PasswordReset {
        token_hash: hash(unique()),
        user: ana.clone(),
        at: now(),
        ends_at: now().plus_seconds(60),
        mail: None,
    };
    let made = scene.insert_password_reset(link.clone(), None, entries(Event::ResetLinkMade)).await;
    assert_eq!(made.expect("answered"), InsertReset::Inserted);

    assert_eq!(change(&scene, &ana, "BEN@example.test", present).await, ChangeEmail::Taken);
    assert_eq!(change(&scene, &ana, "Ana@example.test", present).await, ChangeEmail::Unchanged);
    assert!(is_live(&scene, &other).await);
    assert_eq!(change(&scene, &ana, "reyes@example.test", present).await, ChangeEmail::Done);
    assert!(is_live(&scene, &present).await && !is_live(&scene, &other).await);
    let late = open(&scene, &ana, 0).await;
    assert!(!is_live(&scene, &late).await, "a sign-in with the old one was under way");
    assert_eq!(scene.password_reset(&link.token_hash, now()).await.expect("answered"), None);
    assert!(scene.account(&new_user("Ana").email.key()).await.expect("answered").is_none());
    let account = scene.account("reyes@example.test").await.expect("answered").expect("there");
    assert_eq!((account.id, account.email), (ana.clone(), email("reyes@example.test")));
    assert_eq!(change(&scene, &ana, "REYES@example.test", present).await, ChangeEmail::Done, "as it is typed now");
    let happened = events(&*scene, &scene.acme).await;
    assert_eq!(happened.iter().filter(|event| **event == Event::EmailChanged).count(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn two_who_want_one_address_do_not_both_get_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let people = [scene.make_member("Ana").await, scene.make_member("Ben").await];
    let stores = [scene.store(), scene.database.open_again().await];
    let tasks: Vec<_> = people
        .into_iter()
        .zip(stores)
        .map(|(user, store)| {
            let written = entries(Event::EmailChanged);
            tokio::spawn(async move { store.change_email(&user, email("one@example.test"), hash(0), written).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.expect("finished").expect("answered"));
    }
    assert!(outcomes.contains(&ChangeEmail::Done) && outcomes.contains(&ChangeEmail::Taken), "{outcomes:?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn how_times_are_shown_is_kept(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    assert_eq!(member(&scene, &ana).await.times, Times::default());
    let zone = ZoneName::parse("Europe/Warsaw").expect("known");
    for times in [
        Times { zone: Some(zone), exact: true, zone_proposed: false },
        Times { zone: None, exact: false, zone_proposed: true },
    ] {
        scene.set_times(&ana, times.clone()).await.expect("answered");
        assert_eq!(member(&scene, &ana).await.times, times);
        assert_eq!(scene.memberships(&ana).await.expect("answered")[0].times, times);
    }
    scene.execute("UPDATE users SET time_zone = 'Europe/Atlantis'").await.expect("changed");
    assert_eq!(member(&scene, &ana).await.times.zone, None, "a zone that is known no more");
    assert!(!member(&scene, &ben).await.times.zone_proposed);
}
