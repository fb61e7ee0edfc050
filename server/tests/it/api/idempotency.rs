//! Row L-23: sending the same request twice makes one key.

use axum::http::Method;
use domain::organization::Kinds;
use rstest::rstest;
use serde_json::{Value, json};
use service::{authority::Origin, keys::Once};
use store::{OrganizationChange, testing::Engine};

use super::{MANAGE, Program, assert_problem, exchange, names, path_of, text};
use crate::harness::{Answer, App, operator};

const KEYS: &str = "/api/v1/keys";

async fn post_once(program: &Program<'_>, path: &str, key: &str, body: &Value) -> Answer {
    let body = Some(body.to_string());
    program.send(Method::POST, path, body, |request| request.header("idempotency-key", key)).await
}

#[rstest]
#[tokio::test]
async fn a_creation_happens_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let other = Program::with_token(&app, &app.key(&acme, "Other", MANAGE).await).await;
    let full = json!({ "name": "Billing", "environment": "production", "description": "a" });
    let changed = json!({ "name": "Billing", "environment": "production", "description": "b" });
    for (path, body, changed) in
        [(KEYS, &full, &changed), ("/auth/credentials", &json!({ "name": "Pair" }), &json!({ "name": "Another pair" }))]
    {
        let key = format!("order-{path}");
        let first = post_once(&program, path, &key, body).await;
        assert_eq!((first.status, first.header("idempotent-replayed")), (201, ""), "{}", first.body);
        let again = post_once(&program, path, &key, body).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"), "{}", again.body);
        assert_eq!(again.header("cache-control"), "no-store");
        let (mut made, replayed) = (first.json(), again.json());
        made.as_object_mut().expect("an object").remove("client_secret").expect("a secret");
        assert_eq!(made, replayed);
        assert_problem(&post_once(&program, path, &key, changed).await, 422, "idempotency_key_reused");
        assert_problem(&post_once(&other, path, &key, body).await, 409, "name_taken");
        app.pass(24 * 3_600);
        let program = Program::with_token(&app, &app.key(&acme, &format!("Later {path}"), MANAGE).await).await;
        assert_problem(&post_once(&program, path, &key, body).await, 409, "name_taken");
        app.pass(-24 * 3_600);
    }
    let listed = names(&program.get(&format!("{KEYS}?q=billing")).await);
    assert_eq!(listed, ["Billing"]);
}

