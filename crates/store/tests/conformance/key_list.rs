//! Which keys a list shows.

use domain::{activity::Event, key::Owner, time::Timestamp};
use rstest::rstest;
use store::{
    Direction, IssuedTokens, KeyChange, KeyFilter, KeyPage, KeyQuery, NewKey, SortBy, Store, Use, testing::Engine,
};

use crate::scene::{Scene, entry, environment, name, new_key, now};

const DAY_S: i64 = 86_400;

/// Every key of `acme` that is not revoked, by name, on one page.
pub fn query(scene: &Scene) -> KeyQuery {
    KeyQuery {
        organization: scene.acme.clone(),
        environment: None,
        owner: None,
        search: None,
        filter: KeyFilter::NotRevoked,
        sort: SortBy::Name,
        direction: Direction::Ascending,
        edge: None,
        limit: 50,
        counted: true,
        now: now(),
    }
}

pub async fn page(store: &dyn Store, query: &KeyQuery) -> KeyPage {
    store.keys(query).await.expect("answered")
}

pub fn names(page: &KeyPage) -> Vec<&str> {
    page.keys.iter().map(|key| key.name.as_str()).collect()
}

async fn found(scene: &Scene, search: &str) -> Vec<String> {
    let page = page(&**scene, &KeyQuery { search: Some(search.to_owned()), ..query(scene) }).await;
    assert_eq!(usize::try_from(page.total), Ok(page.keys.len()));
    names(&page).into_iter().map(str::to_owned).collect()
}

