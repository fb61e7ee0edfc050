//! Keys that sign access tokens, wrapped by the master key, and the JWTs they sign (RFC 9068).
//!
//! A key's place in the ring follows from its times, so that every process comes to the same ring by itself:
//! *pending* before `activates_at`, then *active* until a younger key activates, then *retiring* until `gone_at`.

mod algorithm;
mod jwt;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use domain::{
    activity::{Actor, Event, Target},
    text_enum,
    time::Timestamp,
};
use serde_json::{Value, json};
use store::{SigningKey, Store};

use crate::{
    Failure, Service,
    authority::Operator,
    clock::Draws,
    deployment_log,
    master_key::{CannotUnwrap, MasterKey},
};

pub use algorithm::Algorithm;
use algorithm::{Signer, Verifier};
pub(crate) use jwt::Claims;

/// How long verifiers may keep the published key set, seconds.
pub const KEY_SET_MAX_AGE_S: i64 = 300;

/// How often each process reads the ring again, seconds.
pub const RELOAD_S: i64 = 30;

/// From the moment a key is stored until it signs: every process has published it and every verifier's copy of the key
/// set from before has run out.
const PENDING_S: i64 = KEY_SET_MAX_AGE_S + 2 * RELOAD_S;

/// From the moment a key no longer signs until it is gone: its last token has expired, on any process.
const RETIRING_S: i64 = 3600 + 2 * RELOAD_S;

/// How often a rotation that somebody asked for is tried while other processes are faster.
const ROTATIONS_TRIED: u32 = 3;

/// How long a key signs before it is succeeded without being asked for.
const ACTIVE_S: i64 = 90 * 24 * 3600;

text_enum! {
    /// Where a key stands in the ring.
    SigningKeyState {
        /// Published, not signing yet.
        Pending = "pending",
        /// Published and signing.
        Active = "active",
        /// Published, no longer signing.
        Retiring = "retiring",
        /// Neither published nor signing.
        Gone = "gone",
    }
}

/// Why a signing key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// Wrapped under another master key, or altered.
    #[error(transparent)]
    Unwrap(#[from] CannotUnwrap),
    /// What was unwrapped is no such key.
    #[error("key {0} cannot be read")]
    Malformed(String),
    /// No new key could be made.
    #[error("no key could be generated")]
    Generate,
    /// Another process changed the ring, or the master key, each time.
    #[error("other processes change the signing keys at the same moment; nothing was rotated")]
    Outrun,
    /// The database failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

/// A signing key as an operator sees it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SigningKeyListed {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// JOSE name of the algorithm.
    pub algorithm: String,
    /// Its place in the ring.
    pub state: SigningKeyState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it signs, or signed, its first token.
    pub activates_at: Timestamp,
    /// When it leaves the key set; none while nothing succeeds it.
    pub gone_at: Option<Timestamp>,
}

/// A key ready for use.
struct RingKey {
    stored: SigningKey,
    signer: Signer,
    verifier: Verifier,
    jwk: Value,
    /// JOSE header of what it signs, base64url.
    header: String,
}

/// The ring as this process last read it.
pub(crate) struct KeyRing {
    algorithm: Algorithm,
    keys: ArcSwap<Vec<Arc<RingKey>>>,
    key_set: ArcSwap<KeySet>,
    /// Whether the master key was replaced and this process has the new one not yet.
    lost: AtomicBool,
}

/// The published key set (RFC 7517 §5).
#[derive(Default)]
struct KeySet {
    json: String,
    /// When the next key leaves it.
    until: Option<Timestamp>,
}

impl KeySet {
    fn of(keys: &[Arc<RingKey>], now: Timestamp) -> Self {
        let published = || keys.iter().filter(|key| key.state(keys, now) != SigningKeyState::Gone);
        let json = json!({ "keys": published().map(|key| &key.jwk).collect::<Vec<_>>() }).to_string();
        Self { json, until: published().filter_map(|key| key.stored.gone_at).min() }
    }
}

impl KeyRing {
    /// Loads the ring, making its first key where there is none.
    pub(crate) async fn load(
        store: &dyn Store,
        master_key: &MasterKey,
        algorithm: Algorithm,
        now: Timestamp,
        draws: &Draws,
    ) -> Result<Self, SigningKeyError> {
        let ring =
            Self { algorithm, keys: ArcSwap::default(), key_set: ArcSwap::default(), lost: AtomicBool::new(false) };
        ring.reload(store, master_key, now).await?;
        let has_algorithm = ring.keys.load().iter().any(|key| key.stored.algorithm == algorithm.as_str());
        if !has_algorithm {
            // Where there is a ring of another algorithm, the new key waits until it is known. Another process may win
            // the race; what counts is what is stored then.
            let first = ring.keys.load().is_empty();
            ring.succeed(store, master_key, now, first, Actor::server(), draws).await?;
        }
        Ok(ring)
    }

