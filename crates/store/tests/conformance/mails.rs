//! Mail that waits, and who is told of what.

use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    email::Email,
    id::{InvitationId, OrganizationId, UserId},
    key::{ApiKey, Owner},
    organization::KeyNotices,
    time::Timestamp,
    user::{Role, UserState},
};
use rstest::rstest;
use store::{
    About, ChangeEmail, ChangeMember, InsertInvitation, Invitation, Mail, NewInvitation, NewKey, OrganizationChange,
    PasswordForgotten, PasswordReset, testing::Engine,
};

use crate::scene::{Scene, entries, entry, hash, new_key, new_user, now, unique};

const DAY: i64 = 24 * 3600;

async fn claim(scene: &Scene, at: Timestamp) -> Vec<Mail> {
    scene.claim_mails(at, at.plus_seconds(600), 10).await.expect("answered")
}

/// Whoever has mail that is due, by address, in order; it is removed.
async fn told(scene: &Scene, at: Timestamp) -> Vec<String> {
    let mut told = Vec::new();
    for mail in claim(scene, at).await {
        told.push(mail.to.to_string());
        assert!(scene.delete_mail(&mail.id).await.expect("answered"));
    }
    told.sort();
    told
}

fn entry_of(key: &ApiKey, organization: &OrganizationId, event: Event, actor: &UserId) -> Entry {
    Entry {
        target: Target { id: key.client_id.to_string(), name: key.name.to_string() },
        actor: Actor { kind: ActorKind::User, id: actor.to_string(), name: "Ana".to_owned() },
        ..entry(organization, event)
    }
}

async fn write(scene: &Scene, entry: Entry) {
    scene.append_activity(vec![entry]).await.expect("written");
}

fn owned(scene: &Scene, owner: &UserId) -> NewKey {
    NewKey { owner: Owner::User(owner.clone()), ..new_key(&scene.acme, "Owned") }
}