#[rstest]
#[tokio::test]
async fn a_request_is_known_by_its_body_alone(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let bodies =
        [(KEYS, r#"{"name":"Billing","environment":"production"}"#), ("/auth/credentials", r#"{"name":"Pair"}"#)];
    let once = |path: &'static str, body: &str| {
        program.send(Method::POST, path, Some(body.to_owned()), move |request| request.header("idempotency-key", path))
    };
    for (path, body) in bodies {
        assert_eq!(once(path, body).await.status, 201, "{path}");
    }
    let access_token_format = Some(domain::key::AccessTokenFormat::Opaque);
    let change = OrganizationChange { access_token_format, ..OrganizationChange::default() };
    app.service.set_organization(operator(), &acme.slug, change).await.unwrap().unwrap();
    for (path, body) in bodies {
        assert_eq!(once(path, body).await.status, 200, "{path}");
    }
    let reordered = "{ \"environment\": \"production\",\n \"name\": \"Billing\" }";
    assert_eq!(once(KEYS, reordered).await.status, 200);
    assert_problem(&once(KEYS, r#"{"name":"Pair"}"#).await, 422, "validation_failed");
    let elsewhere = program.send(Method::POST, "/auth/credentials", Some(bodies[1].1.to_owned()), |request| {
        request.header("idempotency-key", KEYS)
    });
    assert_problem(&elsewhere.await, 422, "idempotency_key_reused");
}

#[rstest]
#[tokio::test]
async fn a_rotation_happens_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = format!("{}/rotate", path_of(&key));
    let first = post_once(&program, &path, "r-1", &json!({})).await;
    let again = post_once(&program, &path, "r-1", &json!({})).await;
    assert_eq!((first.status, again.status, again.header("idempotent-replayed")), (200, 200, "true"));
    assert!(!again.body.contains("client_secret"));
    let (id, rotated) = (text(&key, "client_id"), first.json());
    assert_eq!(exchange(&app, id, text(&rotated, "client_secret")).await.status, 200);
    assert_problem(&post_once(&program, &path, "r-1", &json!({ "grace_s": 1 })).await, 422, "idempotency_key_reused");
}

#[rstest]
#[tokio::test]
async fn what_was_done_is_answered_also_when_it_could_not_be_done_any_more(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let soon = app.now().plus_seconds(60);
    let rotated = path_of(&program.create("Billing").await) + "/rotate";
    let requests = [
        (KEYS, json!({ "name": "Brief", "environment": "production", "expires_at": soon }), 201),
        ("/auth/credentials", json!({ "name": "Pair", "expires_at": soon }), 201),
        (&rotated, json!({ "expires_at": soon }), 200),
    ];
    for (path, body, status) in &requests {
        assert_eq!(post_once(&program, path, &format!("once-{path}"), body).await.status, *status, "{path}");
    }
    app.pass(61);
    for (path, body, _) in &requests {
        let again = post_once(&program, path, &format!("once-{path}"), body).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"), "{path}: {}", again.body);
        assert!(!again.body.contains("client_secret"));
        let mut other = body.clone();
        other["expires_at"] = json!(soon.plus_seconds(-1));
        let reused = post_once(&program, path, &format!("once-{path}"), &other).await;
        assert_problem(&reused, 422, "idempotency_key_reused");
        let refused = if *path == rotated { (409, "key_expired") } else { (422, "validation_failed") };
        assert_problem(&post_once(&program, path, &format!("new-{path}"), body).await, refused.0, refused.1);
    }
}

#[rstest]
#[tokio::test]
async fn what_was_made_is_answered_also_when_the_organization_allows_it_no_more(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = json!({ "name": "Billing", "environment": "production" });
    for (path, body) in [(KEYS, &key), ("/auth/credentials", &json!({ "name": "Pair" }))] {
        assert_eq!(post_once(&program, path, path, body).await.status, 201, "{path}");
    }
    let stricter = OrganizationChange {
        require_description: Some(true),
        kinds: Some(Kinds::Token),
        ..OrganizationChange::default()
    };
    app.service.set_organization(operator(), &acme.slug, stricter).await.unwrap().unwrap();
    for (path, body) in [(KEYS, &key), ("/auth/credentials", &json!({ "name": "Pair" }))] {
        let again = post_once(&program, path, path, body).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"), "{path}: {}", again.body);
        assert!(!again.body.contains("client_secret"));
        assert_problem(&post_once(&program, path, "new", body).await, 422, "validation_failed");
    }
}

#[rstest]
#[tokio::test]
async fn an_idempotency_key_is_one_word(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let body = json!({ "name": "Billing", "environment": "production" });
    let reader = Program::with_token(&app, &app.key(&acme, "Reader", "keys:read").await).await;
    assert_problem(&post_once(&reader, KEYS, "a b", &body).await, 403, "insufficient_scope");
    for bad in ["", " ", "a b", "a\tb", &"x".repeat(256)] {
        assert_problem(&post_once(&program, KEYS, bad, &body).await, 400, "invalid_request");
    }
    let twice = program
        .send(Method::POST, KEYS, Some(body.to_string()), |request| {
            request.header("idempotency-key", "a").header("idempotency-key", "b")
        })
        .await;
    assert_problem(&twice, 400, "invalid_request");
    assert_eq!(post_once(&program, KEYS, &"~".repeat(255), &body).await.status, 201);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn ten_at_once_make_one_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let body = json!({ "name": "Billing", "environment": "production" });
    let requests: Vec<_> = (0..10).map(|_| post_once(&program, KEYS, "once", &body)).collect();
    let mut secrets = 0;
    for answer in futures_of(requests).await {
        assert!(matches!(answer.status, 200 | 201 | 409), "{}", answer.body);
        secrets += usize::from(answer.body.contains("client_secret"));
    }
    assert_eq!(secrets, 1);
}

#[rstest]
#[tokio::test]
async fn a_request_that_is_under_way_is_not_begun_again(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let other = Program::with_token(&app, &app.key(&acme, "Other", MANAGE).await).await;
    let rotate = path_of(&program.create("Rotated").await) + "/rotate";
    let client = app.service.api_client(&program.credential, Origin::default()).await.unwrap().unwrap();
    let once = Once::Header { key: "once".to_owned(), request: [0; 32] };
    let body = json!({ "name": "Billing", "environment": "production" });
    let pair = json!({ "name": "Pair" });
    let under_way = app.service.begin(&client, Some(&once)).expect("the first");
    for (path, body) in [(KEYS, &body), ("/auth/credentials", &pair), (rotate.as_str(), &json!({}))] {
        assert_problem(&post_once(&program, path, "once", body).await, 409, "request_still_running");
    }
    assert_eq!(post_once(&other, KEYS, "once", &body).await.status, 201, "of another client");
    drop(under_way);
    assert_eq!(post_once(&program, "/auth/credentials", "once", &pair).await.status, 201);
}

/// Polls all at once, in one task.
async fn futures_of(requests: Vec<impl Future<Output = Answer>>) -> Vec<Answer> {
    let mut running: Vec<_> = requests.into_iter().map(Box::pin).collect();
    let mut answers: Vec<Option<Answer>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (request, answer) in running.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(ready) = request.as_mut().poll(context)
            {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
