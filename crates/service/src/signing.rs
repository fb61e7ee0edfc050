//! Signing access tokens: ES256 keys, wrapped by the master key, and the JWTs they sign (RFC 9068).

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::{SigningKey, SigningKeyState, Store};

use crate::master_key::{CannotUnwrap, MasterKey, hash_of};

const ALGORITHM: &str = "ES256";

/// Why a signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// Wrapped under another master key, or altered.
    #[error(transparent)]
    Unwrap(#[from] CannotUnwrap),
    /// What was unwrapped is no such key.
    #[error("key {0} is not an ES256 key")]
    Malformed(String),
    /// No new key could be made.
    #[error("no key could be generated")]
    Generate,
    /// The database failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

/// The keys that sign and those that verifiers may still need.
pub struct KeyRing {
    signer: Signer,
    published: Value,
}

struct Signer {
    pair: EcdsaKeyPair,
    /// JOSE header, base64url.
    header: String,
}

impl KeyRing {
    /// Loads the ring, making its first key where there is none.
    pub(crate) async fn load(store: &dyn Store, master_key: &MasterKey, now: Timestamp) -> Result<Self, SigningKeyError> {
        let mut keys = store.signing_keys().await?;
        if !keys.iter().any(is_signing) {
            // Another process may win the race; what counts is what is stored now.
            store.insert_first_signing_key(generate(master_key, now)?).await?;
            keys = store.signing_keys().await?;
        }
        let published = keys.iter().map(|key| public_jwk(key)).collect::<Result<Vec<_>, _>>()?;
        let signing = keys.iter().find(|key| is_signing(key)).ok_or(SigningKeyError::Generate)?;
        Ok(Self { signer: Signer::unwrap(signing, master_key)?, published: json!({ "keys": published }) })
    }

    /// The published key set (RFC 7517 §5).
    pub fn key_set(&self) -> &Value {
        &self.published
    }

    /// Signs claims as a JWT with the header of RFC 9068 §2.1.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> String {
        let claims = serde_json::to_vec(claims).expect("claims are plain data");
        let mut token = format!("{}.{}", self.signer.header, URL_SAFE_NO_PAD.encode(claims));
        let signature = self.signer.pair.sign(&SystemRandom::new(), token.as_bytes()).expect("a valid key signs");
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.as_ref(), &mut token);
        token
    }
}

impl Signer {
    fn unwrap(key: &SigningKey, master_key: &MasterKey) -> Result<Self, SigningKeyError> {
        let pkcs8 = master_key.unwrap(&context(&key.kid), &key.wrapped_private)?;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8)
            .map_err(|_| SigningKeyError::Malformed(key.kid.clone()))?;
        let header = json!({ "alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid }).to_string();
        Ok(Self { pair, header: URL_SAFE_NO_PAD.encode(header) })
    }
}

fn is_signing(key: &SigningKey) -> bool {
    key.state == SigningKeyState::Active && key.algorithm == ALGORITHM
}

fn public_jwk(key: &SigningKey) -> Result<Value, SigningKeyError> {
    serde_json::from_str(&key.public_jwk).map_err(|_| SigningKeyError::Malformed(key.kid.clone()))
}

fn generate(master_key: &MasterKey, now: Timestamp) -> Result<SigningKey, SigningKeyError> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| SigningKeyError::Generate)?;
    let private = pair.to_pkcs8v1().map_err(|_| SigningKeyError::Generate)?;
    // An uncompressed point: 0x04, then x and y, 32 bytes each (SEC 1 §2.3.3).
    let point = pair.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    // RFC 7638 §3.2: the required members in this order, without white space.
    let thumbprint = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = URL_SAFE_NO_PAD.encode(hash_of(thumbprint.as_bytes()));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": ALGORITHM, "kid": kid });
    Ok(SigningKey {
        wrapped_private: master_key.wrap(&context(&kid), private.as_ref()),
        kid,
        algorithm: ALGORITHM.to_owned(),
        state: SigningKeyState::Active,
        public_jwk: jwk.to_string(),
        created_at: now,
        changed_at: now,
    })
}

/// Binds a wrapped private key to its id, so that two cannot be exchanged in the database.
fn context(kid: &str) -> String {
    format!("signing key {kid}")
}
