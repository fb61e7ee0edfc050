//! Requests of machines.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use base64::{Engine, engine::general_purpose::STANDARD};

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A form post to the token endpoint; `more` may add headers or change anything.
pub fn form(body: impl Into<String>, more: impl FnOnce(Builder) -> Builder) -> Request<Body> {
    let request = Request::post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    more(request).body(Body::from(body.into())).expect("a request")
}
