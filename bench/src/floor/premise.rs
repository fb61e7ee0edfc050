//! What a floor is told: taken from answers of the server that it stands under, so that both answer alike.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::http::StatusCode;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::key::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    client::Client,
    request::{Pair, Request},
    scene::{self, Scene},
};

/// What a floor is told.
#[derive(Deserialize, Serialize)]
pub struct Premise {
    /// JOSE name of the algorithm.
    pub algorithm: String,
    pub client: Pair,
    pub introspector: Pair,
    /// A JSON object of claims, but for `iat`, `exp`, `jti` and the closing brace.
    pub claims: String,
    pub scope: String,
    /// Keys that are sent as they are, each with what introspection answers.
    pub token_keys: Vec<(String, String)>,
    /// How many there are with those that nobody asks about.
    pub token_keys_in_all: usize,
    pub key_set: String,
}

impl Premise {
    /// Asks the server of a scene for one answer of each kind.
    ///
    /// # Errors
    /// When it refuses.
    pub async fn of(scene: &Scene, address: SocketAddr, token_keys_in_all: usize) -> Result<Self> {
        let token = scene::access_token(address, &scene.client).await?;
        let mut claims = claims(&token)?;
        let scope = claims["scope"].as_str().unwrap_or_default().to_owned();
        ["iat", "exp", "jti"].iter().for_each(|name| drop(claims.remove(*name)));
        let claims = Value::Object(claims).to_string();

        let mut client = Client::connect(address).await?;
        let key_set = client.send(&Request::key_set()).await?.text(StatusCode::OK)?.to_owned();
        let pool = scene.pool(Kind::Token);
        let first = pool.first().context("a key that is sent as it is")?;
        let request = Request::introspection(&scene.introspector, &first.client_secret);
        let answer = client.send(&request).await?.text(StatusCode::OK)?.to_owned();
        let token_keys = pool
            .iter()
            .map(|pair| (pair.client_secret.clone(), answer.replace(&first.client_id, &pair.client_id)))
            .collect();
        Ok(Self {
            algorithm: scene.place.algorithm.as_str().to_owned(),
            client: scene.client.clone(),
            introspector: scene.introspector.clone(),
            claims: claims.trim_end_matches('}').to_owned(),
            scope,
            token_keys,
            token_keys_in_all,
            key_set,
        })
    }
}

fn claims(token: &str) -> Result<Map<String, Value>> {
    let claims = token.split('.').nth(1).context("a JWT")?;
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?)
}
