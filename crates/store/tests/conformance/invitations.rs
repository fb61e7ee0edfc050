use domain::{
    activity::Event,
    email::Email,
    id::{InvitationId, OrganizationId, UserId},
    organization::OrganizationState,
    slug::OrganizationSlug,
    time::Timestamp,
    user::Role,
};
use rstest::rstest;
use store::{
    AcceptInvitation, Hash, InsertInvitation, Invitation, Invitee, NewInvitation, NewUser, OrganizationChange,
    testing::Engine,
};

use crate::scene::{Scene, entry, events, hash, name, new_user, now, unique, verified_chain};

fn invitation(organization: &OrganizationId, person: &str, ends_at: Timestamp) -> NewInvitation {
    NewInvitation {
        invitation: Invitation {
            id: InvitationId::new(now(), unique().into()),
            email: new_user(person).email,
            role: Role::Admin,
            invited_by: "Ana".to_owned(),
            created_at: now(),
            ends_at,
        },
        organization: organization.clone(),
        token_hash: hash(unique()),
        form_id: unique().to_string(),
        mailed: false,
    }
}

async fn invite(scene: &Scene, person: &str) -> NewInvitation {
    let new = invitation(&scene.acme, person, now().plus_seconds(60));
    assert!(insert(scene, &new).await);
    new
}

async fn insert(scene: &Scene, new: &NewInvitation) -> bool {
    let written = entry(&new.organization, Event::InvitationCreated);
    scene.insert_invitation(new.clone(), written).await.expect("answered") == InsertInvitation::Inserted
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_form_invites_an_address_once_whatever_becomes_of_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let form_id = unique().to_string();
    let of_form =
        |person| NewInvitation { form_id: form_id.clone(), ..invitation(&scene.acme, person, now().plus_seconds(60)) };
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (store, new, written) = (scene.store(), of_form("Ben"), entry(&scene.acme, Event::InvitationCreated));
            tokio::spawn(async move { store.insert_invitation(new, written).await })
        })
        .collect();
    let mut made = Vec::new();
    for task in tasks {
        made.push(task.await.expect("finished").expect("answered"));
    }
    assert_eq!(made.iter().filter(|made| **made == InsertInvitation::Inserted).count(), 1, "{made:?}");
    assert_eq!(made.iter().filter(|made| **made == InsertInvitation::SentBefore).count(), 3, "{made:?}");
    assert!(insert(&scene, &of_form("Eve")).await, "another address");

    let pending = scene.invitations(&scene.acme, now()).await.expect("answered");
    assert_eq!(pending.len(), 2);
    for invitation in pending {
        let written = entry(&scene.acme, Event::InvitationWithdrawn);
        assert!(scene.delete_invitation(&scene.acme, &invitation.id, written).await.expect("answered"));
    }
    assert!(!insert(&scene, &of_form("Ben")).await, "withdrawn is not invited again");
    assert_eq!(scene.database.count("invitation_forms").await.expect("counted"), 2);
    scene.delete_ended_invitations(now().plus_seconds(60), 1).await.expect("answered");
    assert_eq!(scene.database.count("invitation_forms").await.expect("counted"), 1);
    scene.delete_ended_invitations(now().plus_seconds(60), 1).await.expect("answered");
    assert!(insert(&scene, &of_form("Ben")).await, "it is forgotten with its links");
}

