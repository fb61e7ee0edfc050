//! The ring: the keys as they are stored, ready for use, with the place of each.

use std::{collections::HashMap, sync::Arc};

use domain::time::Timestamp;
use serde_json::{Value, json};
use store::SigningKey;

use super::{
    Algorithm, Claims, SigningKeyError, SigningKeyState,
    algorithm::{Signer, Verifier},
    context, jwt,
};
use crate::{Failure, master_key::MasterKey};

/// How long a key signs before it is succeeded without being asked for.
const ACTIVE_S: i64 = 90 * 24 * 3600;

/// Keys as they are stored, oldest first.
type Stored = Arc<[SigningKey]>;

/// The ring at one moment.
#[derive(Default)]
pub struct Ring {
    stored: Stored,
    /// What each of the stored keys does.
    pairs: Vec<Arc<KeyPair>>,
    key_set: KeySet,
}

/// What a key does, whatever its place.
struct KeyPair {
    signer: Signer,
    verifier: Verifier,
    jwk: Value,
    /// JOSE header of what it signs, base64url.
    header: String,
}

/// The published key set (RFC 7517 §5).
#[derive(Default)]
struct KeySet {
    json: String,
    /// When the next key leaves it.
    until: Option<Timestamp>,
}

impl Ring {
    /// What the ring has become. A pair that is known already is not unwrapped again: its id is that of the public key,
    /// so it is the same one, whatever master key it is wrapped by now.
    pub(super) fn become_of(
        &self,
        stored: Stored,
        master_key: &MasterKey,
        now: Timestamp,
    ) -> Result<Self, SigningKeyError> {
        let known: HashMap<_, _> = self.keys().map(|(key, pair)| (&key.kid, pair)).collect();
        let pairs = stored.iter().map(|key| match known.get(&key.kid) {
            Some(pair) => Ok(Arc::clone(pair)),
            None => KeyPair::unwrap(key, master_key).map(Arc::new),
        });
        let pairs = pairs.collect::<Result<_, _>>()?;
        let mut ring = Self { stored, pairs, key_set: KeySet::default() };
        ring.key_set = ring.published(now);
        Ok(ring)
    }

    /// Whether it is made of just this list.
    pub(super) fn is_of(&self, stored: &Stored) -> bool {
        Arc::ptr_eq(&self.stored, stored)
    }

    /// The keys as they are stored, oldest first.
    pub(super) fn stored(&self) -> &[SigningKey] {
        &self.stored
    }

    /// The last of those that are not gone.
    pub(super) fn youngest(&self, now: Timestamp) -> Option<&SigningKey> {
        self.stored.iter().rfind(|key| self.state(key, now) != SigningKeyState::Gone)
    }

    fn keys(&self) -> impl Iterator<Item = (&SigningKey, &Arc<KeyPair>)> {
        self.stored.iter().zip(&self.pairs)
    }

    /// Where one of its keys stands.
    pub(super) fn state(&self, key: &SigningKey, now: Timestamp) -> SigningKeyState {
        let is_gone = |key: &SigningKey| key.gone_at.is_some_and(|at| at <= now);
        // One that an emergency ended before it signed anything succeeds nobody.
        let succeeds =
            |other: &SigningKey| other.activates_at > key.activates_at && other.activates_at <= now && !is_gone(other);
        if is_gone(key) {
            SigningKeyState::Gone
        } else if key.activates_at > now {
            SigningKeyState::Pending
        } else if self.stored.iter().any(succeeds) {
            SigningKeyState::Retiring
        } else {
            SigningKeyState::Active
        }
    }

    /// Whether no key is as young as one in use should be.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.youngest(now).is_some_and(|youngest| youngest.activates_at.plus_seconds(ACTIVE_S) <= now)
    }

    fn published(&self, now: Timestamp) -> KeySet {
        let published = || self.keys().filter(|(key, _)| self.state(key, now) != SigningKeyState::Gone);
        let jwks: Vec<_> = published().map(|(_, pair)| &pair.jwk).collect();
        KeySet {
            json: json!({ "keys": jwks }).to_string(),
            until: published().filter_map(|(key, _)| key.gone_at).min(),
        }
    }

    /// The published key set, as JSON.
    pub(super) fn key_set(&self, now: Timestamp) -> String {
        match self.key_set.until {
            Some(until) if until <= now => self.published(now).json,
            _ => self.key_set.json.clone(),
        }
    }

    /// Signs claims with the header of RFC 9068 §2.1, by the youngest key that has activated.
    pub(crate) fn sign(&self, claims: &Claims, now: Timestamp) -> Result<String, Failure> {
        let active = self.keys().find(|(key, _)| self.state(key, now) == SigningKeyState::Active);
        let (_, pair) = active.ok_or(Failure::NoSigningKey)?;
        let mut token = jwt::unsigned(&pair.header, claims);
        pair.signer.sign_onto(&mut token);
        Ok(token)
    }

    /// The claims of a token that one of our published keys has signed; times are not looked at.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        jwt::verified(token, |header| {
            let named = |(key, _): &(&SigningKey, _)| key.kid == header.kid && key.algorithm == header.alg;
            let (key, pair) = self.keys().find(named)?;
            (self.state(key, now) != SigningKeyState::Gone).then_some(&pair.verifier)
        })
    }
}

impl KeyPair {
    fn unwrap(stored: &SigningKey, master_key: &MasterKey) -> Result<Self, SigningKeyError> {
        let malformed = || SigningKeyError::Malformed(stored.kid.clone());
        let algorithm = Algorithm::parse(&stored.algorithm).ok_or_else(malformed)?;
        let pkcs8 = master_key.unwrap(&context(&stored.kid), &stored.wrapped_private)?;
        let signer = Signer::from_pkcs8(algorithm, &pkcs8).map_err(|_| malformed())?;
        let (kid, jwk) = signer.public_jwk();
        if kid != stored.kid {
            return Err(malformed());
        }
        Ok(Self { verifier: signer.verifier(), jwk, header: jwt::header(algorithm, &kid), signer })
    }
}
