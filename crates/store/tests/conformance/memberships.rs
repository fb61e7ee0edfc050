use domain::{
    activity::{Actor, ActorKind, Entry, Event},
    id::UserId,
    key::Owner,
    organization::{Policy, SelfService},
    slug::OrganizationSlug,
    time::Timestamp,
    user::{Role, UserState},
};
use rstest::rstest;
use store::{ChangeMember, InsertKey, NewKey, Traces, testing::Engine};

use crate::scene::{Scene, entry, events, name, new_key, now, unique};

async fn set_role(scene: &Scene, user: &UserId, role: Role) -> ChangeMember {
    scene.set_role(&scene.acme, user, role, entry(&scene.acme, Event::RoleChanged)).await.expect("answered")
}

async fn set_state(scene: &Scene, user: &UserId, state: UserState) -> ChangeMember {
    let written = entry(&scene.acme, Event::UserDeactivated);
    scene.set_membership_state(&scene.acme, user, state, written).await.expect("answered")
}

async fn is_member(scene: &Scene, user: &UserId, slug: &str) -> bool {
    let slug = OrganizationSlug::parse(slug).expect("a slug");
    scene.member(user, &slug).await.expect("answered").is_some()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn people_are_listed_in_every_state(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let (ana, ben) = (scene.make_admin("Ana").await, scene.make_member("Ben").await);
    scene.join(&globex, "Eve", Role::Member).await;
    set_state(&scene, &ben, UserState::Deactivated).await;
    let members = scene.members(&scene.acme).await.expect("answered");
    let shown: Vec<_> = members.iter().map(|member| (&member.name, member.role, member.state)).collect();
    assert_eq!(
        shown,
        [(&name("Ana"), Role::Admin, UserState::Active), (&name("Ben"), Role::Member, UserState::Deactivated)]
    );
    let one = scene.membership(&scene.acme, &ana).await.expect("answered");
    assert_eq!(one.as_ref(), members.first());
    assert_eq!(scene.membership(&globex, &ana).await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn people_leave_keys_and_acts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let (ana, ben) = (scene.make_admin("Ana").await, scene.make_member("Ben").await);
    scene.join(&globex, "Ana", Role::Member).await;
    let owned = |organization, name| NewKey { owner: Owner::User(ana.clone()), ..new_key(organization, name) };
    scene.make_key(owned(&scene.acme, "Live")).await;
    scene.make_key(NewKey { expires_at: Some(now().plus_seconds(60)), ..owned(&scene.acme, "Short") }).await;
    scene.make_key(owned(&globex, "There")).await;
    let acts = [(ana.clone(), 7), (ben.clone(), 8), (ana.clone(), 9)].map(|(user, at)| {
        let actor = Actor { kind: ActorKind::User, id: user.to_string(), name: "Somebody".to_owned() };
        Entry { actor, at: now().plus_seconds(at), ..entry(&scene.acme, Event::SignedIn) }
    });
    scene.append_activity(acts.into()).await.expect("answered");

    let left = async |at: Timestamp| {
        let mut left = scene.traces(&scene.acme, &[ana.clone(), ben.clone()], at).await.expect("answered");
        left.sort_by_key(|traces| traces.user != ana);
        left
    };
    let traces = |user: &UserId, live_keys, at| Traces {
        user: user.clone(),
        live_keys,
        last_active_at: Some(now().plus_seconds(at)),
        elsewhere: *user == ana,
    };
    assert_eq!(left(now()).await, [traces(&ana, 2, 9), traces(&ben, 0, 8)]);
    assert_eq!(left(now().plus_seconds(60)).await[0], traces(&ana, 1, 9), "an expired key is not live");
    let there = scene.traces(&globex, &[ana.clone(), ben.clone()], now()).await.expect("answered");
    assert_eq!(there, [Traces { user: ana.clone(), live_keys: 1, last_active_at: None, elsewhere: true }]);
    assert!(scene.traces(&scene.acme, &[], now()).await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn roles_change_but_for_the_last_administrator(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let (ana, ben) = (scene.make_admin("Ana").await, scene.make_member("Ben").await);
    assert!(matches!(set_role(&scene, &ana, Role::Member).await, ChangeMember::LastAdmin(_)));
    assert_eq!(set_role(&scene, &ben, Role::Admin).await, ChangeMember::Done);
    assert_eq!(set_role(&scene, &ben, Role::Admin).await, ChangeMember::Unchanged);
    assert_eq!(set_role(&scene, &ana, Role::Member).await, ChangeMember::Done);
    let nobody = UserId::new(now(), unique().into());
    assert_eq!(set_role(&scene, &nobody, Role::Admin).await, ChangeMember::NotFound);
    let changes = events(&*scene, &scene.acme).await;
    assert_eq!(changes.iter().filter(|event| **event == Event::RoleChanged).count(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_administrators_who_step_down_at_once_one_stays(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let people = [scene.make_admin("Ana").await, scene.make_admin("Ben").await];
    let stores = [scene.store(), scene.database.open_again().await];
    let tasks: Vec<_> = people
        .into_iter()
        .zip(stores)
        .enumerate()
        .map(|(number, (user, store))| {
            let acme = scene.acme.clone();
            let written = entry(&acme, Event::RoleChanged);
            tokio::spawn(async move {
                match number {
                    0 => store.set_role(&acme, &user, Role::Member, written).await,
                    _ => store.set_membership_state(&acme, &user, UserState::Deactivated, written).await,
                }
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += u32::from(task.await.expect("finished").expect("answered") == ChangeMember::Done);
    }
    assert_eq!(done, 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_deactivated_membership_stops_only_there(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    scene.join(&globex, "Ana", Role::Member).await;
    let here = NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, "Here") };
    let there = NewKey { owner: Owner::User(ana.clone()), ..new_key(&globex, "There") };
    for key in [&here, &there] {
        scene.insert(key.clone()).await;
    }
    let client = async |key: &NewKey| scene.client_by_secret(&key.secret_hash).await.expect("answered").expect("there");
    let (here_before, there_before) = (client(&here).await, client(&there).await);
    assert_eq!(set_state(&scene, &ana, UserState::Deactivated).await, ChangeMember::Done);
    assert_eq!(set_state(&scene, &ana, UserState::Deactivated).await, ChangeMember::Unchanged);
    assert!(!client(&here).await.owner_active && client(&here).await.generation > here_before.generation);
    assert_eq!(client(&there).await, there_before);
    assert!(!is_member(&scene, &ana, "acme").await && is_member(&scene, &ana, "globex").await);
    assert_eq!(set_state(&scene, &ana, UserState::Active).await, ChangeMember::Done);
    assert!(client(&here).await.owner_active && is_member(&scene, &ana, "acme").await);
    assert!(!events(&*scene, &globex).await.contains(&Event::UserDeactivated));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_last_active_administrator_stays_a_member(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_admin("Ana").await;
    assert!(matches!(set_state(&scene, &ana, UserState::Deactivated).await, ChangeMember::LastAdmin(_)));
    assert!(is_member(&scene, &ana, "acme").await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_may_own_keys_is_decided_with_the_key(#[case] on: Engine) {
    for (self_service, admin_may, member_may) in
        [(SelfService::Off, false, false), (SelfService::Admins, true, false), (SelfService::Members, true, true)]
    {
        let scene = Scene::with(on, Policy { self_service, ..Policy::default() }).await;
        let (ana, ben) = (scene.make_admin("Ana").await, scene.make_member("Ben").await);
        for (owner, may) in [(ana, admin_may), (ben, member_may)] {
            let new = NewKey { owner: Owner::User(owner.clone()), ..new_key(&scene.acme, owner.as_str()) };
            let outcome = scene.insert(new).await;
            assert_eq!(matches!(outcome, InsertKey::Inserted(_)), may, "{self_service}: {outcome:?}");
            assert_eq!(outcome == InsertKey::SelfServiceOff, !may);
        }
    }
}
