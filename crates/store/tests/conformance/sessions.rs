use domain::{activity::Event, id::UserId, organization::OrganizationState, user::Role};
use rstest::rstest;
use store::{EndSessions, Hash, NewSession, OrganizationChange, Renewal, SeenSession, Session, testing::Engine};

use crate::scene::{Scene, entries, entry, hash, new_user, now, unique};

const IDLE_S: i64 = 1_800;

fn new_session(user: &UserId) -> NewSession {
    NewSession {
        id_hash: hash(unique()),
        user: user.clone(),
        credentials_version: 0,
        data: r#"{"a":1}"#.to_owned(),
        at: now(),
        ends_at: now().plus_seconds(12 * 3_600),
        idle_ends_at: now().plus_seconds(IDLE_S),
        address: "192.0.2.7".to_owned(),
        user_agent: "Browser".to_owned(),
    }
}

async fn open(scene: &Scene, user: &UserId) -> Hash {
    let new = new_session(user);
    let id = new.id_hash;
    assert!(scene.insert_session(new).await.expect("answered"));
    id
}

async fn load(scene: &Scene, id: &Hash, after_s: i64) -> Option<Session> {
    scene.load_session(id, now().plus_seconds(after_s), IDLE_S).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_comes_back_as_it_was_opened(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    let expected = Session {
        user: ana.clone(),
        data: r#"{"a":1}"#.to_owned(),
        authenticated_at: now(),
        ends_at: now().plus_seconds(12 * 3_600),
        idle_ends_at: now().plus_seconds(IDLE_S),
        renewal_due: false,
    };
    assert_eq!(load(&scene, &id, 0).await, Some(expected));
    assert_eq!(load(&scene, &hash(0), 0).await, None);
    let taken = NewSession { id_hash: id, data: "{}".to_owned(), ..new_session(&ana) };
    assert!(!scene.insert_session(taken).await.expect("answered"));
    assert_eq!(load(&scene, &id, 0).await.expect("there").data, r#"{"a":1}"#);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_session_carries_is_changed_only_while_it_lives(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    assert!(scene.update_session(&id, r#"{"b":2}"#, now()).await.expect("answered"));
    assert_eq!(load(&scene, &id, 0).await.expect("there").data, r#"{"b":2}"#);
    assert!(!scene.update_session(&id, "{}", now().plus_seconds(IDLE_S)).await.expect("answered"), "idle");
    assert!(!scene.update_session(&hash(0), "{}", now()).await.expect("answered"), "unknown");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_after_the_end_does_not_bring_a_session_back(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    assert!(scene.delete_session(&id).await.expect("answered"));
    assert!(!scene.update_session(&id, "{}", now()).await.expect("answered"));
    assert_eq!(load(&scene, &id, 0).await, None);
    assert!(!scene.delete_session(&id).await.expect("answered"), "there was none any more");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn use_moves_the_idle_end_but_not_the_absolute_one(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    assert!(load(&scene, &id, IDLE_S - 1).await.is_some(), "noted, so that it lives on");
    assert!(load(&scene, &id, IDLE_S + 59).await.is_some());
    let mut at = IDLE_S + 59;
    while at < 12 * 3_600 {
        assert!(load(&scene, &id, at).await.is_some(), "{at}");
        at += IDLE_S - 60;
    }
    assert_eq!(load(&scene, &id, 12 * 3_600).await, None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn uses_within_a_sixtieth_of_the_idle_time_are_not_noted(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    assert!(load(&scene, &id, IDLE_S / 60 - 1).await.is_some());
    assert_eq!(load(&scene, &id, IDLE_S).await, None);
    let id = open(&scene, &ana).await;
    assert!(load(&scene, &id, IDLE_S / 60).await.is_some());
    assert!(load(&scene, &id, IDLE_S).await.is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_is_prolonged_at_once_while_it_lives(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    let touch = async |after_s| scene.touch_session(&id, now().plus_seconds(after_s), IDLE_S).await.expect("answered");
    assert!(touch(30).await);
    let prolonged = load(&scene, &id, IDLE_S + 29).await.expect("prolonged");
    assert_eq!(prolonged.idle_ends_at, now().plus_seconds(2 * IDLE_S + 29), "its use is noted, too");
    assert!(!touch(3 * IDLE_S).await);
    assert_eq!(load(&scene, &id, 3 * IDLE_S).await, None, "never brought back");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_sees_their_own_live_sessions(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, bob) = (scene.make_member("Ana").await, scene.make_member("Bob").await);
    let (first, second) = (open(&scene, &ana).await, open(&scene, &ana).await);
    open(&scene, &bob).await;
    for ended in
        [NewSession { ends_at: now(), ..new_session(&ana) }, NewSession { idle_ends_at: now(), ..new_session(&ana) }]
    {
        assert!(scene.insert_session(ended).await.expect("answered"));
    }
    assert!(scene.touch_session(&first, now().plus_seconds(60), IDLE_S).await.expect("answered"));
    let seen = |id_hash, after_s| SeenSession {
        id_hash,
        created_at: now(),
        last_seen_at: now().plus_seconds(after_s),
        address: "192.0.2.7".to_owned(),
        user_agent: "Browser".to_owned(),
    };
    let sessions = scene.sessions_of(&ana, now().plus_seconds(61)).await.expect("answered");
    assert_eq!(sessions, [seen(first, 60), seen(second, 0)]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_stops_with_its_person(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    for table in ["users", "memberships"] {
        scene.execute(&format!("UPDATE {table} SET state = 'deactivated'")).await.expect("changed");
        assert_eq!(load(&scene, &id, 0).await, None, "{table}");
        assert!(!scene.update_session(&id, "{}", now()).await.expect("answered"), "{table}");
        scene.execute(&format!("UPDATE {table} SET state = 'active'")).await.expect("changed");
        assert!(load(&scene, &id, 0).await.is_some(), "{table}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_stops_with_the_last_active_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    let id = open(&scene, &ana).await;
    let disable = || OrganizationChange { state: Some(OrganizationState::Disabled), ..Default::default() };
    let joined = scene.add_member(&globex, new_user("Ana"), Role::Member, entry(&globex, Event::UserCreated));
    joined.await.expect("answered");
    for (organization, lives) in [(&scene.acme, true), (&globex, false)] {
        scene.set(organization, disable()).await;
        assert_eq!(load(&scene, &id, 0).await.is_some(), lives);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn sessions_that_ended_are_removed_in_parts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let lives = open(&scene, &ana).await;
    for _ in 0..2 {
        let ended = NewSession { ends_at: now(), ..new_session(&ana) };
        assert!(scene.insert_session(ended).await.expect("answered"));
    }
    let idle = NewSession { idle_ends_at: now(), ..new_session(&ana) };
    assert!(scene.insert_session(idle).await.expect("answered"));
    assert_eq!(scene.delete_ended_sessions(now(), 2).await.expect("answered"), 2);
    assert_eq!(scene.delete_ended_sessions(now(), 2).await.expect("answered"), 1);
    assert_eq!(scene.delete_ended_sessions(now(), 2).await.expect("answered"), 0);
    assert!(load(&scene, &lives, 0).await.is_some());
}

fn renewal(proved: bool) -> Renewal {
    Renewal {
        id_hash: hash(unique()),
        at: now().plus_seconds(60),
        proved: proved.then(|| now().plus_seconds(60 + 12 * 3_600)),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_renewed_session_goes_by_its_new_id_alone(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let mut id = open(&scene, &ana).await;
    let opened = load(&scene, &id, 0).await.expect("there");
    for (renewal, at, ends_at) in [
        (renewal(false), opened.authenticated_at, opened.ends_at),
        (renewal(true), now().plus_seconds(60), now().plus_seconds(60 + 12 * 3_600)),
    ] {
        assert!(scene.renew_session(&id, renewal).await.expect("answered"));
        assert_eq!(load(&scene, &id, 0).await, None, "the old id is dead");
        id = renewal.id_hash;
        let expected = Session { authenticated_at: at, ends_at, ..opened.clone() };
        assert_eq!(load(&scene, &id, 0).await, Some(expected));
    }
    assert!(!scene.renew_session(&hash(0), renewal(true)).await.expect("answered"), "unknown");
    assert!(scene.delete_session(&id).await.expect("answered"));
    assert!(!scene.renew_session(&id, renewal(true)).await.expect("answered"));
    assert_eq!(scene.sessions_of(&ana, now()).await.expect("answered"), [], "it is not brought back");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_while_it_is_renewed_has_ended(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    for _ in 0..8 {
        let id = open(&scene, &ana).await;
        let other = scene.database.open_again().await;
        let renewing = tokio::spawn(async move { other.renew_session(&id, renewal(true)).await });
        let suspended = Box::new(|_: &_, _: &_| unreachable!("she owns no key"));
        let ended = scene.sign_out(&ana, EndSessions::Every, now(), entries(Event::SignedOut), suspended);
        ended.await.expect("answered");
        renewing.await.expect("finished").expect("answered");
        assert_eq!(scene.sessions_of(&ana, now()).await.expect("answered"), []);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn another_role_makes_another_id_due(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    let sessions =
        [(open(&scene, &ana).await, true), (open(&scene, &ana).await, true), (open(&scene, &ben).await, false)];
    let written = entry(&scene.acme, Event::RoleChanged);
    scene.set_role(&scene.acme, &ana, Role::Admin, written).await.expect("answered");
    for (id, due) in sessions {
        assert_eq!(load(&scene, &id, 0).await.expect("there").renewal_due, due);
    }
    let renewal = renewal(false);
    assert!(scene.renew_session(&sessions[0].0, renewal).await.expect("answered"));
    assert!(!load(&scene, &renewal.id_hash, 0).await.expect("there").renewal_due);
}
