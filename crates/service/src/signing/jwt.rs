//! The JWT form of an access token (RFC 9068): one header, one set of claims, nothing optional that could confuse.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{Algorithm, algorithm::Verifier};

/// Longest token that is looked at, bytes.
const MAX_BYTES: usize = 8 * 1024;

/// Claims of an access token (RFC 9068 §2.2), with organization, environment, generation and owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    pub client_id: String,
    pub scope: String,
    pub org: String,
    pub env: String,
    #[serde(rename = "gen")]
    pub generation: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// The only header there is. Anything more, such as `crit`, `jwk` or `jku`, is refused.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub alg: String,
    pub typ: String,
    pub kid: String,
}

/// Media type of the token (RFC 9068 §2.1).
const TYP: &str = "at+jwt";

/// The header of what a key signs, base64url.
pub(super) fn header(algorithm: Algorithm, kid: &str) -> String {
    let header = Header { alg: algorithm.as_str().to_owned(), typ: TYP.to_owned(), kid: kid.to_owned() };
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).expect("a header is plain data"))
}

/// Header and claims, ready to be signed.
pub(super) fn unsigned(header: &str, claims: &Claims) -> String {
    let claims = serde_json::to_vec(claims).expect("claims are plain data");
    // Room for an ECDSA signature, so that the text moves once at most.
    let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 96);
    token.push_str(header);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    token
}

/// The claims of a token whose header names a key that has signed it.
pub(super) fn verified<'a>(token: &str, key: impl FnOnce(&Header) -> Option<&'a Verifier>) -> Option<Claims> {
    if token.len() > MAX_BYTES {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    if header.typ != TYP || !key(&header)?.verifies(signed.as_bytes(), &decode(signature)?) {
        return None;
    }
    serde_json::from_slice(&decode(claims)?).ok()
}
