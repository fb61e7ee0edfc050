//! The description of the API is true: routes, scopes and members are those of the program.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use store::testing::Engine;

use super::{MANAGE, Program, assert_problem, params, path_of, text};
use crate::{
    harness::{Answer, App},
    routes::routes,
};

async fn open(app: &App, path: &str) -> Answer {
    let answer = app.send(Request::get(path).body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, 200, "{path}");
    answer
}

fn operations(document: &Value) -> impl Iterator<Item = (Method, &String, &Value)> {
    document["paths"].as_object().expect("an object").iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().expect("an object").iter();
        operations.map(move |(method, operation)| (method.to_uppercase().parse().expect("a method"), path, operation))
    })
}

#[tokio::test]
async fn every_route_of_programs_is_described() {
    let app = App::start(Engine::Sqlite).await;
    let document = open(&app, "/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.1");
    let mut described: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        described.entry(path.clone()).or_default().insert(method.to_string());
        assert!(ids.insert(text(operation, "operationId")), "{path}");
    }
    let of_programs = ["/oauth/", "/auth/", "/api/oauth/", "/api/v1/", "/.well-known/"];
    let mut existing = routes();
    existing.retain(|path, _| of_programs.iter().any(|start| path.starts_with(start)));
    existing.remove("/api/v1/openapi.json").expect("the document itself");
    let existing: BTreeMap<_, BTreeSet<_>> =
        existing.into_iter().map(|(path, methods)| (path, methods.into_iter().collect())).collect();
    assert_eq!(described, existing);
    let whole = document.to_string();
    for reference in whole.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().expect("a name");
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn every_scope_is_the_one_that_is_asked_for() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let document = open(&app, "/api/v1/openapi.json").await.json();
    let key = app.key(&acme, "Resource server", "tokens:introspect").await;
    let program = Program::with_token(&app, &key).await;
    let mut checked = 0;
    for (method, path, operation) in operations(&document) {
        let Some(scope) = operation["security"][0]["accessToken"][0].as_str() else { continue };
        let path = path.replace("{client_id}", key.key.client_id.as_str());
        let answer = program.send(method.clone(), &path, None, |request| request).await;
        let challenge = answer.header("www-authenticate").to_owned();
        assert_problem(&answer, 403, "insufficient_scope");
        assert!(challenge.ends_with(&format!(r#"scope="{scope}""#)), "{method} {path}: {challenge}");
        checked += 1;
    }
    assert_eq!(checked, 16);
}

#[tokio::test]
async fn a_parameter_that_nobody_knows_is_refused_everywhere() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let document = open(&app, "/api/v1/openapi.json").await.json();
    let key = app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await;
    let program = Program::with_token(&app, &key).await;
    for (method, path, operation) in operations(&document) {
        if operation["security"][0]["accessToken"].is_null() {
            continue;
        }
        assert!(operation["responses"]["422"].is_object(), "{method} {path}");
        let path = format!("{}?x=1", path.replace("{client_id}", key.key.client_id.as_str()));
        let answer = program.send(method.clone(), &path, None, |request| request).await;
        let problem = assert_problem(&answer, 422, "validation_failed");
        assert_eq!(params(&problem), ["x"], "{method} {path}");
    }
}

/// The members of a described object, and those of a real one.
#[track_caller]
fn assert_members(document: &Value, schema: &str, real: &Value) {
    let described = document["components"]["schemas"][schema]["properties"].as_object().expect("properties");
    let described: BTreeSet<_> = described.keys().collect();
    let real: BTreeSet<_> = real.as_object().expect("an object").keys().collect();
    assert_eq!(described, real, "{schema}");
}

#[tokio::test]
async fn every_object_has_the_described_members() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let document = open(&app, "/api/v1/openapi.json").await.json();
    let key = app.key(&acme, "CI", &format!("{MANAGE} activity:read")).await;
    let program = Program::with_token(&app, &key).await;
    let made = program.create("Billing").await;
    let get = async |path: &str| program.get(path).await.json();
    assert_members(&document, "Key", &get(&path_of(&made)).await);
    assert_members(&document, "KeyPage", &get("/api/v1/keys").await);
    assert_members(&document, "Usage", &get(&format!("{}/usage", path_of(&made))).await);
    assert_members(&document, "CredentialPage", &get("/auth/credentials").await);
    assert_members(&document, "Credential", &get("/auth/credentials").await["data"][0]);
    assert_members(&document, "ActivityPage", &get("/api/v1/activity").await);
    assert_members(&document, "Activity", &get("/api/v1/activity").await["data"][0]);
    assert_members(&document, "EnvironmentList", &get("/api/v1/environments").await);
    assert_members(&document, "Environment", &get("/api/v1/environments").await["data"][0]);
    assert_members(&document, "Organization", &get("/api/v1/organization").await);
    let token = super::exchange(&app, key.key.client_id.as_str(), key.secret.expose()).await.json();
    assert_members(&document, "AccessToken", &token);
    let problem = program.post("/api/v1/keys", json!({ "x": 1, "name": "A", "environment": "production" })).await;
    assert_members(&document, "Problem", &problem.json());

    let described = &document["paths"]["/api/v1/keys"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let mut full = json!({ "name": "Full", "environment": "production" });
    for (member, value) in [
        ("description", json!("")),
        ("kind", json!("client")),
        ("owner", json!({ "type": "organization", "id": acme.id })),
        ("scopes", json!([])),
        ("access_token_format", json!("jwt")),
        ("expires_at", json!(null)),
    ] {
        full[member] = value;
    }
    let members: BTreeSet<_> = full.as_object().expect("an object").keys().collect();
    assert_eq!(described["properties"].as_object().expect("properties").keys().collect::<BTreeSet<_>>(), members);
    assert_eq!(program.post("/api/v1/keys", full.clone()).await.status, 201);
}

#[tokio::test]
async fn people_read_it_without_anything_from_elsewhere() {
    let app = App::start(Engine::Sqlite).await;
    let document = open(&app, "/api/v1/openapi.json").await.json();
    let page = open(&app, "/api/docs").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    for forbidden in ["<script", "style=", "http://", "https://", "onclick"] {
        assert!(!page.body.contains(forbidden), "{forbidden}");
    }
    for (method, path, operation) in operations(&document) {
        let id = text(operation, "operationId");
        assert!(page.body.contains(&format!(r#"<section id="{id}""#)), "{id}");
        let markdown = open(&app, &format!("/api/docs/{id}.md")).await;
        assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
        assert!(markdown.body.contains(&format!("`{method} http://localhost:3000{path}`")), "{}", markdown.body);
    }
    for missing in ["/api/docs/nothing.md", "/api/docs/listKeys", "/api/docs/", "/api/docs/%ff"] {
        let answer = app.send(Request::get(missing).body(Body::empty()).expect("a request")).await;
        assert_problem(&answer, 404, "not_found");
    }
    let revoke = open(&app, "/api/docs/revokeKey.md").await.body;
    assert!(revoke.contains("remain valid until they expire (maximum 1 hour)"));
}
