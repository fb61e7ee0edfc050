//! Requests, written once and sent again and again.

use std::net::SocketAddr;

use axum::http::{self, HeaderValue, Method, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::key::Kind;
use http_body_util::Full;
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A client id with its secret.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Pair {
    pub client_id: String,
    pub client_secret: String,
}

/// An HTTP/1.1 request to any server.
#[derive(Clone, Debug)]
pub struct Request {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What pages, links and cookies call the server at an address.
pub fn host(address: SocketAddr) -> String {
    format!("localhost:{}", address.port())
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self { method: Method::GET, path: path.to_owned(), headers: Vec::new(), body: String::new() }
    }

    pub fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Self { method: Method::POST, body, ..Self::get(path) }
            .header("content-type", "application/x-www-form-urlencoded".to_owned())
    }

    pub fn json(path: &str, body: &Value) -> Self {
        Self { method: Method::POST, body: body.to_string(), ..Self::get(path) }
            .header("content-type", "application/json".to_owned())
    }

    pub fn basic(self, pair: &Pair) -> Self {
        let credentials = STANDARD.encode(format!("{}:{}", pair.client_id, pair.client_secret));
        self.header("authorization", format!("Basic {credentials}"))
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn header(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A request for an access token, with all scopes of the key.
    pub fn token(pair: &Pair) -> Self {
        Self::form("/oauth/token", &[("grant_type", "client_credentials")]).basic(pair)
    }

    /// Asks whether a token is good.
    pub fn introspection(introspector: &Pair, token: &str) -> Self {
        Self::form("/oauth/introspect", &[("token", token)]).basic(introspector)
    }

    pub fn key_set() -> Self {
        Self::get("/.well-known/jwks.json")
    }

    /// What a key of this kind is for: an exchange, or an introspection of itself.
    pub fn use_of(kind: Kind, pair: &Pair, introspector: &Pair) -> Self {
        match kind {
            Kind::Client => Self::token(pair),
            Kind::Token => Self::introspection(introspector, &pair.client_secret),
        }
    }

    /// The bytes on the wire.
    pub fn text(&self, host: &str) -> String {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.method != Method::GET {
            text.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        text + "\r\n" + &self.body
    }

    /// The same for the client in this process.
    ///
    /// # Errors
    /// When a header holds what no header may.
    pub fn message(&self, host: &HeaderValue) -> Result<http::Request<Full<Bytes>>, http::Error> {
        let mut request = http::Request::builder().method(&self.method).uri(&self.path).header(header::HOST, host);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request.body(Full::from(self.body.clone()))
    }
}
