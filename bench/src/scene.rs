//! A deployment to be measured: one organization with its administrator and as many keys as wanted.

use std::{cmp::min, net::SocketAddr};

use anyhow::{Context, Result, bail};
use axum::http::{StatusCode, header};
use domain::key::Kind;
use serde_json::Value;

use crate::{
    client::Client,
    fill::{self, Copies},
    place::{Engine, Place},
    plan::Plan,
    program::Program,
    request::{Pair, Request},
};

/// The list of keys.
pub const LIST: &str = "/t/acme/settings/api-keys/production";

const EMAIL: &str = "ana@example.test";
const PASSWORD: &str = "violet-otter/brass-kettle";

/// Keys made on the command line; all others are copies of them.
const MADE: u32 = 4;

/// A deployment that is not running.
pub struct Scene {
    pub place: Place,
    /// A key to exchange.
    pub client: Pair,
    /// May introspect.
    pub introspector: Pair,
    /// May create keys and list them.
    pub manager: Pair,
    /// Keys to exchange, and keys to send as they are, that take turns.
    clients: Vec<Pair>,
    tokens: Vec<Pair>,
}

impl Scene {
    /// Sets a deployment up and fills it until it has `keys` keys.
    ///
    /// # Errors
    /// When the program refuses.
    pub async fn set(program: &Program, place: Place, plan: &Plan, keys: u32) -> Result<Self> {
        let run = |command: &str| program.json(&place, &command.split(' ').collect::<Vec<_>>(), "");
        if place.engine == Engine::Postgres {
            run("master-key new")?;
        }
        run("org create --slug acme --name Acme --plan enterprise --api-keys on --kinds both \
             --max-keys-per-environment 10000000")?;
        program.json(&place, &["org", "set", "acme", "--scopes", "invoices:read invoices:write"], "")?;
        let user = format!("user create --org acme --email {EMAIL} --name Ana --role admin --password-stdin");
        program.json(&place, &user.split(' ').collect::<Vec<_>>(), PASSWORD)?;
        let key = |name: &str, more: &str| {
            pair(&run(&format!("key create --org acme --environment production --name {name} {more}"))?)
        };
        let client = key("Client", "--scope invoices:read --scope invoices:write")?;
        let token = key("Token", "--kind token --scope invoices:read")?;
        let introspector = key("Introspector", "--scope tokens:introspect")?;
        let manager = key("Manager", "--scope keys:read --scope keys:write --no-expiry")?;

        let copies = keys - MADE;
        let known = min(plan.pool, copies / 2);
        let of_client = Copies { of: &client.client_id, from: 1, count: copies / 2, known };
        let clients = fill::fill(&place, &of_client).await?;
        let of_token = Copies { of: &token.client_id, from: 1 + copies / 2, count: copies - copies / 2, known };
        let tokens = fill::fill(&place, &of_token).await?;
        Ok(Self { place, client, introspector, manager, clients, tokens })
    }

    /// Working keys of one kind that take turns.
    pub fn pool(&self, kind: Kind) -> &[Pair] {
        match kind {
            Kind::Client => &self.clients,
            Kind::Token => &self.tokens,
        }
    }

    /// What keys of one kind are for, each in its turn.
    pub fn uses(&self, kind: Kind) -> Vec<Request> {
        self.pool(kind).iter().map(|pair| Request::use_of(kind, pair, &self.introspector)).collect()
    }
}

/// Signs in as the administrator.
pub fn sign_in() -> Request {
    Request::form("/sign-in", &[("email", EMAIL), ("password", PASSWORD)])
}

/// The cookie of a new session.
///
/// # Errors
/// When the server refuses.
pub async fn session(address: SocketAddr) -> Result<String> {
    let answer = Client::connect(address).await?.send(&sign_in()).await?;
    answer.text(StatusCode::SEE_OTHER)?;
    let cookie = answer.headers.get(header::SET_COOKIE).context("no session")?.to_str()?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

/// An access token for a key.
///
/// # Errors
/// When the server refuses.
pub async fn access_token(address: SocketAddr, pair: &Pair) -> Result<String> {
    Client::connect(address).await?.send(&Request::token(pair)).await?.member("access_token")
}

/// An access token for `/api/v1/keys`; `None` where the server has no such API.
///
/// # Errors
/// When the server refuses it.
pub async fn api_token(scene: &Scene, address: SocketAddr) -> Result<Option<String>> {
    let token = access_token(address, &scene.manager).await?;
    let request = Request::get("/api/v1/keys?limit=1").bearer(&token);
    match Client::connect(address).await?.send(&request).await?.status {
        StatusCode::OK => Ok(Some(token)),
        StatusCode::NOT_FOUND => Ok(None),
        status => bail!("/api/v1/keys answers {status}"),
    }
}

fn pair(key: &Value) -> Result<Pair> {
    let member = |name: &str| anyhow::Ok(key[name].as_str().with_context(|| format!("no {name}"))?.to_owned());
    Ok(Pair { client_id: member("client_id")?, client_secret: member("client_secret")? })
}
