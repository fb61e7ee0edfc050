//! Input that is none: always a 4xx that says what is wrong, never a 500.

use axum::{
    body::Body,
    http::{Method, Request},
};
use rstest::rstest;
use serde_json::json;
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, params, text};
use crate::harness::App;

const KEYS: &str = "/api/v1/keys";

#[rstest]
#[tokio::test]
async fn bodies_are_read_strictly(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let post = async |body: Vec<u8>, content_type: Option<&str>| {
        let mut request = Request::post(KEYS).header("authorization", format!("Bearer {}", program.credential));
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        app.send(request.body(Body::from(body)).expect("a request")).await
    };
    let good = r#"{"name":"A","environment":"production"}"#;
    let deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
    let less_deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(100), "]".repeat(100));
    let json_type = Some("application/json");
    for malformed in [
        "",
        " ",
        "{",
        "{}{}",
        "{'name':'A'}",
        r#"{"name":"A",}"#,
        r#"{"name":NaN}"#,
        r#"{"name":1e999}"#,
        r#"{"name":"\ud800"}"#,
        r#"{"name":"A"} x"#,
        "\u{feff}{}",
        &deep,
    ] {
        assert_problem(&post(malformed.into(), json_type).await, 400, "invalid_request");
    }
    assert_problem(&post(b"{\"name\":\"\xff\"}".to_vec(), json_type).await, 400, "invalid_request");
    for (body, expected) in [
        ("[]", vec!["body"]),
        ("null", vec!["body"]),
        ("\"name\"", vec!["body"]),
        ("{}", vec!["name", "environment"]),
        (&less_deep, vec!["name", "environment"]),
        (r#"{"name":null,"environment":1}"#, vec!["name", "environment"]),
        (r#"{"name":"A","name":"A","environment":"production"}"#, vec!["name"]),
        (r#"{"name":"A","environment":"production","Name":"B","x":{"y":[1,{"z":null}]}}"#, vec!["Name", "x"]),
        (r#"{"name":"A","environment":"production","x":1,"x":2}"#, vec!["x"]),
        (r#"{"name":"A","environment":"production","owner":"me"}"#, vec!["owner"]),
        (r#"{"name":"A","environment":"production","owner":{}}"#, vec!["owner.type"]),
        (r#"{"name":"A","environment":"production","owner":{"type":"team"}}"#, vec!["owner.type"]),
        (r#"{"name":"A","environment":"production","owner":{"type":"user","id":7}}"#, vec!["owner.id"]),
        (r#"{"name":"A","environment":"production","owner":{"type":"user","id":"usr_1"}}"#, vec!["owner.id"]),
        (r#"{"name":"A","environment":"production","owner":{"type":"organization","x":1}}"#, vec!["owner.x"]),
        (r#"{"name":"A","environment":"production","owner":{"type":"user","type":"user"}}"#, vec!["owner.type"]),
    ] {
        let problem = assert_problem(&post(body.into(), json_type).await, 422, "validation_failed");
        assert_eq!(params(&problem), expected, "{body:.80}");
        for error in problem["errors"].as_array().expect("a list") {
            assert!(!text(error, "detail").is_empty() && !text(error, "code").is_empty());
        }
    }
    for other in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
        assert_problem(&post(good.into(), other).await, 415, "unsupported_media_type");
    }
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(64 * 1024));
    assert_problem(&post(large.into(), json_type).await, 413, "too_large");
    let many: Vec<_> = (0..5_000).map(|number| format!(r#""m{number}":1"#)).collect();
    let problem =
        assert_problem(&post(format!("{{{}}}", many.join(",")).into(), json_type).await, 422, "validation_failed");
    assert_eq!(params(&problem).len(), 20);
    assert_eq!(post(good.into(), Some("APPLICATION/JSON; charset=utf-8")).await.status, 201);
}

#[rstest]
#[tokio::test]
async fn values_are_refused_by_name(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    for (member, value, code) in [
        ("name", json!(" "), "required"),
        ("name", json!("x".repeat(65)), "too_long"),
        ("name", json!("a\u{202e}b"), "forbidden_character"),
        ("name", json!("a\u{0}b"), "forbidden_character"),
        ("name", json!(format!("a{}", "\u{301}".repeat(200))), "too_long"),
        ("name", json!(true), "wrong_type"),
        ("description", json!("x".repeat(501)), "too_long"),
        ("description", json!("a\u{0}b"), "forbidden_character"),
        ("description", json!(null), "wrong_type"),
        ("environment", json!("nowhere"), "unknown"),
        ("environment", json!("Production"), "malformed"),
        ("environment", json!("ci"), "reserved"),
        ("environment", json!(""), "malformed"),
        ("kind", json!("both"), "unknown"),
        ("kind", json!(""), "unknown"),
        ("access_token_format", json!("JWT"), "unknown"),
        ("expires_at", json!("2027-01-31T00:00:60Z"), "malformed"),
        ("expires_at", json!("10000-01-01T00:00:00Z"), "malformed"),
        ("expires_at", json!("2027-01-31"), "malformed"),
        ("expires_at", json!("2027-01-31T00:00:00"), "malformed"),
        ("expires_at", json!("2026-11-21T12:00:00Z"), "in_the_past"),
        ("expires_at", json!("0001-01-01T00:00:00Z"), "in_the_past"),
        ("expires_at", json!(1_800_000_000_000_i64), "wrong_type"),
        ("scopes", json!({}), "wrong_type"),
        ("client_id", json!("kl_ci_00000000000000000000000000"), "unknown"),
        ("client_secret", json!("mine"), "unknown"),
        ("id", json!("key_1"), "unknown"),
    ] {
        let mut body = json!({ "name": "A", "environment": "production" });
        body[member] = value;
        let problem = assert_problem(&program.post(KEYS, body).await, 422, "validation_failed");
        assert_eq!((params(&problem), text(&problem["errors"][0], "code")), (vec![member], code), "{member}");
        assert_eq!(text(&problem, "param"), member);
    }
    let last = json!({ "name": "Last", "environment": "production", "expires_at": "9999-12-30T21:59:59.999Z" });
    assert_eq!(program.post(KEYS, last).await.status, 201);
}

#[rstest]
#[tokio::test]
async fn bodies_of_verbs_may_be_left_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let key = program.create("Billing").await;
    let path = super::path_of(&key);
    for verb in ["suspend", "reapprove", "rotate"] {
        let bare = program.send(Method::POST, &format!("{path}/{verb}"), None, |request| request).await;
        assert_eq!(bare.status, 200, "{verb}: {}", bare.body);
    }
    for verb in ["suspend", "reapprove", "rotate", "end-previous-secret"] {
        let path = format!("{path}/{verb}");
        let problem = assert_problem(&program.post(&path, json!({ "x": 1 })).await, 422, "validation_failed");
        assert_eq!(params(&problem), ["x"], "{verb}");
        assert_problem(&program.post(&path, json!([])).await, 422, "validation_failed");
        let send = |body: &str, content_type: &'static str| {
            let request = Request::post(&path)
                .header("authorization", format!("Bearer {}", program.credential))
                .header("content-type", content_type);
            app.send(request.body(Body::from(body.to_owned())).expect("a request"))
        };
        assert_problem(&send("{", "application/json").await, 400, "invalid_request");
        assert_problem(&send("{}", "text/plain").await, 415, "unsupported_media_type");
    }
    for (body, param) in [
        (json!({ "reason": "x".repeat(501) }), "reason"),
        (json!({ "reason": 1 }), "reason"),
        (json!({ "issued_tokens": "STOP" }), "issued_tokens"),
        (json!({ "issued_tokens": null }), "issued_tokens"),
    ] {
        let problem = assert_problem(&program.post(&format!("{path}/suspend"), body).await, 422, "validation_failed");
        assert_eq!(params(&problem), [param]);
    }
}

#[rstest]
#[tokio::test]
async fn every_other_address_and_method_is_a_problem(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let one = "/api/v1/keys/kl_ci_00000000000000000000000000";
    for (method, path, allow) in [
        (Method::PUT, KEYS, "GET,HEAD,POST"),
        (Method::DELETE, KEYS, "GET,HEAD,POST"),
        (Method::PUT, one, "GET,HEAD,PATCH,DELETE"),
        (Method::TRACE, one, "GET,HEAD,PATCH,DELETE"),
        (Method::GET, "/api/v1/keys/x/suspend", "POST"),
        (Method::POST, "/api/v1/activity", "GET,HEAD"),
        (Method::GET, "/auth/credentials/x", "DELETE"),
        (Method::PATCH, "/auth/credentials", "GET,HEAD,POST"),
    ] {
        let answer = program.send(method.clone(), path, None, |request| request).await;
        assert_problem(&answer, 405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/keys/",
        "/api/v1/keys/x/y",
        "/api/v1/keys/x/",
        "/api/v2/keys",
        "/api/%ff",
        "/api/v1/organizations",
        "/api/v1/keys/%2e%2e",
        "/api/v1/keys/%00",
        "/api/v1/keys/%ff",
        "/auth/credentials/x/y",
        "/auth/nothing",
    ] {
        assert_problem(&program.get(path).await, 404, "not_found");
    }
    let head = program.send(Method::HEAD, KEYS, None, |request| request).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}