async fn use_once(scene: &Scene, new: &NewKey, at: Timestamp) {
    let used = Use {
        organization: new.organization.clone(),
        key: new.id.clone(),
        secret_version: 1,
        at,
        address: "192.0.2.1".to_owned(),
        user_agent: String::new(),
        count: 1,
        tokens: Vec::new(),
    };
    scene.record_uses(vec![used]).await.expect("recorded");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn filters(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let ana = scene.make_member("Ana").await;
    let new = |name: &str| new_key(&scene.acme, name);
    let ending = |name: &str, in_s| NewKey { expires_at: Some(now().plus_seconds(in_s)), ..new(name) };
    let expired = |name: &str| NewKey { created_at: now().plus_seconds(-9), ..ending(name, 0) };
    let used = new("Used");
    for key in [
        used.clone(),
        new("Unused"),
        ending("Two weeks", 14 * DAY_S),
        ending("Two weeks and a bit", 14 * DAY_S + 1),
        NewKey { owner: Owner::User(ana), ..ending("Owner gone", DAY_S) },
        ending("Suspended", DAY_S),
        expired("Expired"),
        expired("Expired and suspended"),
        expired("Expired and revoked"),
        new("Revoked"),
    ] {
        scene.make_key(key).await;
    }
    use_once(&scene, &used, now()).await;
    scene.execute("UPDATE memberships SET state = 'deactivated'").await.expect("changed");
    let suspend = "UPDATE api_keys SET suspended_at = 1, suspended_reason = 'exposed' WHERE name LIKE '%uspended'";
    scene.execute(suspend).await.expect("changed");
    for revoked in page(&*scene, &query(&scene)).await.keys.iter().filter(|key| key.name.as_str().contains("evoked")) {
        let written = entry(&scene.acme, Event::KeyRevoked);
        scene
            .change_key(
                &scene.acme,
                &revoked.client_id,
                KeyChange::Revoke { issued_tokens: IssuedTokens::RunOut },
                None,
                now(),
                written,
            )
            .await
            .expect("answered");
    }
    let live = ["Owner gone", "Suspended", "Two weeks", "Two weeks and a bit", "Unused", "Used"];
    let expired = ["Expired", "Expired and suspended"];
    let revoked = ["Expired and revoked", "Revoked"];
    let mut not_revoked = [live.as_slice(), &expired].concat();
    let mut every = [live.as_slice(), &expired, &revoked].concat();
    let mut never_used = [&live[..5], &expired].concat();
    for list in [&mut not_revoked, &mut every, &mut never_used] {
        list.sort_by_key(|text| name(text).key());
    }
    for (filter, expected) in [
        (KeyFilter::NotRevoked, not_revoked.as_slice()),
        (KeyFilter::Active, &live[2..]),
        (KeyFilter::ExpiresSoon, &live[2..3]),
        (KeyFilter::Suspended, &live[..2]),
        (KeyFilter::Expired, &expired),
        (KeyFilter::NeverUsed, &never_used),
        (KeyFilter::Revoked, &revoked),
        (KeyFilter::Every, &every),
    ] {
        let page = page(&*scene, &KeyQuery { filter, ..query(&scene) }).await;
        assert_eq!(names(&page), expected, "{filter:?}");
        assert_eq!(usize::try_from(page.total), Ok(expected.len()), "{filter:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_list_shows_one_organization_one_environment_one_owner(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let globex = scene.make_organization("globex").await;
    scene.make_key(new_key(&globex, "Theirs")).await;
    let (ana, bob) = (scene.make_member("Ana").await, scene.make_member("Bob").await);
    scene.make_key(new_key(&scene.acme, "Ours")).await;
    scene.make_key(NewKey { owner: Owner::User(ana.clone()), ..new_key(&scene.acme, "Ana's") }).await;
    scene.make_key(NewKey { owner: Owner::User(bob), ..new_key(&scene.acme, "Bob's") }).await;
    scene.make_key(NewKey { environment: environment("staging"), ..new_key(&scene.acme, "Staging") }).await;
    let everything = page(&*scene, &query(&scene)).await;
    assert_eq!(names(&everything), ["Ana's", "Bob's", "Ours", "Staging"]);
    let production = KeyQuery { environment: Some(environment("production")), ..query(&scene) };
    assert_eq!(names(&page(&*scene, &production).await), ["Ana's", "Bob's", "Ours"]);
    let organizations = KeyQuery { owner: Some(Owner::Organization), ..production.clone() };
    assert_eq!(names(&page(&*scene, &organizations).await), ["Ours"]);
    let anas = KeyQuery { owner: Some(Owner::User(ana)), ..production };
    assert_eq!(names(&page(&*scene, &anas).await), ["Ana's"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn search_finds_part_of_a_name_in_any_case(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    for name in ["100% done", "1000 done", "a_b", "axb", r"back\slash", "Straße", "ÅNGSTRÖM", "日本語キー"] {
        scene.make_key(new_key(&scene.acme, name)).await;
    }
    for (search, expected) in [
        ("%", &["100% done"][..]),
        ("_", &["a_b"]),
        (r"\", &[r"back\slash"]),
        ("DONE", &["100% done", "1000 done"]),
        ("strasse", &["Straße"]),
        ("STRAẞE", &["Straße"]),
        ("ångström", &["ÅNGSTRÖM"]),
        ("ａｘ", &["axb"]),
        ("本語", &["日本語キー"]),
        ("  0   done ", &["1000 done"]),
        ("' OR 1=1 --", &[]),
        ("nul\0", &[]),
        ("zzz", &[]),
    ] {
        assert_eq!(found(&scene, search).await, expected, "{search:?}");
    }
    for nothing in ["", "  \u{3000} "] {
        assert_eq!(found(&scene, nothing).await.len(), 8, "{nothing:?} is no search");
    }
    for long in ["x".repeat(100_000), "%".repeat(100_000), "ﷺ".repeat(100_000)] {
        assert!(found(&scene, &long).await.is_empty());
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn search_finds_the_beginning_of_a_client_id(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let key = scene.make_key(new_key(&scene.acme, "Billing")).await;
    scene.make_key(new_key(&scene.acme, "Another")).await;
    let id = key.client_id.as_str();
    assert_eq!(found(&scene, id).await, ["Billing"]);
    assert_eq!(found(&scene, &id.to_uppercase()).await, ["Billing"]);
    assert_eq!(found(&scene, "kl_ci_").await, ["Another", "Billing"]);
    assert!(found(&scene, &id[3..]).await.is_empty(), "only the beginning");
}
