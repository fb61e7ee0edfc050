//! In which order, and page by page.

use std::cmp::Reverse;

use domain::{
    key::{ApiKey, Owner},
    time::Timestamp,
};
use rstest::rstest;
use store::{Direction, Edge, KeyFilter, KeyPage, KeyQuery, NewKey, Place, SortBy, Use, testing::Engine};

use crate::{
    key_list::{names, page, query},
    scene::{Scene, client_id, environment, new_key, now},
};

/// Keys with equal and missing values in every column that is sorted by.
async fn varied(on: Engine) -> Scene {
    let scene = Scene::start(on).await;
    let mut uses = Vec::new();
    for (number, name) in
        ["b", "B-2", "a", "Ä", "z", "ß", "ss-2", "10", "9", "-", "日本", "é", "e"].into_iter().enumerate()
    {
        let number = i64::try_from(number).expect("small");
        let new = NewKey {
            created_at: now().plus_seconds(number % 3),
            expires_at: (number % 4 != 0).then(|| now().plus_seconds(1_000 + number % 2)),
            ..new_key(&scene.acme, name)
        };
        if number % 3 != 1 {
            uses.push(Use {
                organization: scene.acme.clone(),
                key: new.id.clone(),
                secret_version: 1,
                at: now().plus_seconds(number % 5),
                address: "192.0.2.1".to_owned(),
                user_agent: String::new(),
                count: 1,
                tokens: Vec::new(),
            });
        }
        scene.make_key(new).await;
    }
    scene.record_uses(uses).await.expect("recorded");
    scene
}

/// The order by its definition.
fn sorted(mut keys: Vec<ApiKey>, sort: SortBy, direction: Direction) -> Vec<ApiKey> {
    keys.sort_by_cached_key(|key| {
        let value = match sort {
            SortBy::Name => (None, key.name.key()),
            SortBy::LastUsed => (key.last_used_at.map(Timestamp::as_millis), String::new()),
            SortBy::Expires => (Some(key.expires_at.map_or(i64::MAX, Timestamp::as_millis)), String::new()),
            SortBy::Created => (Some(key.created_at.as_millis()), String::new()),
        };
        (value, key.id.clone())
    });
    if direction == Direction::Descending {
        keys.reverse();
    }
    keys
}

fn orders() -> impl Iterator<Item = (SortBy, Direction)> {
    let sorts = [SortBy::Name, SortBy::LastUsed, SortBy::Expires, SortBy::Created];
    sorts.into_iter().flat_map(|sort| [Direction::Ascending, Direction::Descending].map(|direction| (sort, direction)))
}