fn forgotten(id: &str, at: Timestamp) -> PasswordForgotten {
    let (address, request_id) = ("192.0.2.9".to_owned(), "request".to_owned());
    PasswordForgotten { id: id.to_owned(), email: new_user("Eve").email, address, request_id, at }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_mail_is_taken_by_one_process_until_it_says_more(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for (id, seconds) in [("b", 1), ("a", 0), ("c", 60)] {
        scene.insert_password_forgotten(forgotten(id, now().plus_seconds(seconds))).await.expect("inserted");
    }
    let first = scene.claim_mails(now().plus_seconds(1), now().plus_seconds(100), 1).await.expect("answered");
    let about = About::PasswordForgotten { address: "192.0.2.9".to_owned(), request_id: "request".to_owned() };
    let (to, name) = (new_user("Eve").email, None);
    assert_eq!(first, [Mail { id: "a".to_owned(), to, name, about, attempts: 0, created_at: now() }]);
    let ids = |mails: &[Mail]| mails.iter().map(|mail| (mail.id.clone(), mail.attempts)).collect::<Vec<_>>();
    assert_eq!(ids(&claim(&scene, now().plus_seconds(1)).await), [("b".to_owned(), 0)]);
    assert!(claim(&scene, now().plus_seconds(1)).await.is_empty(), "the others are taken, or not due yet");

    assert!(scene.postpone_mail("b", now().plus_seconds(50)).await.expect("answered"));
    assert!(claim(&scene, now().plus_seconds(49)).await.is_empty());
    assert_eq!(ids(&claim(&scene, now().plus_seconds(50)).await), [("b".to_owned(), 1)]);
    assert_eq!(ids(&claim(&scene, now().plus_seconds(100)).await), [("a".to_owned(), 0), ("c".to_owned(), 0)]);
    assert!(scene.release_mail("c", now().plus_seconds(200)).await.expect("answered"));
    assert_eq!(ids(&claim(&scene, now().plus_seconds(200)).await), [("c".to_owned(), 0)], "it was not tried");
    for left in [true, false] {
        assert_eq!(scene.delete_mail("a").await.expect("answered"), left);
    }
    assert!(!scene.postpone_mail("a", now()).await.expect("answered"));
    assert!(!scene.release_mail("a", now()).await.expect("answered"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn processes_that_claim_at_once_get_different_mails(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for number in 0..40 {
        scene.insert_password_forgotten(forgotten(&number.to_string(), now())).await.expect("inserted");
    }
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = scene.store();
            tokio::spawn(async move { store.claim_mails(now(), now().plus_seconds(60), 10).await })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.extend(task.await.expect("finished").expect("answered").into_iter().map(|mail| mail.id));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn owners_and_those_the_organization_chose_are_told_of_keys(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_admin("Ana").await, scene.make_admin("Ben").await);
    let mia = scene.make_member("Mia").await;
    let globex = scene.make_organization("globex").await;
    scene.join(&globex, "Eve", Role::Admin).await;
    let (of_all, of_mia) =
        (scene.make_key(new_key(&scene.acme, "Ours")).await, scene.make_key(owned(&scene, &mia)).await);
    assert!(told(&scene, now()).await.is_empty(), "rows that are about no key tell nobody");

    let admins = ["Ana@example.test", "Ben@example.test"];
    for event in [Event::KeyCreated, Event::KeyRotated] {
        write(&scene, entry_of(&of_all, &scene.acme, event, &ana)).await;
        assert_eq!(told(&scene, now()).await, admins, "{event}");
        write(&scene, entry_of(&of_mia, &scene.acme, event, &mia)).await;
        assert_eq!(told(&scene, now()).await, ["Mia@example.test"], "{event}");
    }
    write(&scene, entry_of(&of_all, &scene.acme, Event::KeySuspended, &ana)).await;
    assert_eq!(told(&scene, now()).await, ["Ben@example.test"], "who suspended it knows");
    write(&scene, entry_of(&of_mia, &scene.acme, Event::KeySuspended, &mia)).await;
    assert!(told(&scene, now()).await.is_empty());
    for event in [Event::KeyEdited, Event::KeyReapproved, Event::KeyRevoked, Event::SignedIn] {
        write(&scene, entry_of(&of_all, &scene.acme, event, &ana)).await;
    }
    assert!(told(&scene, now()).await.is_empty());

    let gone = scene.set_membership_state(
        &scene.acme,
        &ben,
        UserState::Deactivated,
        entry(&scene.acme, Event::UserDeactivated),
    );
    assert_eq!(gone.await.expect("answered"), ChangeMember::Done);
    write(&scene, entry_of(&of_all, &scene.acme, Event::KeyRotated, &mia)).await;
    let mails = claim(&scene, now()).await;
    let about = mails.iter().map(|mail| (mail.to.as_str(), mail.name.as_ref().map(|name| name.as_str()), &mail.about));
    let last = scene.activity_head(&scene.acme).await.expect("answered").expect("there").0;
    let rotated = About::Event { organization: scene.acme.clone(), sequence: last };
    assert_eq!(about.collect::<Vec<_>>(), [("Ana@example.test", Some("Ana"), &rotated)]);
    assert!(scene.delete_mail(&mails[0].id).await.expect("answered"));

    let nobody = OrganizationChange { key_notices: Some(KeyNotices::Nobody), ..OrganizationChange::default() };
    assert_eq!(scene.set(&scene.acme, nobody).await.policy.key_notices, KeyNotices::Nobody);
    write(&scene, entry_of(&of_all, &scene.acme, Event::KeyRotated, &ana)).await;
    assert!(told(&scene, now()).await.is_empty());
    write(&scene, entry_of(&of_mia, &scene.acme, Event::KeyRotated, &mia)).await;
    assert_eq!(told(&scene, now()).await, ["Mia@example.test"], "owners in any case");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_of_two_organizations_is_told_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    scene.join(&globex, "Ana", Role::Member).await;
    let written = |event| {
        let id = ana.to_string();
        Box::new(move |organization: &OrganizationId| Entry {
            target: Target { id: id.clone(), name: "Ana".to_owned() },
            ..entry(organization, event)
        })
    };
    let changed =
        scene.change_password(&ana, "hash of Ana", "new".to_owned(), hash(1), written(Event::PasswordChanged));
    assert!(changed.await.expect("answered"));
    assert_eq!(told(&scene, now()).await, ["Ana@example.test"]);

    let other = new_user("Other").email;
    let changed = scene.change_email(&ana, other.clone(), hash(1), written(Event::EmailChanged)).await;
    assert_eq!(changed.expect("answered"), ChangeEmail::Done);
    assert_eq!(told(&scene, now()).await, ["Ana@example.test"], "at the former address");
    let same = scene.change_email(&ana, other, hash(1), written(Event::EmailChanged)).await;
    assert_eq!(same.expect("answered"), ChangeEmail::Unchanged);
    assert!(told(&scene, now()).await.is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn links_are_mailed_with_what_they_open(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_admin("Ana").await;
    let id = InvitationId::new(now(), unique().into());
    let invitation = |mailed, person: &str| NewInvitation {
        invitation: Invitation {
            id: if mailed { id.clone() } else { InvitationId::new(now(), unique().into()) },
            email: Email::parse(&format!("{person}@example.test")).expect("an address"),
            role: Role::Member,
            invited_by: "Ana".to_owned(),
            created_at: now(),
            ends_at: now().plus_seconds(DAY),
        },
        organization: scene.acme.clone(),
        token_hash: hash(unique()),
        form_id: unique().to_string(),
        mailed,
    };
    let invite =
        async |new| scene.insert_invitation(new, entry(&scene.acme, Event::InvitationCreated)).await.expect("answered");
    assert_eq!(invite(invitation(false, "mia")).await, InsertInvitation::Inserted);
    assert_eq!(invite(invitation(true, "ben")).await, InsertInvitation::Inserted);
    assert_eq!(invite(invitation(true, "Ana")).await, InsertInvitation::AlreadyMember);
    let reset = |mail: Option<&str>, user: &UserId| PasswordReset {
        token_hash: hash(unique()),
        user: user.clone(),
        at: now(),
        ends_at: now().plus_seconds(60),
        mail: mail.map(str::to_owned),
    };
    let nobody = UserId::new(now(), unique().into());
    for reset in [reset(None, &ana), reset(Some("link"), &ana), reset(Some("none"), &nobody)] {
        scene.insert_password_reset(reset, None, entries(Event::ResetLinkMade)).await.expect("answered");
    }
    let mut mails = claim(&scene, now()).await;
    mails.sort_by(|a, b| a.to.as_str().cmp(b.to.as_str()));
    let mails: Vec<_> = mails.iter().map(|mail| (mail.id.as_str(), mail.to.as_str(), &mail.about)).collect();
    let of_ana = ("link", "Ana@example.test", &About::PasswordLink);
    assert_eq!(mails, [of_ana, (id.as_str(), "ben@example.test", &About::Invitation)]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn each_end_of_a_key_is_reminded_of_once_for_each_number_of_days(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.make_admin("Ana").await;
    let end = now().plus_seconds(20 * DAY);
    let ending = |name, end| NewKey { expires_at: Some(end), ..new_key(&scene.acme, name) };
    let key = scene.make_key(ending("Ours", end)).await;
    let late = scene.make_key(ending("Short", now().plus_seconds(14 * DAY - 1))).await;
    scene.make_key(new_key(&scene.acme, "Endless")).await;
    let remind = async |days, next, at| scene.remind_of_expiry(days, next, at, 10).await.expect("answered");
    assert_eq!(remind(14, 3, end.plus_seconds(-14 * DAY - 1)).await, 0, "too early, and made too late");

    let at = end.plus_seconds(-14 * DAY);
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let store = scene.store();
            tokio::spawn(async move { store.remind_of_expiry(14, 3, at, 10).await })
        })
        .collect();
    let mut reminded = 0;
    for task in tasks {
        reminded += task.await.expect("finished").expect("answered");
    }
    assert_eq!(reminded, 1);
    let mails = claim(&scene, at).await;
    let (organization, client_id) = (scene.acme.clone(), key.client_id.clone());
    let about = About::Expiry { organization, client_id, days: 14 };
    assert_eq!(
        mails.iter().map(|mail| (mail.to.as_str(), &mail.about)).collect::<Vec<_>>(),
        [("Ana@example.test", &about)]
    );
    assert!(scene.delete_mail(&mails[0].id).await.expect("answered"));
    assert_eq!(remind(14, 3, at.plus_seconds(60)).await, 0, "also after it is sent");
    let three = late.expires_at.expect("an end").plus_seconds(-3 * DAY);
    assert_eq!(remind(3, 1, three).await, 1, "a later one is not too late");

    let off = OrganizationChange { expiry_reminders: Some(false), ..OrganizationChange::default() };
    assert!(!scene.set(&scene.acme, off).await.policy.expiry_reminders);
    assert_eq!(remind(3, 1, end.plus_seconds(-2 * DAY)).await, 0);
    let on_again = OrganizationChange { expiry_reminders: Some(true), ..OrganizationChange::default() };
    scene.set(&scene.acme, on_again).await;
    assert_eq!(remind(3, 1, end.plus_seconds(-DAY)).await, 0, "that is the next one's");
    assert_eq!(remind(1, 0, end.plus_seconds(-DAY)).await, 1);
    assert_eq!(remind(1, 0, end).await, 0, "it has ended");

    assert_eq!(scene.delete_ended_reminders(end.plus_seconds(-1), 10).await.expect("answered"), 1);
    assert_eq!(scene.delete_ended_reminders(end, 1).await.expect("answered"), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_organization_is_found_by_its_id(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let found = scene.organization_by_id(&scene.acme).await.expect("answered").expect("there");
    assert_eq!((found.id, found.slug.as_str()), (scene.acme.clone(), "acme"));
    let nobody = OrganizationId::new(now(), unique().into());
    assert_eq!(scene.organization_by_id(&nobody).await.expect("answered"), None);
}
