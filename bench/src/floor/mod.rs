//! The floor: the thinnest server that answers the same bytes. It stores nothing and knows one key.

mod crypto;
mod premise;

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{self, Write},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result};
use aws_lc_rs::hmac;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use service::clock::{Clock, SystemClock};
use tokio::net::TcpListener;

use self::crypto::Signer;
pub use self::premise::Premise;
use crate::{
    client::Client,
    process::{Process, free_address},
    request::{Pair, Request},
};

/// Seconds that its tokens live.
const LIFETIME_S: i64 = 3_600;

/// A floor at work; ended when dropped.
pub struct Floor {
    pub process: Process,
    pub address: SocketAddr,
}

impl Floor {
    /// Starts one in a process of its own.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn start(premise: &Premise) -> Result<Self> {
        let address = free_address()?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["floor", &address.to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .context("cannot start the floor")?;
        let mut input = child.stdin.take().context("its standard input is piped")?;
        input.write_all(&serde_json::to_vec(premise)?)?;
        drop(input);
        let mut process = Process::new(child);
        while Client::connect(address).await.is_err() {
            anyhow::ensure!(!process.has_ended()?, "the floor did not start");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let key_set = Client::connect(address).await?.send(&Request::key_set()).await?;
        key_set.text(StatusCode::OK)?;
        Ok(Self { process, address })
    }
}

/// What it knows.
struct Known {
    hashing: hmac::Key,
    client: Credentials,
    introspector: Credentials,
    signer: Signer,
    premise: Premise,
    /// Answers by the hash of the key they are about.
    answers: HashMap<[u8; 32], Bytes>,
}

struct Credentials {
    client_id: String,
    tag: hmac::Tag,
}

/// Serves as standard input says, until the process is ended.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(address: SocketAddr) -> Result<()> {
    let premise: Premise = serde_json::from_reader(io::stdin().lock())?;
    let routes = Router::new()
        .route("/oauth/token", post(token))
        .route("/oauth/introspect", post(introspect))
        .route("/.well-known/jwks.json", get(key_set))
        .with_state(Arc::new(Known::new(premise)?));
    axum::serve(TcpListener::bind(address).await?, routes).await?;
    Ok(())
}

impl Known {
    fn new(premise: Premise) -> Result<Self> {
        let hashing = hmac::Key::new(hmac::HMAC_SHA256, &crypto::random::<32>()?);
        let credentials = |pair: &Pair| Credentials {
            client_id: pair.client_id.clone(),
            tag: hmac::sign(&hashing, pair.client_secret.as_bytes()),
        };
        let mut answers = HashMap::new();
        for (secret, answer) in &premise.token_keys {
            answers.insert(hash(&hashing, secret.as_bytes()), Bytes::from(answer.clone()));
        }
        while answers.len() < premise.token_keys_in_all {
            answers.insert(crypto::random()?, Bytes::new());
        }
        Ok(Self {
            client: credentials(&premise.client),
            introspector: credentials(&premise.introspector),
            signer: Signer::draw(&premise.algorithm)?,
            hashing,
            answers,
            premise,
        })
    }

    /// HTTP Basic, one secret.
    fn proves(&self, expected: &Credentials, headers: &HeaderMap) -> bool {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(pair) = header.and_then(|text| STANDARD.decode(text.strip_prefix("Basic ")?).ok()) else {
            return false;
        };
        let Some(colon) = pair.iter().position(|byte| *byte == b':') else { return false };
        pair[..colon] == *expected.client_id.as_bytes()
            && hmac::verify(&self.hashing, &pair[colon + 1..], expected.tag.as_ref()).is_ok()
    }
}

fn hash(key: &hmac::Key, content: &[u8]) -> [u8; 32] {
    hmac::sign(key, content).as_ref().try_into().expect("HMAC-SHA-256 is 32 bytes")
}

fn parameter<'a>(body: &'a [u8], name: &str) -> Option<std::borrow::Cow<'a, str>> {
    form_urlencoded::parse(body).find(|(found, _)| found == name).map(|(_, value)| value)
}

async fn token(State(known): State<Arc<Known>>, headers: HeaderMap, body: Bytes) -> Result<Response, StatusCode> {
    if !known.proves(&known.client, &headers) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    if parameter(&body, "grant_type").as_deref() != Some("client_credentials") {
        return Err(StatusCode::BAD_REQUEST);
    }
    let now = SystemClock.now().as_seconds();
    let jti = u128::from_le_bytes(crypto::random().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?);
    let mut claims = known.premise.claims.clone();
    // Writing to a text never fails.
    write!(claims, r#","iat":{now},"exp":{},"jti":"{jti:032x}"}}"#, now + LIFETIME_S).ok();
    let token = known.signer.sign(&claims);
    let scope = &known.premise.scope;
    let answer =
        format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{LIFETIME_S},"scope":"{scope}"}}"#);
    Ok(no_store(answer))
}

async fn introspect(State(known): State<Arc<Known>>, headers: HeaderMap, body: Bytes) -> Result<Response, StatusCode> {
    if !known.proves(&known.introspector, &headers) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let token = parameter(&body, "token").ok_or(StatusCode::BAD_REQUEST)?;
    if !token.contains('.') {
        let answer = known.answers.get(&hash(&known.hashing, token.as_bytes()));
        return answer.map(|answer| no_store(answer.clone())).ok_or(StatusCode::NOT_FOUND);
    }
    let claims = known.signer.verified(&token).ok_or(StatusCode::NOT_FOUND)?;
    let answer = claims.introspection(SystemClock.now().as_seconds()).ok_or(StatusCode::NOT_FOUND)?;
    Ok(no_store(answer))
}

async fn key_set(State(known): State<Arc<Known>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, known.premise.key_set.clone()).into_response()
}

fn no_store(answer: impl Into<Bytes>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (headers, answer.into()).into_response()
}
