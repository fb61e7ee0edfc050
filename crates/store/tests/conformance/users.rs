use domain::{
    activity::Event,
    email,
    id::{OrganizationId, UserId},
    slug::OrganizationSlug,
    user::Role,
};
use rstest::rstest;
use store::{AddMember, Error, NewUser, OrganizationChange, testing::Engine};

use crate::scene::{Scene, entry, name, new_user, now, unique, verified_chain};

async fn add(scene: &Scene, organization: &OrganizationId, new: NewUser, role: Role) -> AddMember {
    let written = entry(organization, Event::UserCreated);
    scene.add_member(organization, new, role, written).await.expect("answered")
}

fn slug(text: &str) -> OrganizationSlug {
    OrganizationSlug::parse(text).expect("a slug")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_person_gets_an_account_and_a_membership(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = new_user("Ana");
    assert_eq!(add(&scene, &scene.acme, ana.clone(), Role::Admin).await, AddMember::Created(ana.id.clone()));
    let account = scene.account(&ana.email.key()).await.expect("answered").expect("there");
    assert_eq!((&account.id, &account.name, &account.password_hash), (&ana.id, &ana.name, &ana.password_hash));
    assert_eq!((account.may_sign_in, account.organizations), (true, vec![scene.acme.clone()]));
    let member = scene.member(&ana.id, &slug("acme")).await.expect("answered").expect("there");
    assert_eq!(Some(&member.organization), scene.organizations().await.expect("answered").first());
    assert_eq!(
        (member.user, member.name, member.email, member.role),
        (ana.id.clone(), ana.name, ana.email, Role::Admin)
    );
    let written = verified_chain(&*scene, &scene.acme).await;
    assert_eq!(written[1].target.id, ana.id.as_str());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_known_person_joins_with_the_password_they_have(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let ana = new_user("Ana");
    add(&scene, &scene.acme, ana.clone(), Role::Member).await;
    let again = NewUser { id: UserId::new(now(), unique().into()), email: new_user("ANA").email, ..new_user("Other") };
    assert_eq!(add(&scene, &globex, again, Role::Admin).await, AddMember::Joined(ana.id.clone()));
    let account = scene.account(&email::key(" ANA@example.TEST")).await.expect("answered").expect("there");
    assert_eq!((account.name, account.password_hash), (ana.name, ana.password_hash));
    let mut organizations = vec![scene.acme.clone(), globex.clone()];
    organizations.sort();
    assert_eq!(account.organizations, organizations);
    assert_eq!(verified_chain(&*scene, &globex).await[1].target.id, ana.id.as_str());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_member_is_not_added_twice(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = new_user("Ana");
    add(&scene, &scene.acme, ana.clone(), Role::Member).await;
    let again = NewUser { id: UserId::new(now(), unique().into()), ..ana.clone() };
    assert_eq!(add(&scene, &scene.acme, again, Role::Admin).await, AddMember::AlreadyMember(ana.id.clone()));
    let member = scene.member(&ana.id, &slug("acme")).await.expect("answered").expect("there");
    assert_eq!(member.role, Role::Member);
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_joins_an_unknown_organization(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let nobody = OrganizationId::new(now(), unique().into());
    let ana = new_user("Ana");
    let written = entry(&nobody, Event::UserCreated);
    assert!(matches!(scene.add_member(&nobody, ana.clone(), Role::Member, written).await, Err(Error::Refused(_))));
    assert!(scene.account(&ana.email.key()).await.expect("answered").is_none());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn one_person_added_everywhere_at_once_has_one_account(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut organizations = vec![scene.acme.clone()];
    for number in 0..5 {
        organizations.push(scene.make_organization(&format!("globex-{number}")).await);
    }
    let tasks: Vec<_> = organizations
        .iter()
        .map(|organization| {
            let (store, organization) = (scene.store(), organization.clone());
            let written = entry(&organization, Event::UserCreated);
            tokio::spawn(async move { store.add_member(&organization, new_user("Ana"), Role::Member, written).await })
        })
        .collect();
    let mut created = 0;
    for task in tasks {
        created += u32::from(matches!(task.await.expect("finished").expect("answered"), AddMember::Created(_)));
    }
    assert_eq!(created, 1);
    let account = scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there");
    assert_eq!(account.organizations.len(), 6);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_text_typed_as_an_address_is_an_error(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for typed in ["", "nobody@example.test", "nul\0@example.test", "'; DROP TABLE users; --"] {
        assert!(scene.account(&email::key(typed)).await.expect("answered").is_none(), "{typed}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_password_is_replaced_only_where_it_is_still_the_old_one(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    assert!(!scene.replace_password_hash(&ana, "another", "new").await.expect("answered"));
    assert!(scene.replace_password_hash(&ana, "hash of Ana", "new").await.expect("answered"));
    assert!(!scene.replace_password_hash(&ana, "hash of Ana", "newer").await.expect("answered"));
    let account = scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there");
    assert_eq!(account.password_hash.as_deref(), Some("new"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_is_deactivated_is_no_member(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let key = new_user("Ana").email.key();
    for table in ["users", "memberships"] {
        scene.execute(&format!("UPDATE {table} SET state = 'deactivated'")).await.expect("changed");
        assert!(!scene.account(&key).await.expect("answered").expect("there").may_sign_in, "{table}");
        assert_eq!(scene.member(&ana, &slug("acme")).await.expect("answered"), None, "{table}");
        assert!(scene.memberships(&ana).await.expect("answered").is_empty(), "{table}");
        scene.execute(&format!("UPDATE {table} SET state = 'active'")).await.expect("changed");
        assert!(scene.member(&ana, &slug("acme")).await.expect("answered").is_some(), "{table}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_disabled_organization_lets_nobody_in_but_says_who_belongs_to_it(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let change = OrganizationChange {
        state: Some(domain::organization::OrganizationState::Disabled),
        ..OrganizationChange::default()
    };
    scene.set(&scene.acme, change).await;
    let account = scene.account(&new_user("Ana").email.key()).await.expect("answered").expect("there");
    assert_eq!((account.may_sign_in, account.organizations), (false, vec![]));
    assert!(scene.memberships(&ana).await.expect("answered").is_empty());
    assert!(scene.member(&ana, &slug("acme")).await.expect("answered").is_some());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_is_a_member_only_where_they_were_added(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.make_organization("globex").await;
    let ana = scene.make_member("Ana").await;
    assert_eq!(scene.member(&ana, &slug("globex")).await.expect("answered"), None);
    assert_eq!(scene.member(&ana, &slug("initech")).await.expect("answered"), None);
    let nobody = UserId::new(now(), unique().into());
    assert_eq!(scene.member(&nobody, &slug("acme")).await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn memberships_are_listed_by_name(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = new_user("Ana");
    for slug in ["zeta", "Beta", "alpha"] {
        let organization = scene.make_organization(&slug.to_lowercase()).await;
        scene
            .execute(&format!("UPDATE organizations SET name = '{slug}' WHERE id = '{organization}'"))
            .await
            .expect("changed");
        add(&scene, &organization, ana.clone(), Role::Member).await;
    }
    let memberships = scene.memberships(&ana.id).await.expect("answered");
    let names: Vec<_> = memberships.iter().map(|member| member.organization.name.as_str()).collect();
    assert_eq!(names, ["alpha", "Beta", "zeta"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn at_most_ten_active_administrators_are_named(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    add(&scene, &globex, new_user("Elsewhere"), Role::Admin).await;
    scene.make_member("Member").await;
    for letter in ["c", "a", "b"] {
        add(&scene, &scene.acme, new_user(letter), Role::Admin).await;
    }
    scene.execute("UPDATE users SET state = 'deactivated' WHERE name = 'b'").await.expect("changed");
    assert_eq!(scene.administrators(&scene.acme).await.expect("answered"), ["a", "c"].map(name));
    for number in 0..12 {
        add(&scene, &scene.acme, new_user(&format!("d{number}")), Role::Admin).await;
    }
    assert_eq!(scene.administrators(&scene.acme).await.expect("answered").len(), 10);
}