fn assert_page(page: &KeyPage, all: &[ApiKey], from: usize, length: usize) {
    let length = length.min(all.len() - from);
    assert_eq!(page.keys, all[from..from + length]);
    assert_eq!(usize::try_from(page.before), Ok(from));
    assert_eq!(usize::try_from(page.total), Ok(all.len()));
    assert_eq!((page.has_previous, page.has_next), (from > 0, from + length < all.len()));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_order_page_by_page_there_and_back(#[case] on: Engine) {
    let scene = varied(on).await;
    let keys = page(&*scene, &query(&scene)).await.keys;
    for (sort, direction) in orders() {
        let all = sorted(keys.clone(), sort, direction);
        let query = KeyQuery { sort, direction, limit: 4, ..query(&scene) };
        let mut edge = None;
        for from in (0..all.len()).step_by(4) {
            let asked = KeyQuery { edge: edge.clone(), ..query.clone() };
            let shown = page(&*scene, &asked).await;
            assert_page(&shown, &all, from, 4);
            let uncounted = page(&*scene, &KeyQuery { counted: false, ..asked.clone() }).await;
            assert_eq!(uncounted, KeyPage { before: 0, total: 0, ..shown.clone() });
            if let Some(before) = from.checked_sub(1) {
                let place = Some(Edge::After(Place::of(&all[before], sort)));
                let at_place = page(&*scene, &KeyQuery { edge: place, ..asked.clone() }).await;
                assert_eq!(at_place, shown, "where the key is, or was");
            }
            edge = shown.keys.last().map(|key| Edge::After(key.client_id.clone().into()));
        }
        for end in (1..all.len()).rev() {
            let from = end.saturating_sub(4);
            for place in [all[end].client_id.clone().into(), Place::of(&all[end], sort)] {
                let edge = Some(Edge::Before(place));
                assert_page(&page(&*scene, &KeyQuery { edge, ..query.clone() }).await, &all, from, end - from);
            }
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_walk_goes_on_where_it_was_when_its_key_moves(#[case] on: Engine) {
    let scene = varied(on).await;
    for (sort, direction) in orders() {
        let query = KeyQuery { sort, direction, limit: 4, ..query(&scene) };
        let first = page(&*scene, &query).await.keys;
        let rest = page(&*scene, &KeyQuery { limit: 100, ..query.clone() }).await.keys.split_off(4);
        let last = first.last().expect("four");
        let (after, before) = (Edge::After(Place::of(last, sort)), Edge::Before(Place::of(last, sort)));
        let ids = |keys: &[ApiKey]| keys.iter().map(|key| key.client_id.clone()).collect::<Vec<_>>();
        // To the end of every order, and to its beginning.
        for (name, time) in [("\u{10ffff}", 900_000_000_000_000_i64), ("", 1)] {
            let moved = format!(
                "UPDATE api_keys SET name_search = '{name}', last_used_at = {time}, expires_at = {time}, created_at = {time} \
                 WHERE client_id = '{}'",
                last.client_id
            );
            scene.execute(&moved).await.expect("moved");
            for (edge, expected) in [(&after, &rest[..]), (&before, &first[..3])] {
                let asked = KeyQuery { edge: Some(edge.clone()), limit: 100, ..query.clone() };
                let mut walked = page(&*scene, &asked).await.keys;
                walked.retain(|key| key.client_id != last.client_id);
                assert_eq!(ids(&walked), ids(expected), "{sort:?} {direction:?}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn beyond_the_ends_there_is_nothing(#[case] on: Engine) {
    let scene = varied(on).await;
    let all = page(&*scene, &query(&scene)).await.keys;
    let (first, last) = (all[0].client_id.clone(), all[12].client_id.clone());
    let shown = page(&*scene, &KeyQuery { edge: Some(Edge::After(last.into())), ..query(&scene) }).await;
    let expected = KeyPage { keys: vec![], has_previous: true, has_next: false, before: 13, total: 13 };
    assert_eq!(shown, expected);
    let shown = page(&*scene, &KeyQuery { edge: Some(Edge::Before(first.into())), ..query(&scene) }).await;
    assert_eq!(shown, KeyPage { keys: vec![], has_previous: false, has_next: true, before: 0, total: 13 });
    let none = KeyQuery { search: Some("nothing".to_owned()), ..query(&scene) };
    let expected = KeyPage { keys: vec![], has_previous: false, has_next: false, before: 0, total: 0 };
    assert_eq!(page(&*scene, &none).await, expected);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_cursor_that_leads_nowhere_gives_the_first_page(#[case] on: Engine) {
    let scene = varied(on).await;
    let globex = scene.make_organization("globex").await;
    let foreign = scene.make_key(new_key(&globex, "Foreign")).await.client_id;
    let staging = NewKey { environment: environment("staging"), ..new_key(&scene.acme, "Staging") };
    let elsewhere = scene.make_key(staging).await.client_id;
    let query = KeyQuery { environment: Some(environment("production")), ..query(&scene) };
    let first = page(&*scene, &query).await;
    for lost in [foreign, elsewhere, client_id(0)] {
        for edge in [Edge::After(lost.clone().into()), Edge::Before(lost.into())] {
            assert_eq!(page(&*scene, &KeyQuery { edge: Some(edge), ..query.clone() }).await, first);
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_cursor_keeps_its_place_when_its_key_no_longer_matches(#[case] on: Engine) {
    let scene = varied(on).await;
    let all = page(&*scene, &query(&scene)).await.keys;
    let middle = &all[6];
    scene
        .execute(&format!("UPDATE api_keys SET revoked_at = 1, name_key = NULL WHERE id = '{}'", middle.id))
        .await
        .expect("changed");
    let after = KeyQuery { edge: Some(Edge::After(middle.client_id.clone().into())), ..query(&scene) };
    assert_eq!(page(&*scene, &after).await.keys, all[7..]);
    let before = KeyQuery { edge: Some(Edge::Before(middle.client_id.clone().into())), ..query(&scene) };
    assert_eq!(page(&*scene, &before).await.keys, all[..6]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn filter_search_and_cursor_work_together(#[case] on: Engine) {
    let scene = varied(on).await;
    let ana = scene.make_member("Ana").await;
    for number in 0..5 {
        let new = new_key(&scene.acme, &format!("Job {number}"));
        scene.make_key(NewKey { owner: Owner::User(ana.clone()), ..new }).await;
    }
    let mut query = KeyQuery {
        environment: Some(environment("production")),
        owner: Some(Owner::User(ana)),
        search: Some("JOB".to_owned()),
        filter: KeyFilter::Active,
        sort: SortBy::Name,
        direction: Direction::Descending,
        limit: 2,
        ..query(&scene)
    };
    let first = page(&*scene, &query).await;
    assert_eq!(names(&first), ["Job 4", "Job 3"]);
    query.edge = Some(Edge::After(first.keys[1].client_id.clone().into()));
    let second = page(&*scene, &query).await;
    assert_eq!(names(&second), ["Job 2", "Job 1"]);
    assert_eq!((second.before, second.total, second.has_next), (2, 5, true));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn counts_stop_at_their_cap(#[case] on: Engine) {
    let scene = Scene::start(on).await;
    let fill = format!(
        "WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {}) \
         INSERT INTO api_keys (org_id, id, client_id, environment, name, name_search, description, kind, scopes, \
         access_token_format, created_at, created_by, updated_at) \
         SELECT '{}', 'key_00000000000000000000' || (100000 + i), 'kl_ci_00000000000000000000' || (100000 + i), \
         'production', 'Key', 'key', '', 'client', '', 'jwt', i, 'Ana', i FROM numbers",
        KeyPage::COUNT_CAP + 20,
        scene.acme
    );
    scene.execute(&fill).await.expect("filled");
    let hash = match on {
        Engine::Sqlite => "CAST(substr(id || id, 1, 32) AS BLOB)",
        Engine::Postgres => "sha256(id::bytea)",
    };
    let secrets = format!(
        "INSERT INTO api_key_secrets (org_id, key_id, version, secret_hash, hash_key_version, created_at) \
         SELECT org_id, id, 1, {hash}, 1, created_at FROM api_keys"
    );
    scene.execute(&secrets).await.expect("filled");
    let query = KeyQuery { sort: SortBy::Created, direction: Direction::Descending, ..query(&scene) };
    let first = page(&*scene, &query).await;
    assert_eq!((first.before, first.total, first.has_next), (0, KeyPage::COUNT_CAP + 1, true));
    let tenth_oldest = Edge::After(client_id(100_010).into());
    let last = page(&*scene, &KeyQuery { edge: Some(tenth_oldest), ..query }).await;
    assert_eq!((last.before, last.total, last.has_next), (KeyPage::COUNT_CAP, KeyPage::COUNT_CAP + 1, false));
    let created: Vec<_> = last.keys.iter().map(|key| Reverse(key.created_at)).collect();
    assert!(created.is_sorted() && created.len() == 9);
}
