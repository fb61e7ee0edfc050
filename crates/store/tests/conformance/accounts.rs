use domain::{
    activity::Event,
    id::{OrganizationId, UserId},
    key::{ApiKey, Kind, Owner, Status, StatusReason},
    time::Timestamp,
    user::{Role, UserState},
};
use rstest::rstest;
use store::{
    ChangeMember, EndSessions, Hash, InsertKey, InsertReset, IssuedTokens, KeyChange, NewKey, NewSession,
    PasswordReset, testing::Engine,
};

use crate::scene::{Scene, entries, entry, events, hash, new_key, new_user, now, unique};

async fn set(scene: &Scene, user: &UserId, state: UserState) -> ChangeMember {
    let event = match state {
        UserState::Active => Event::UserReactivated,
        UserState::Deactivated => Event::UserDeactivated,
    };
    scene.set_account_state(user, state, entries(event)).await.expect("answered")
}

async fn open_session(scene: &Scene, user: &UserId) -> Hash {
    open_with(scene, user, 0).await
}

/// A session of somebody who signed in with this version of their password.
async fn open_with(scene: &Scene, user: &UserId, credentials_version: i64) -> Hash {
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

fn owned(scene: &Scene, owner: &UserId, name: &str) -> NewKey {
    NewKey { owner: Owner::User(owner.clone()), ..new_key(&scene.acme, name) }
}

fn signed_out_key(scene: &Scene, owner: &UserId, name: &str) -> NewKey {
    NewKey { kind: Kind::Token, suspend_on_sign_out: true, ..owned(scene, owner, name) }
}

async fn read(scene: &Scene, key: &ApiKey) -> ApiKey {
    scene.key(&scene.acme, &key.client_id).await.expect("answered").expect("there")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deactivated_account_is_stopped_everywhere_at_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    scene.join(&globex, "Ana", Role::Member).await;
    let secret = owned(&scene, &ana, "Ana's");
    scene.make_key(secret.clone()).await;
    let session = open_session(&scene, &ana).await;
    let before = scene.client_by_secret(&secret.secret_hash).await.expect("answered").expect("there");

    assert_eq!(set(&scene, &ana, UserState::Deactivated).await, ChangeMember::Done);
    let after = scene.client_by_secret(&secret.secret_hash).await.expect("answered").expect("there");
    assert!(!after.owner_active && after.generation > before.generation, "{after:?}");
    assert!(!scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there").may_sign_in);
    assert_eq!(set(&scene, &ana, UserState::Deactivated).await, ChangeMember::Unchanged);

    assert_eq!(set(&scene, &ana, UserState::Active).await, ChangeMember::Done);
    let again = scene.client_by_secret(&secret.secret_hash).await.expect("answered").expect("there");
    assert!(again.owner_active && again.generation == after.generation, "tokens issued before stay dead");
    assert!(!is_live(&scene, &session).await, "sessions do not come back");
    for organization in [&scene.acme, &globex] {
        let happened = events(&*scene, organization).await;
        assert_eq!(happened[happened.len() - 2..], [Event::UserDeactivated, Event::UserReactivated]);
    }
    let nobody = UserId::new(now(), unique().into());
    assert_eq!(set(&scene, &nobody, UserState::Deactivated).await, ChangeMember::NotFound);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn reactivation_brings_back_what_deactivation_stopped(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let live = scene.make_key(owned(&scene, &ana, "Live")).await;
    let by_hand = scene.make_key(owned(&scene, &ana, "By hand")).await;
    let change = KeyChange::Suspend {
        reason: StatusReason::SuspendedByAdmin,
        by: None,
        takes_over: false,
        issued_tokens: IssuedTokens::RunOut,
    };
    let written = entry(&scene.acme, Event::KeySuspended);
    scene.change_key(&scene.acme, &by_hand.client_id, change, None, now(), written).await.expect("answered");
    set(&scene, &ana, UserState::Deactivated).await;
    for key in [&live, &by_hand] {
        assert_eq!(read(&scene, key).await.status(now()), Status::Suspended);
    }
    assert_eq!(read(&scene, &live).await.status_reason(now()), Some(StatusReason::OwnerDeactivated));
    set(&scene, &ana, UserState::Active).await;
    assert_eq!(read(&scene, &live).await.status(now()), Status::Active);
    assert_eq!(read(&scene, &by_hand).await.status_reason(now()), Some(StatusReason::SuspendedByAdmin));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_operator_stops_also_the_last_administrator(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_admin("Ana").await;
    let ben = scene.make_admin("Ben").await;
    scene.join(&globex, "Ana", Role::Admin).await;
    let alone_in = async |user| {
        let slug = scene.only_administrator_in(user).await.expect("answered");
        slug.map(|slug| slug.to_string())
    };
    assert_eq!(alone_in(&ana).await.as_deref(), Some("globex"));
    assert_eq!(alone_in(&ben).await, None);
    assert_eq!(set(&scene, &ben, UserState::Deactivated).await, ChangeMember::Done);
    assert_eq!(alone_in(&ana).await.as_deref(), Some("acme"));
    assert_eq!(set(&scene, &ana, UserState::Deactivated).await, ChangeMember::Done);
    assert_eq!(alone_in(&ana).await, None, "who is deactivated administers nothing");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn no_key_is_made_for_somebody_who_is_deactivated(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let other = scene.database.open_again().await;
    let creations: Vec<_> = (0..8)
        .map(|number| {
            let (store, new) = (scene.store(), owned(&scene, &ana, &format!("Key {number}")));
            let written = entry(&scene.acme, Event::KeyCreated);
            tokio::spawn(async move { store.insert_key(new, None, written).await })
        })
        .collect();
    let deactivated = other.set_account_state(&ana, UserState::Deactivated, entries(Event::UserDeactivated)).await;
    assert_eq!(deactivated.expect("answered"), ChangeMember::Done);
    for creation in creations {
        let outcome = creation.await.expect("finished").expect("answered");
        assert!(matches!(outcome, InsertKey::Inserted(_) | InsertKey::OwnerInactive), "{outcome:?}");
    }
    assert_eq!(events(&*scene, &scene.acme).await.last(), Some(&Event::UserDeactivated), "no key after it");
    assert_eq!(scene.insert(owned(&scene, &ana, "Late")).await, InsertKey::OwnerInactive);
}

fn reset(user: &UserId, ends_at: Timestamp) -> PasswordReset {
    PasswordReset { token_hash: hash(unique()), user: user.clone(), at: now(), ends_at, mail: None }
}

async fn insert(scene: &Scene, reset: &PasswordReset, alone_in: Option<&OrganizationId>) -> InsertReset {
    let written = entries(Event::ResetLinkMade);
    scene.insert_password_reset(reset.clone(), alone_in.cloned(), written).await.expect("answered")
}

async fn use_link(scene: &Scene, token: &Hash, at: Timestamp) -> Option<UserId> {
    let written = entries(Event::PasswordChanged);
    scene.reset_password(token, "new hash".to_owned(), at, written).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_link_sets_a_password_once_and_ends_every_session(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let session = open_session(&scene, &ana).await;
    let end = now().plus_seconds(1800);
    let (first, second) = (reset(&ana, end), reset(&ana, end));
    for link in [&first, &second] {
        assert_eq!(insert(&scene, link, None).await, InsertReset::Inserted);
    }
    assert_eq!(use_link(&scene, &first.token_hash, now()).await, None, "a newer one was made");
    assert_eq!(use_link(&scene, &second.token_hash, end).await, None, "it is over");
    let offer = scene.password_reset(&second.token_hash, now()).await.expect("answered").expect("works");
    assert_eq!((offer.user, offer.email), (ana.clone(), new_user("Ana").email));
    assert_eq!(use_link(&scene, &second.token_hash, now()).await, Some(ana.clone()));
    assert_eq!(use_link(&scene, &second.token_hash, now()).await, None, "it is used up");
    let account = scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there");
    assert_eq!(account.password_hash.as_deref(), Some("new hash"));
    assert!(!is_live(&scene, &session).await);
    assert_eq!(events(&*scene, &scene.acme).await.last(), Some(&Event::PasswordChanged));

    let ended = reset(&ana, now());
    insert(&scene, &ended, None).await;
    assert_eq!(scene.delete_ended_password_resets(now(), 10).await.expect("answered"), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_used_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let link = reset(&ana, now().plus_seconds(1800));
    insert(&scene, &link, None).await;
    let tasks: Vec<_> = (0..6)
        .map(|number| {
            let (store, token) = (scene.store(), link.token_hash);
            let written = entries(Event::PasswordChanged);
            tokio::spawn(async move { store.reset_password(&token, format!("hash {number}"), now(), written).await })
        })
        .collect();
    let mut used = 0;
    for task in tasks {
        used += u32::from(task.await.expect("finished").expect("answered").is_some());
    }
    assert_eq!(used, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_link_for_who_is_not_active_or_belongs_elsewhere(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    scene.join(&globex, "Ana", Role::Member).await;
    let end = now().plus_seconds(1800);
    assert_eq!(insert(&scene, &reset(&ana, end), Some(&scene.acme)).await, InsertReset::Elsewhere);
    let link = reset(&ben, end);
    assert_eq!(insert(&scene, &link, Some(&scene.acme)).await, InsertReset::Inserted);
    set(&scene, &ben, UserState::Deactivated).await;
    assert_eq!(scene.password_reset(&link.token_hash, now()).await.expect("answered"), None);
    set(&scene, &ben, UserState::Active).await;
    assert_eq!(scene.password_reset(&link.token_hash, now()).await.expect("answered"), None, "it does not come back");
    set(&scene, &ben, UserState::Deactivated).await;
    assert_eq!(insert(&scene, &reset(&ben, end), None).await, InsertReset::NotActive);
    let nobody = UserId::new(now(), unique().into());
    assert_eq!(insert(&scene, &reset(&nobody, end), None).await, InsertReset::NotActive);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_changed_password_ends_the_other_sessions(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let ben = scene.make_member("Ben").await;
    let (present, other, bens) =
        (open_session(&scene, &ana).await, open_session(&scene, &ana).await, open_session(&scene, &ben).await);
    let change = async |old: &str| {
        let written = entries(Event::PasswordChanged);
        scene.change_password(&ana, old, "new hash".to_owned(), present, written).await.expect("answered")
    };
    assert!(!change("another").await);
    assert!(is_live(&scene, &other).await);
    assert!(change("hash of Ana").await);
    assert!(is_live(&scene, &present).await && is_live(&scene, &bens).await && !is_live(&scene, &other).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_that_is_opened_with_a_password_of_before_is_dead(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let version = async || {
        let account = scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there");
        account.credentials_version
    };
    let present = open_session(&scene, &ana).await;
    let before = version().await;
    let written = entries(Event::PasswordChanged);
    let changed = scene.change_password(&ana, "hash of Ana", "second hash".to_owned(), present, written).await;
    assert!(changed.expect("answered"));
    let late = open_with(&scene, &ana, before).await;
    assert!(!is_live(&scene, &late).await && is_live(&scene, &present).await, "by a change");
    assert_eq!(scene.sessions_of(&ana, now()).await.expect("answered").len(), 1);

    let before = version().await;
    let link = reset(&ana, now().plus_seconds(1800));
    insert(&scene, &link, None).await;
    use_link(&scene, &link.token_hash, now()).await.expect("it works");
    let late = open_with(&scene, &ana, before).await;
    assert!(!is_live(&scene, &late).await, "by a link");
    let again = open_with(&scene, &ana, version().await).await;
    assert!(is_live(&scene, &again).await);

    // The same password with another hash.
    assert!(scene.replace_password_hash(&ana, "new hash", "stronger hash").await.expect("answered"));
    assert!(is_live(&scene, &again).await);
}

async fn sign_out(scene: &Scene, user: &UserId, sessions: EndSessions) {
    let suspended = Box::new(|organization: &OrganizationId, key: &ApiKey| {
        let mut written = entry(organization, Event::KeySuspended);
        written.target.id = key.client_id.to_string();
        written
    });
    scene.sign_out(user, sessions, now(), entries(Event::SignedOut), suspended).await.expect("answered");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn signing_out_by_hand_suspends_the_keys_that_ask_for_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_member("Ana").await, scene.make_member("Ben").await);
    let flagged = scene.make_key(signed_out_key(&scene, &ana, "Flagged")).await;
    let plain = scene.make_key(owned(&scene, &ana, "Plain")).await;
    let bens = scene.make_key(signed_out_key(&scene, &ben, "Ben's")).await;
    let (one, two) = (open_session(&scene, &ana).await, open_session(&scene, &ana).await);
    sign_out(&scene, &ana, EndSessions::One(one)).await;
    assert!(!is_live(&scene, &one).await && is_live(&scene, &two).await);
    assert_eq!(read(&scene, &flagged).await.suspended, Some((now(), StatusReason::SignedOut)));
    assert_eq!(read(&scene, &flagged).await.revision, 2);
    for key in [&plain, &bens] {
        assert_eq!(read(&scene, key).await, *key);
    }
    let happened = events(&*scene, &scene.acme).await;
    assert_eq!(happened[happened.len() - 2..], [Event::SignedOut, Event::KeySuspended]);

    sign_out(&scene, &ana, EndSessions::Every).await;
    assert!(!is_live(&scene, &two).await);
    assert_eq!(events(&*scene, &scene.acme).await.last(), Some(&Event::SignedOut), "it was suspended before");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_that_idles_suspends_nothing(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let key = scene.make_key(signed_out_key(&scene, &ana, "Flagged")).await;
    open_session(&scene, &ana).await;
    assert_eq!(scene.delete_ended_sessions(now().plus_seconds(1800), 10).await.expect("answered"), 1);
    assert_eq!(read(&scene, &key).await.suspended, None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_sent_keys_of_people_are_suspended_at_sign_out(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    for new in [
        NewKey { suspend_on_sign_out: true, ..owned(&scene, &ana, "Pair") },
        NewKey { suspend_on_sign_out: true, kind: Kind::Token, ..new_key(&scene.acme, "Of the organization") },
    ] {
        let written = entry(&scene.acme, Event::KeyCreated);
        assert!(scene.insert_key(new, None, written).await.is_err());
    }
}
