//! The management API through the real router.

mod activity;
mod bearer;
mod credentials;
mod idempotency;
mod input;
mod keys;
mod lists;
mod openapi;
mod processes;
mod rules;
mod tags;
mod tenants;
mod verbs;

use axum::{
    body::Body,
    http::{Method, Request, request::Builder},
};
use serde_json::{Value, json};
use service::keys::IssuedKey;

use crate::harness::{Answer, App, basic, form};

/// Scopes of a key that manages keys.
pub const MANAGE: &str = "keys:read keys:write";

/// The access token of a key.
pub async fn token_of(app: &App, key: &IssuedKey) -> String {
    let answer = exchange(app, key.key.client_id.as_str(), key.secret.expose()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["access_token"].as_str().expect("text").to_owned()
}

/// What the token endpoint says to a pair.
pub async fn exchange(app: &App, client_id: &str, secret: &str) -> Answer {
    let value = basic(client_id, secret);
    app.send(form("grant_type=client_credentials", |request| request.header("authorization", value))).await
}

/// A program with a bearer credential.
pub struct Program<'a> {
    pub app: &'a App,
    pub credential: String,
}

impl<'a> Program<'a> {
    /// With an access token of `key`.
    pub async fn with_token(app: &'a App, key: &IssuedKey) -> Self {
        Self { app, credential: token_of(app, key).await }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, |request| request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string()), |request| request).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string()), |request| request).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, |request| request).await
    }

    /// Any request; `more` may add headers.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        more: impl FnOnce(Builder) -> Builder,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", self.credential));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.app.send(more(request).body(Body::from(body.unwrap_or_default())).expect("a request")).await
    }

    /// Creates a key in production and returns it with its secret.
    pub async fn create(&self, name: &str) -> Value {
        let answer = self.post("/api/v1/keys", json!({ "name": name, "environment": "production" })).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.json()
    }
}

/// A refusal in the one form the API has for it.
#[track_caller]
pub fn assert_problem(answer: &Answer, status: u16, code: &str) -> Value {
    let problem = answer.json();
    assert_eq!((answer.status, &problem["code"]), (status, &json!(code)), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-request-id").len(), 32);
    assert_eq!(problem["status"], status);
    for member in ["type", "title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", answer.body);
    }
    assert!(answer.headers.get("access-control-allow-origin").is_none());
    let challenge = answer.header("www-authenticate");
    assert_eq!(challenge.starts_with("Bearer realm="), status == 401 || code == "insufficient_scope", "{challenge}");
    problem
}

/// The names of what a refusal says must be mended.
pub fn params(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().map(|error| error["param"].as_str().expect("text")).collect()
}

/// A member of a JSON object that is text.
#[track_caller]
pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} in {value}"))
}

/// Where a key is.
pub fn path_of(key: &Value) -> String {
    format!("/api/v1/keys/{}", text(key, "client_id"))
}

/// The names of a page's keys.
pub fn names(page: &Answer) -> Vec<String> {
    let data = page.json()["data"].clone();
    data.as_array().expect("a list").iter().map(|key| text(key, "name").to_owned()).collect()
}