    /// Stores a key that succeeds the youngest one; it signs at once, or after everybody has heard of it. `false` when
    /// another process was faster, or has replaced the master key.
    async fn succeed(
        &self,
        store: &dyn Store,
        master_key: &MasterKey,
        now: Timestamp,
        at_once: bool,
        actor: Actor,
        draws: &Draws,
    ) -> Result<bool, SigningKeyError> {
        let activates_at = if at_once { now } else { now.plus_seconds(PENDING_S) };
        let others_gone_at = if at_once { now } else { activates_at.plus_seconds(RETIRING_S) };
        let succeeds = self.keys.load().last().map(|key| key.stored.kid.clone());
        let key = generate(master_key, self.algorithm, now, activates_at)?;
        let target = Target { id: key.kid.clone(), name: format!("{} signing key", key.algorithm) };
        let details = json!({ "signs_from": activates_at, "emergency": at_once });
        let entries = deployment_log::entries(draws, now, actor, Event::SigningKeyRotated, target, &details);
        let stored = store.insert_signing_key(key, succeeds, others_gone_at, master_key.fingerprint(), entries).await?;
        self.reload(store, master_key, now).await?;
        Ok(stored)
    }

    async fn reload(&self, store: &dyn Store, master_key: &MasterKey, now: Timestamp) -> Result<(), SigningKeyError> {
        let known: HashMap<_, _> =
            self.keys.load().iter().map(|key| (key.stored.kid.clone(), Arc::clone(key))).collect();
        let keys = store.signing_keys().await?.into_iter().map(|stored| match known.get(&stored.kid) {
            Some(key) if key.stored == stored => Ok(Arc::clone(key)),
            _ => RingKey::unwrap(stored, master_key).map(Arc::new),
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        self.key_set.store(Arc::new(KeySet::of(&keys, now)));
        self.keys.store(Arc::new(keys));
        Ok(())
    }

    pub(crate) fn lose(&self) {
        self.lost.store(true, Ordering::Relaxed);
    }

    pub(crate) fn found(&self) {
        self.lost.store(false, Ordering::Relaxed);
    }

    pub(crate) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// The youngest key that has activated.
    fn signing(&self, now: Timestamp) -> Option<Arc<RingKey>> {
        let keys = self.keys.load();
        keys.iter().find(|key| key.state(&keys, now) == SigningKeyState::Active).cloned()
    }

    /// Whether no key is as young as one in use should be.
    fn is_due(&self, now: Timestamp) -> bool {
        let keys = self.keys.load();
        keys.last().is_some_and(|youngest| youngest.stored.activates_at.plus_seconds(ACTIVE_S) <= now)
    }

    /// The published key set, as JSON.
    pub(crate) fn key_set(&self, now: Timestamp) -> String {
        let written = self.key_set.load();
        if written.until.is_some_and(|until| until <= now) {
            return KeySet::of(&self.keys.load(), now).json;
        }
        written.json.clone()
    }

    /// Signs claims with the header of RFC 9068 §2.1.
    pub(crate) fn sign(&self, claims: &Claims, now: Timestamp) -> Option<String> {
        let key = self.signing(now)?;
        let mut token = jwt::unsigned(&key.header, claims);
        key.signer.sign_onto(&mut token);
        Some(token)
    }

    /// The claims of a token that one of our published keys has signed; times are not looked at.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let keys = self.keys.load();
        jwt::verified(token, |header| {
            let key = keys.iter().find(|key| key.stored.kid == header.kid && key.stored.algorithm == header.alg)?;
            (key.state(&keys, now) != SigningKeyState::Gone).then_some(&key.verifier)
        })
    }
}

impl RingKey {
    fn unwrap(stored: SigningKey, master_key: &MasterKey) -> Result<Self, SigningKeyError> {
        let malformed = || SigningKeyError::Malformed(stored.kid.clone());
        let algorithm = Algorithm::parse(&stored.algorithm).ok_or_else(malformed)?;
        let pkcs8 = master_key.unwrap(&context(&stored.kid), &stored.wrapped_private)?;
        let signer = Signer::from_pkcs8(algorithm, &pkcs8).map_err(|_| malformed())?;
        let (kid, jwk) = signer.public_jwk();
        if kid != stored.kid {
            return Err(malformed());
        }
        Ok(Self { verifier: signer.verifier(), jwk, header: jwt::header(algorithm, &kid), signer, stored })
    }