async fn accept(scene: &Scene, token: &Hash, invitee: Invitee, at: Timestamp) -> AcceptInvitation {
    let written = entry(&scene.acme, Event::UserCreated);
    scene.accept_invitation(token, invitee, at, written).await.expect("answered")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn somebody_new_joins_with_a_new_account(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = invite(&scene, "Ben").await;
    assert_eq!(scene.invitations(&scene.acme, now()).await.expect("answered"), std::slice::from_ref(&new.invitation));
    let offer = scene.invitation_offer(&new.token_hash, now()).await.expect("answered").expect("works");
    assert_eq!((offer.organization, offer.name), (scene.acme.clone(), name("acme Corp")));
    assert_eq!((offer.email, offer.role, offer.has_account), (new.invitation.email.clone(), Role::Admin, false));

    let eve = Invitee::New(new_user("Eve"));
    assert_eq!(accept(&scene, &new.token_hash, eve, now()).await, AcceptInvitation::OtherAddress);
    let late = accept(&scene, &new.token_hash, Invitee::New(new_user("Ben")), now().plus_seconds(60)).await;
    assert_eq!(late, AcceptInvitation::LinkOver);
    let ben = new_user("Ben");
    let accepted = accept(&scene, &new.token_hash, Invitee::New(ben.clone()), now()).await;
    assert_eq!(accepted, AcceptInvitation::Accepted(ben.id.clone()));
    let again = accept(&scene, &new.token_hash, Invitee::New(new_user("Ben")), now()).await;
    assert_eq!(again, AcceptInvitation::LinkOver, "it is used up");
    let acme = OrganizationSlug::parse("acme").expect("a slug");
    let member = scene.member(&ben.id, &acme).await.expect("answered").expect("there");
    assert_eq!(member.role, Role::Admin);
    assert_eq!(events(&*scene, &scene.acme).await[1..], [Event::InvitationCreated, Event::UserCreated]);
    assert_eq!(verified_chain(&*scene, &scene.acme).await[2].target.id, ben.id.as_str());
    assert!(scene.invitations(&scene.acme, now()).await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn somebody_known_joins_only_as_themselves(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ben = scene.join(&globex, "Ben", Role::Member).await;
    let eve = scene.join(&globex, "Eve", Role::Member).await;
    let new = invite(&scene, "BEN").await;
    assert!(scene.invitation_offer(&new.token_hash, now()).await.expect("answered").expect("works").has_account);
    let fresh = NewUser { email: new.invitation.email.clone(), ..new_user("Other") };
    let taken = accept(&scene, &new.token_hash, Invitee::New(fresh), now()).await;
    assert_eq!(taken, AcceptInvitation::AccountExists);
    assert_eq!(accept(&scene, &new.token_hash, Invitee::Known(eve), now()).await, AcceptInvitation::OtherAddress);
    let accepted = accept(&scene, &new.token_hash, Invitee::Known(ben.clone()), now()).await;
    assert_eq!(accepted, AcceptInvitation::Accepted(ben));
    let account = scene.account(&new_user("Ben").email.key()).await.expect("answered").expect("there");
    assert_eq!(account.password_hash, new_user("Ben").password_hash);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn invitations_are_renewed_taken_back_and_forgotten(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    assert!(!insert(&scene, &invitation(&scene.acme, "Ana", now().plus_seconds(60))).await, "a member already");
    let first = invite(&scene, "Ben").await;
    let second = invite(&scene, "ben").await;
    assert_eq!(scene.invitation_offer(&first.token_hash, now()).await.expect("answered"), None);
    let globex = scene.make_organization("globex").await;
    let take_back = async |organization: &OrganizationId| {
        let written = entry(organization, Event::InvitationWithdrawn);
        scene.delete_invitation(organization, &second.invitation.id, written).await.expect("answered")
    };
    assert!(!take_back(&globex).await, "of another organization");
    assert!(take_back(&scene.acme).await && !take_back(&scene.acme).await);
    assert_eq!(scene.invitation_offer(&second.token_hash, now()).await.expect("answered"), None);

    assert!(insert(&scene, &invitation(&scene.acme, "Cem", now())).await);
    assert!(scene.invitations(&scene.acme, now()).await.expect("answered").is_empty());
    assert_eq!(scene.delete_ended_invitations(now(), 10).await.expect("answered"), 1);

    // Invited, then added by an operator before the link was used.
    let third = invite(&scene, "Dora").await;
    let dora = scene.make_member("Dora").await;
    let accepted = accept(&scene, &third.token_hash, Invitee::Known(dora), now()).await;
    assert_eq!(accepted, AcceptInvitation::AlreadyMember);
    let nobody = UserId::new(now(), unique().into());
    assert_eq!(accept(&scene, &third.token_hash, Invitee::Known(nobody), now()).await, AcceptInvitation::OtherAddress);
    assert_ne!(Email::parse("ana@example.test").ok(), Some(third.invitation.email));
    assert!(scene.membership(&scene.acme, &ana).await.expect("answered").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_joins_a_disabled_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = invite(&scene, "Ben").await;
    let change = OrganizationChange { state: Some(OrganizationState::Disabled), ..OrganizationChange::default() };
    scene.set(&scene.acme, change).await;
    let accepted = accept(&scene, &new.token_hash, Invitee::New(new_user("Ben")), now()).await;
    assert_eq!(accepted, AcceptInvitation::LinkOver);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_once(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let new = invite(&scene, "Ben").await;
    let tasks: Vec<_> = (0..6)
        .map(|_| {
            let (store, token, written) = (scene.store(), new.token_hash, entry(&scene.acme, Event::UserCreated));
            let ben = Invitee::New(new_user("Ben"));
            tokio::spawn(async move { store.accept_invitation(&token, ben, now(), written).await })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        let outcome = task.await.expect("finished").expect("answered");
        accepted += u32::from(matches!(outcome, AcceptInvitation::Accepted(_)));
    }
    assert_eq!(accepted, 1);
    assert_eq!(scene.members(&scene.acme).await.expect("answered").len(), 1);
}
