//! Signing and verifying with the same library and algorithms as the server.

use anyhow::{Context, Result, bail};
use aws_lc_rs::{
    rand,
    signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// A signing key with the header of what it signs.
pub struct Signer {
    key: Key,
    verifier: UnparsedPublicKey<Vec<u8>>,
    header: String,
}

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

/// The claims of a token.
#[derive(Deserialize)]
pub struct Claims {
    iss: String,
    sub: String,
    aud: String,
    exp: i64,
    iat: i64,
    jti: String,
    client_id: String,
    scope: String,
}

/// RFC 7662 §2.2.
#[derive(Serialize)]
struct Introspection<'a> {
    active: bool,
    client_id: &'a str,
    sub: &'a str,
    iss: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    jti: &'a str,
    scope: &'a str,
    token_type: &'a str,
}

impl Signer {
    /// A new key for an algorithm, by its JOSE name.
    pub fn draw(algorithm: &str) -> Result<Self> {
        let (key, verifier) = match algorithm {
            "ES256" => {
                let pair = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING)?;
                let public = pair.public_key().as_ref().to_vec();
                (Key::Es256(pair), UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, public))
            }
            "EdDSA" => {
                let pair = Ed25519KeyPair::generate()?;
                let public = pair.public_key().as_ref().to_vec();
                (Key::EdDsa(pair), UnparsedPublicKey::new(&signature::ED25519, public))
            }
            _ => bail!("no floor for {algorithm}"),
        };
        // As long as the server's, whose `kid` is a SHA-256.
        let kid = URL_SAFE_NO_PAD.encode(random::<32>()?);
        let header = format!(r#"{{"alg":"{algorithm}","typ":"at+jwt","kid":"{kid}"}}"#);
        Ok(Self { key, verifier, header: URL_SAFE_NO_PAD.encode(header) })
    }

    /// The JWT with these claims.
    pub fn sign(&self, claims: &str) -> String {
        let mut token = String::with_capacity(self.header.len() + claims.len() * 4 / 3 + 96);
        token.push_str(&self.header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = match &self.key {
            Key::Es256(pair) => pair.sign(&rand::SystemRandom::new(), token.as_bytes()).expect("a valid key signs"),
            Key::EdDsa(pair) => pair.sign(token.as_bytes()),
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        token
    }

    /// The claims of a JWT that this key has signed.
    pub fn verified(&self, token: &str) -> Option<Claims> {
        let (signed, signature) = token.rsplit_once('.')?;
        self.verifier.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

impl Claims {
    /// What introspection answers while they hold.
    pub fn introspection(&self, now: i64) -> Option<String> {
        let Self { iss, sub, aud, exp, iat, jti, client_id, scope } = self;
        let (exp, iat) = (*exp, *iat);
        let answer =
            Introspection { active: true, client_id, sub, iss, aud, exp, iat, jti, scope, token_type: "Bearer" };
        (now < exp).then(|| serde_json::to_string(&answer).ok()).flatten()
    }
}

/// Random bytes.
///
/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).context("no random bytes")?;
    Ok(bytes)
}
