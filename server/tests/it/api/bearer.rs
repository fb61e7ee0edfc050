//! Rows B: who is let in.

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::{
    email::Email,
    key::{Kind, Owner},
    organization::Policy,
    user::{Role, UserState},
};
use rstest::rstest;
use serde_json::json;
use service::keys::KeyWanted;
use store::{IssuedTokens, OrganizationChange, testing::Engine};

use super::{MANAGE, Program, assert_problem, names};
use crate::harness::{App, basic, operator, wanted};

const KEYS: &str = "/api/v1/keys";

fn get(headers: &[(&str, &str)], path: &str) -> Request<Body> {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    request.body(Body::empty()).expect("a request")
}

#[rstest]
#[tokio::test]
async fn only_a_good_bearer_credential_opens(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", MANAGE).await;
    let opaque = app.opaque_key(&acme, "Opaque", MANAGE).await;
    let direct = app.key_with(&acme, "Direct", MANAGE, Kind::Token, None).await;
    let resource = app.organization("other", "Other", own_scopes()).await;
    let foreign = app.key(&resource, "Invoices", "invoices:read").await;
    let token = Program::with_token(&app, &key).await.credential;
    let for_another_api = Program::with_token(&app, &foreign).await.credential;
    let opaque = Program::with_token(&app, &opaque).await.credential;
    let (bearer, pair) = (format!("Bearer {token}"), basic(key.key.client_id.as_str(), key.secret.expose()));

    for accepted in [
        bearer.clone(),
        format!("bearer {token}"),
        format!("BEARER   {token}"),
        format!("Bearer {opaque}"),
        format!("Bearer {}", direct.secret.expose()),
    ] {
        assert_eq!(app.send(get(&[("authorization", &accepted)], KEYS)).await.status, 200, "{accepted:.20}");
    }
    let pair = [("authorization", pair.as_str())];
    for nobody in [&[][..], &pair, &[("authorization", "Digest x")], &[("cookie", "sid=x")]] {
        let answer = app.send(get(nobody, KEYS)).await;
        assert_problem(&answer, 401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Keyline""#);
    }
    let altered = format!("{}A{}", &bearer[..60], &bearer[61..]);
    for bad in [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        &altered,
        &format!("Bearer {for_another_api}"),
        &format!("Bearer {}", key.secret.expose()),
        &format!("Bearer {}", "0".repeat(40)),
        &format!("Bearer {}", "x".repeat(9_000)),
    ] {
        let answer = app.send(get(&[("authorization", bad)], KEYS)).await;
        assert_problem(&answer, 401, "invalid_token");
        assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="Keyline", error="invalid_token""#, "{bad:.40}");
    }
    let twice = app.send(get(&[("authorization", &bearer), ("authorization", &bearer)], KEYS)).await;
    assert_problem(&twice, 400, "invalid_request");
    for elsewhere in [format!("{KEYS}?access_token={token}"), format!("/auth/credentials?access_token={token}")] {
        assert_problem(&app.send(get(&[], &elsewhere)).await, 401, "unauthenticated");
    }
    let in_body = Request::post(KEYS).header("content-type", "application/json");
    let body = json!({ "access_token": token, "name": "A", "environment": "production" }).to_string();
    assert_problem(&app.send(in_body.body(Body::from(body)).expect("a request")).await, 401, "unauthenticated");
}

#[rstest]
#[tokio::test]
async fn a_clients_secret_sent_as_it_is_goes_on_record(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await;
    let misuse = Program { app: &app, credential: key.secret.expose().to_owned() };
    for _ in 0..3 {
        assert_problem(&misuse.get(KEYS).await, 401, "invalid_token");
    }
    let program = Program::with_token(&app, &key).await;
    let log = async || {
        app.service.flush_refusals().await.expect("written");
        program.get("/api/v1/activity?event=access.refused").await.json()["data"].clone()
    };
    assert_eq!(log().await, json!([]), "a minute is one row");
    app.pass(60);
    let rows = log().await;
    let first_at = app.now().plus_seconds(-60);
    let expected = json!({ "reason": "client_secret_as_bearer", "count": 3, "first_at": first_at });
    assert_eq!((rows.as_array().map(Vec::len), &rows[0]["details"]), (Some(1), &expected));
    assert_eq!(rows[0]["target"], json!({ "id": key.key.client_id, "name": "CI" }));
    app.service.flush_refusals().await.expect("nothing left");
    assert_eq!(log().await.as_array().map(Vec::len), Some(1));
}

fn own_scopes() -> Policy {
    Policy { scopes: domain::scope::Scopes::parse("invoices:read").expect("scopes"), ..Policy::default() }
}

#[rstest]
#[tokio::test]
async fn each_scope_opens_its_own(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let target = app.key(&acme, "Target", "").await;
    let of_target = format!("{KEYS}/{}", target.key.client_id);
    let credential = format!("/auth/credentials/{}", target.key.client_id);
    let requests = [
        (Method::GET, KEYS.to_owned(), "keys:read"),
        (Method::POST, KEYS.to_owned(), "keys:write"),
        (Method::GET, of_target.clone(), "keys:read"),
        (Method::PATCH, of_target.clone(), "keys:write"),
        (Method::DELETE, of_target.clone(), "keys:write"),
        (Method::POST, format!("{of_target}/suspend"), "keys:write"),
        (Method::POST, format!("{of_target}/reapprove"), "keys:write"),
        (Method::POST, format!("{of_target}/rotate"), "keys:write"),
        (Method::POST, format!("{of_target}/end-previous-secret"), "keys:write"),
        (Method::GET, format!("{of_target}/usage"), "keys:read"),
        (Method::GET, "/api/v1/activity".to_owned(), "activity:read"),
        (Method::GET, "/api/v1/environments".to_owned(), "keys:read"),
        (Method::GET, "/api/v1/organization".to_owned(), "keys:read"),
        (Method::GET, "/auth/credentials".to_owned(), "keys:read"),
        (Method::POST, "/auth/credentials".to_owned(), "keys:write"),
        (Method::DELETE, credential, "keys:write"),
    ];
    for held in ["", "keys:read", "keys:write", "activity:read", "tokens:introspect"] {
        let key = app.key(&acme, &format!("Holds {held}"), held).await;
        let program = Program::with_token(&app, &key).await;
        for (method, path, needed) in requests.iter().filter(|(_, _, needed)| *needed != held) {
            let answer = program.send(method.clone(), path, None, |request| request).await;
            assert_problem(&answer, if held.is_empty() { 401 } else { 403 }, code(held));
            let challenge = format!(r#"Bearer realm="Keyline", error="insufficient_scope", scope="{needed}""#);
            assert!(held.is_empty() || answer.header("www-authenticate") == challenge, "{method} {path}");
        }
    }
}

/// A token without any scope of our API is for another audience.
fn code(held: &str) -> &'static str {
    if held.is_empty() { "invalid_token" } else { "insufficient_scope" }
}

#[rstest]
#[tokio::test]
async fn cookies_and_names_of_tenants_change_nothing(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let (ours, _theirs) = (app.key(&acme, "Ours", MANAGE).await, app.key(&globex, "Theirs", MANAGE).await);
    let browser = app.admin_of(&globex).await;
    let cookie = format!("sid={}", browser.cookie.clone().expect("signed in"));
    for path in [KEYS, "/auth/credentials", "/api/v1/organization"] {
        let request = Request::get(path).header("cookie", &cookie).header("origin", "http://localhost:3000");
        let answer = app.send(request.body(Body::empty()).expect("a request")).await;
        assert_problem(&answer, 401, "unauthenticated");
    }
    let program = Program::with_token(&app, &ours).await;
    let disguised = program
        .send(Method::GET, KEYS, None, |request| {
            request.header("cookie", &cookie).header("x-tenant-id", globex.id.as_str()).header("host", "globex.test")
        })
        .await;
    assert_eq!((disguised.status, names(&disguised)), (200, vec!["Ours".to_owned()]));
    let by_query = program.get(&format!("{KEYS}?tenant={}", globex.id)).await;
    assert_problem(&by_query, 422, "validation_failed");
    let body = json!({ "name": "A", "environment": "production", "organization": globex.id });
    assert_problem(&program.post(KEYS, body).await, 422, "validation_failed");
}

#[rstest]
#[tokio::test]
async fn no_other_origin_is_let_in(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    for path in [KEYS, "/auth/credentials"] {
        for method in [Method::OPTIONS, Method::GET] {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("origin", "https://evil.test")
                .header("access-control-request-method", "GET")
                .header("access-control-request-headers", "authorization");
            let answer = app.send(request.body(Body::empty()).expect("a request")).await;
            assert!(matches!(answer.status, 401 | 405), "{}", answer.status);
            assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_stopped_key_is_refused_at_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let admin = Program::with_token(&app, &app.key(&acme, "Admin", MANAGE).await).await;
    for verb in ["suspend", "delete", "rotate"] {
        for (issued_tokens, status) in [(IssuedTokens::RunOut, 200), (IssuedTokens::Stop, 401)] {
            let word = issued_tokens.as_str();
            let key = app.key(&acme, &format!("{verb} {word}"), MANAGE).await;
            let program = Program::with_token(&app, &key).await;
            let path = format!("{KEYS}/{}", key.key.client_id);
            let done = match verb {
                "delete" => admin.delete(&format!("{path}?issued_tokens={word}")).await,
                _ => admin.post(&format!("{path}/{verb}"), json!({ "issued_tokens": word })).await,
            };
            assert!(matches!(done.status, 200 | 204), "{}", done.body);
            assert_eq!(program.get(KEYS).await.status, status, "{verb} {word}");
            app.pass(3_600);
            assert_problem(&program.get(KEYS).await, 401, "invalid_token");
            app.pass(-3_600);
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_key_stops_with_its_owner(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let mias = |name: &str, kind| KeyWanted { owner: Owner::User(mia.clone()), kind, ..wanted(name, MANAGE) };
    let owned = app.insert(&acme, mias("Exchanged", Kind::Client)).await;
    let direct = app.insert(&acme, mias("Direct", Kind::Token)).await;
    let direct = Program { app: &app, credential: direct.secret.expose().to_owned() };
    let exchanged = Program::with_token(&app, &owned).await;
    let set = async |state| {
        let email = Email::parse("mia@acme.test").expect("an address");
        let set = app.service.set_account_state(operator(), &email, state).await.expect("the database works");
        set.expect("a known account");
    };
    set(UserState::Deactivated).await;
    for program in [&direct, &exchanged] {
        assert_problem(&program.get(KEYS).await, 401, "invalid_token");
    }
    set(UserState::Active).await;
    assert_eq!(direct.get(KEYS).await.status, 200);
    assert_problem(&exchanged.get(KEYS).await, 401, "invalid_token");
    assert_eq!(Program::with_token(&app, &owned).await.get(KEYS).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_feature_that_is_off_closes_the_api(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let exchanged = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let direct = app.key_with(&acme, "Direct", MANAGE, Kind::Token, None).await;
    let direct = Program { app: &app, credential: direct.secret.expose().to_owned() };
    let set = async |on| {
        let change = OrganizationChange { api_keys: Some(on), ..Default::default() };
        app.service.set_organization(operator(), &acme.slug, change).await.expect("set");
    };
    set(false).await;
    assert_problem(&exchanged.get(KEYS).await, 401, "invalid_token");
    assert_problem(&direct.get(KEYS).await, 403, "feature_off");
    set(true).await;
    assert_problem(&exchanged.get(KEYS).await, 401, "invalid_token");
    assert_eq!(direct.get(KEYS).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_sent_as_it_is_counts_as_used(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let direct = app.key_with(&acme, "Direct", MANAGE, Kind::Token, None).await;
    let program = Program { app: &app, credential: direct.secret.expose().to_owned() };
    let path = format!("{KEYS}/{}", direct.key.client_id);
    assert_eq!(program.get(&path).await.json()["last_used_at"], json!(null));
    app.service.flush_uses().await.expect("written");
    assert_eq!(program.get(&path).await.json()["last_used_at"], json!(app.now()));
    assert_eq!(program.get(&format!("{path}/usage")).await.json()["total"], 1);
}
