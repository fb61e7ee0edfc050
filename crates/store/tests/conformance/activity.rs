use domain::{
    activity::{Actor, ActorKind, Event, Target},
    email,
    id::OrganizationId,
    key::Owner,
    secret::ClientId,
    user::{Role, UserState},
};
use rstest::rstest;
use store::{ActivityQuery, Error, NewKey, Party, testing::Engine};

use crate::scene::{Scene, entry, environment, name, new_key, now, unique, verified_chain};

fn everything(organization: &OrganizationId) -> ActivityQuery {
    ActivityQuery {
        organization: organization.clone(),
        concerning: None,
        actor: None,
        event: None,
        target: None,
        environment: None,
        from: None,
        until: None,
        before: None,
        limit: 100,
    }
}

async fn sequences(scene: &Scene, query: ActivityQuery) -> Vec<i64> {
    let rows = scene.activity_page(&query).await.expect("answered");
    rows.iter().map(|row| row.sequence).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_come_back_as_they_were_written(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let mut signed_in = entry(&scene.acme, Event::SignedIn);
    signed_in.actor.kind = ActorKind::User;
    signed_in.actor.name = "Zoë 👩‍🚀".to_owned();
    signed_in.environment = None;
    signed_in.details = r#"{"method":"password"}"#.to_owned();
    let signed_out = entry(&scene.acme, Event::SignedOut);
    scene.append_activity(vec![signed_in.clone(), signed_out.clone()]).await.expect("appended");
    let chain = verified_chain(&*scene, &scene.acme).await;
    assert_eq!(chain[1..], [signed_in, signed_out]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_is_sorted_into_the_chains_of_its_organizations(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let batch = [&globex, &scene.acme, &globex].map(|organization| entry(organization, Event::SignedIn));
    scene.append_activity(batch.to_vec()).await.expect("appended");
    assert_eq!(verified_chain(&*scene, &scene.acme).await[1..], [batch[1].clone()]);
    assert_eq!(verified_chain(&*scene, &globex).await[1..], [batch[0].clone(), batch[2].clone()]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_batch_with_an_unknown_organization_is_not_written_at_all(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let nobody = OrganizationId::new(now(), unique().into());
    let batch = vec![entry(&scene.acme, Event::SignedIn), entry(&nobody, Event::SignedIn)];
    assert!(matches!(scene.append_activity(batch).await, Err(Error::Refused(_))));
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn batches_at_once_leave_one_chain_without_a_gap(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let tasks: Vec<_> = (0..20)
        .map(|i| {
            let mut batch = vec![entry(&scene.acme, Event::SignedIn), entry(&globex, Event::SignedIn)];
            batch.rotate_left(i % 2);
            let store = scene.store();
            tokio::spawn(async move { store.append_activity(batch).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("finished").expect("appended");
    }
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 21);
    assert_eq!(verified_chain(&*scene, &globex).await.len(), 21);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_are_read_in_parts(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.append_activity((0..4).map(|_| entry(&scene.acme, Event::SignedIn)).collect()).await.expect("appended");
    let part = scene.activity_after(&scene.acme, 2, 2).await.expect("answered");
    assert_eq!(part.iter().map(|row| row.sequence).collect::<Vec<_>>(), [3, 4]);
    assert!(scene.activity_after(&scene.acme, 5, 2).await.expect("answered").is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn pages_are_newest_first_and_filtered(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let rows = (0..3).map(|second| {
        let mut row = entry(&scene.acme, if second == 1 { Event::KeyRotated } else { Event::KeyEdited });
        row.at = now().plus_seconds(10 + second);
        row.actor = Actor { kind: ActorKind::Client, id: format!("actor {second}"), name: "CI".to_owned() };
        row.target = Target { id: format!("target {second}"), name: "Billing".to_owned() };
        row.environment = Some(environment(if second == 2 { "staging" } else { "production" }));
        row
    });
    scene.append_activity(rows.collect()).await.expect("appended");
    let all = || everything(&scene.acme);
    let at = |second| Some(now().plus_seconds(second));
    for (query, expected) in [
        (all(), vec![4, 3, 2, 1]),
        (ActivityQuery { limit: 2, ..all() }, vec![4, 3]),
        (ActivityQuery { before: Some(3), limit: 1, ..all() }, vec![2]),
        (ActivityQuery { actor: Some("actor 1".to_owned()), ..all() }, vec![3]),
        (ActivityQuery { actor: Some(String::new()), ..all() }, vec![1]),
        (ActivityQuery { event: Some(Event::KeyEdited), ..all() }, vec![4, 2]),
        (ActivityQuery { target: Some("target 0".to_owned()), ..all() }, vec![2]),
        (ActivityQuery { environment: Some(environment("staging")), ..all() }, vec![4]),
        (ActivityQuery { from: at(11), ..all() }, vec![4, 3]),
        (ActivityQuery { until: at(11), ..all() }, vec![2, 1]),
        (ActivityQuery { from: at(11), until: at(12), event: Some(Event::KeyEdited), ..all() }, vec![]),
        (everything(&globex), vec![1]),
        (ActivityQuery { target: Some("target 0".to_owned()), ..everything(&globex) }, vec![]),
    ] {
        assert_eq!(sequences(&scene, query.clone()).await, expected, "{query:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_page_may_be_what_concerns_one_user(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let owned = NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, "Ana's") };
    let other = new_key(&scene.acme, "Other");
    for key in [&owned, &other] {
        scene.make_key(key.clone()).await;
    }
    let row = |actor: &str, target: &str| {
        let mut row = entry(&scene.acme, Event::KeyEdited);
        row.actor = Actor { kind: ActorKind::Client, id: actor.to_owned(), name: "CI".to_owned() };
        row.target = Target { id: target.to_owned(), name: "Billing".to_owned() };
        row
    };
    let (owned, other) = (owned.client_id.as_str(), other.client_id.as_str());
    let rows = vec![row(ana.as_str(), other), row(owned, other), row(other, owned), row(other, other)];
    scene.append_activity(rows).await.expect("appended");
    let concerning = |user| ActivityQuery { concerning: Some(user), ..everything(&scene.acme) };
    assert_eq!(sequences(&scene, concerning(ana)).await, [7, 6, 5]);
    assert!(sequences(&scene, concerning(scene.make_member("Ben").await)).await.is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_can_be_neither_changed_nor_deleted(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for sql in ["UPDATE activity SET actor_name = 'Nobody'", "DELETE FROM activity"] {
        let refused = scene.execute(sql).await.expect_err("refused");
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    if on == Engine::Postgres {
        scene.execute("TRUNCATE activity").await.expect_err("refused");
    }
    assert_eq!(verified_chain(&*scene, &scene.acme).await.len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_end_of_a_chain_is_kept_apart(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    scene.append_activity(vec![entry(&scene.acme, Event::SignedIn)]).await.expect("appended");
    let last = scene.activity_after(&scene.acme, 1, 1).await.expect("answered").remove(0);
    assert_eq!(scene.activity_head(&scene.acme).await.expect("answered"), Some((2, last.hash)));
    let nobody = OrganizationId::new(now(), unique().into());
    assert_eq!(scene.activity_head(&nobody).await.expect("answered"), None);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_party_is_named_in_each_of_its_organizations(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    let ana = scene.make_admin("Ana").await;
    scene.join(&globex, "Ana", Role::Member).await;
    let unknown = ClientId::parse("zz_ci_00000000000000000000000000").expect("a client id");
    let (keys, people) = ([key.client_id.clone(), unknown], [ana.clone()]);
    let mut parties = scene.parties(&keys, &people, &[]).await.expect("answered");
    parties.sort_by(|a, b| (&a.id, &a.organization).cmp(&(&b.id, &b.organization)));
    let party = |id: &str, organization: &OrganizationId, text: &str, in_environment| Party {
        named: id.to_owned(),
        id: id.to_owned(),
        organization: organization.clone(),
        name: name(text),
        environment: in_environment,
    };
    let production = Some(environment("production"));
    let mut expected = vec![
        party(key.client_id.as_str(), &scene.acme, "Billing", production),
        party(ana.as_str(), &scene.acme, "Ana", None),
        party(ana.as_str(), &globex, "Ana", None),
    ];
    expected.sort_by(|a, b| (&a.id, &a.organization).cmp(&(&b.id, &b.organization)));
    assert_eq!(parties, expected);
    assert_eq!(scene.parties(&[], &[], &[]).await.expect("answered"), []);
    let address = email::key("Ana@example.test");
    let mut by_address = scene.parties(&[], &[], &[address.clone(), "nobody".to_owned()]).await.expect("answered");
    by_address.sort_by(|a, b| a.organization.cmp(&b.organization));
    let at_address = |party: Party| Party { named: address.clone(), ..party };
    expected.retain(|party| party.id == ana.as_str());
    assert_eq!(by_address, expected.into_iter().map(at_address).collect::<Vec<_>>());

    let written = entry(&globex, Event::UserDeactivated);
    scene.set_membership_state(&globex, &ana, UserState::Deactivated, written).await.expect("answered");
    let parties = scene.parties(&[], &people, &[]).await.expect("answered");
    assert_eq!(parties, [party(ana.as_str(), &scene.acme, "Ana", None)], "who has left is nobody there");
}