    fn state(&self, ring: &[Arc<Self>], now: Timestamp) -> SigningKeyState {
        let this = &self.stored;
        let succeeded = ring.iter().any(|other| {
            let other = &other.stored;
            // One that an emergency ended before it signed anything succeeds nobody.
            let gone = other.gone_at.is_some_and(|at| at <= now);
            other.activates_at > this.activates_at && other.activates_at <= now && !gone
        });
        if this.gone_at.is_some_and(|at| at <= now) {
            SigningKeyState::Gone
        } else if this.activates_at > now {
            SigningKeyState::Pending
        } else if succeeded {
            SigningKeyState::Retiring
        } else {
            SigningKeyState::Active
        }
    }
}

fn generate(
    master_key: &MasterKey,
    algorithm: Algorithm,
    now: Timestamp,
    activates_at: Timestamp,
) -> Result<SigningKey, SigningKeyError> {
    let pkcs8 = Signer::generate(algorithm).map_err(|_| SigningKeyError::Generate)?;
    let signer = Signer::from_pkcs8(algorithm, &pkcs8).map_err(|_| SigningKeyError::Generate)?;
    let (kid, _) = signer.public_jwk();
    Ok(SigningKey {
        wrapped_private: master_key.wrap(&context(&kid), &pkcs8),
        kid,
        algorithm: algorithm.as_str().to_owned(),
        created_at: now,
        activates_at,
        gone_at: None,
    })
}

/// Binds a wrapped private key to its id, so that two cannot be exchanged in the database.
pub(crate) fn context(kid: &str) -> String {
    format!("signing key {kid}")
}

impl Service {
    /// The published key set (RFC 7517 §5), as JSON.
    pub fn key_set(&self) -> String {
        self.signing.key_set(self.now())
    }

    /// Reads the ring again, and stores a successor when the youngest key has signed for long enough. Called every
    /// [`RELOAD_S`] seconds.
    ///
    /// # Errors
    /// When the database fails or a key cannot be read; the ring stays as it was.
    pub async fn reload_signing_keys(&self) -> Result<(), SigningKeyError> {
        self.signing.reload(&*self.store, &self.master_key(), self.now()).await?;
        if self.signing.is_due(self.now()) {
            let (master_key, now) = (self.master_key(), self.now());
            self.signing.succeed(&*self.store, &master_key, now, false, Actor::server(), &self.draws).await?;
        }
        Ok(())
    }

    /// Stores a new key. It is published at once and signs six minutes later; the present one signs until then and is
    /// published until its last token has expired. In an emergency the new one signs at once, and every other is gone.
    ///
    /// # Errors
    /// When no key can be made or the database fails.
    pub async fn rotate_signing_key(
        &self,
        operator: Operator,
        emergency: bool,
    ) -> Result<Vec<SigningKeyListed>, SigningKeyError> {
        let master_key = self.master_key();
        for _ in 0..ROTATIONS_TRIED {
            let (store, now) = (&*self.store, self.now());
            if self.signing.succeed(store, &master_key, now, emergency, Actor::operator(), &self.draws).await? {
                return Ok(self.signing_keys(operator));
            }
        }
        Err(SigningKeyError::Outrun)
    }

    /// The ring, oldest first.
    pub fn signing_keys(&self, _operator: Operator) -> Vec<SigningKeyListed> {
        let (keys, now) = (self.signing.keys.load(), self.now());
        let listed = keys.iter().map(|key| SigningKeyListed {
            kid: key.stored.kid.clone(),
            algorithm: key.stored.algorithm.clone(),
            state: key.state(&keys, now),
            created_at: key.stored.created_at,
            activates_at: key.stored.activates_at,
            gone_at: key.stored.gone_at,
        });
        listed.collect()
    }

    /// The ring, while it can be trusted.
    ///
    /// # Errors
    /// When the master key was replaced and this process has the new one not yet.
    pub(crate) fn ring(&self) -> Result<&KeyRing, Failure> {
        if self.signing.is_lost() { Err(Failure::MasterKeyReplaced) } else { Ok(&self.signing) }
    }

    /// Whether the signing keys can be trusted.
    pub fn has_master_key(&self) -> bool {
        !self.signing.is_lost()
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, Failure> {
        self.ring()?.sign(claims, self.now()).ok_or(Failure::NoSigningKey)
    }
}
