//! Keys that sign access tokens, wrapped by the master key, and the JWTs they sign (RFC 9068).
//!
//! A key's place in the ring follows from its times, so that every process comes to the same ring by itself:
//! *pending* before `activates_at`, then *active* until a younger key activates, then *retiring* until `gone_at`.

mod algorithm;
mod jwt;
mod ring;

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use domain::{
    activity::{Actor, Event, Target},
    text_enum,
    time::Timestamp,
};
use serde_json::json;
use store::{SigningKey, Store};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout, timeout_at},
};

use crate::{
    Failure, Service,
    authority::Operator,
    clock::Draws,
    deployment_log,
    master_key::{CannotUnwrap, MasterKey},
};

pub use algorithm::Algorithm;
use algorithm::Signer;
pub(crate) use jwt::Claims;
pub use ring::Ring;

/// How long verifiers may keep the published key set, seconds.
pub const KEY_SET_MAX_AGE_S: i64 = 300;

/// How long the key set waits for a database that may be away.
const KEY_SET_WITHIN: Duration = Duration::from_millis(500);

/// How long a request waits for a new master key, from when the first one found that there is one.
const FOLLOWED_WITHIN: Duration = Duration::from_secs(2);

/// How often each process reads the ring again, seconds.
pub const RELOAD_S: i64 = 30;

/// From the moment a key is stored until it signs: every process has published it and every verifier's copy of the key
/// set from before has run out.
const PENDING_S: i64 = KEY_SET_MAX_AGE_S + 2 * RELOAD_S;

/// From the moment a key no longer signs until it is gone: its last token has expired, on any process.
const RETIRING_S: i64 = 3600 + 2 * RELOAD_S;

/// How often a rotation that somebody asked for is tried while other processes are faster.
const ROTATIONS_TRIED: u32 = 3;

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

/// The ring as this process last read it.
pub(crate) struct SigningKeys {
    algorithm: Algorithm,
    ring: ArcSwap<Ring>,
    /// Since when the master key is another and this process has the new one not yet.
    lost: watch::Sender<Option<Instant>>,
    /// That it was just found out.
    missed: Notify,
}

/// What succeeds the youngest key.
#[derive(Clone, Copy)]
struct Successor {
    algorithm: Algorithm,
    /// Whether it signs at once, and every other is gone.
    emergency: bool,
}

impl SigningKeys {
    /// Loads the ring, which may be empty.
    pub(crate) async fn load(
        store: &dyn Store,
        master_key: &MasterKey,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<Self, SigningKeyError> {
        let keys = Self { algorithm, ring: ArcSwap::default(), lost: watch::Sender::default(), missed: Notify::new() };
        keys.refresh(store, master_key, now).await?;
        Ok(keys)
    }

    /// What succeeds a key in time, of this deployment's algorithm.
    fn usual(&self) -> Successor {
        Successor { algorithm: self.algorithm, emergency: false }
    }

    /// Stores a key that succeeds the youngest one; it signs at once, as the first of a ring always does, or after
    /// everybody has heard of it. `false` when another process was faster, or has replaced the master key.
    async fn succeed(
        &self,
        store: &dyn Store,
        master_key: &MasterKey,
        now: Timestamp,
        Successor { algorithm, emergency }: Successor,
        actor: Actor,
        draws: &Draws,
    ) -> Result<bool, SigningKeyError> {
        let ring = self.ring.load();
        let at_once = emergency || ring.youngest(now).is_none();
        let activates_at = if at_once { now } else { now.plus_seconds(PENDING_S) };
        let others_gone_at = if at_once { now } else { activates_at.plus_seconds(RETIRING_S) };
        let succeeds = ring.stored().last().map(|key| key.kid.clone());
        let key = generate(master_key, algorithm, now, activates_at)?;
        let target = Target { id: key.kid.clone(), name: format!("{} signing key", key.algorithm) };
        let details = json!({ "signs_from": activates_at, "emergency": emergency });
        let entries = deployment_log::entries(draws, now, actor, Event::SigningKeyRotated, target, &details);
        let stored = store.insert_signing_key(key, succeeds, others_gone_at, master_key.fingerprint(), entries).await?;
        self.refresh(store, master_key, now).await?;
        Ok(stored)
    }

    /// The ring as it is now, with what others have done to it since it was read last.
    async fn refresh(
        &self,
        store: &dyn Store,
        master_key: &MasterKey,
        now: Timestamp,
    ) -> Result<Arc<Ring>, SigningKeyError> {
        let stored = store.signing_keys().await?;
        let ring = self.ring.load_full();
        if ring.is_of(&stored) {
            return Ok(ring);
        }
        let ring = Arc::new(ring.become_of(stored, master_key, now)?);
        self.ring.store(Arc::clone(&ring));
        Ok(ring)
    }

    pub(crate) fn lose(&self) {
        let is_new = self.lost.send_if_modified(|since| {
            let is_new = since.is_none();
            since.get_or_insert_with(Instant::now);
            is_new
        });
        if is_new {
            self.missed.notify_one();
        }
    }

    pub(crate) fn found(&self) {
        self.lost.send_replace(None);
    }

    fn is_lost(&self) -> bool {
        self.lost.borrow().is_some()
    }

    /// Waits until the new master key is there, as long as it may be on its way.
    async fn is_found(&self) -> bool {
        let mut lost = self.lost.subscribe();
        let since = *lost.borrow();
        let until = since.map_or_else(Instant::now, |since| since + FOLLOWED_WITHIN);
        timeout_at(until, lost.wait_for(Option::is_none)).await.is_ok()
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
    /// The published key set (RFC 7517 §5), as JSON. While the database is away it is the one that was read last: whoever
    /// verifies tokens is not to fail with it, nor to wait for it.
    pub async fn key_set(&self) -> String {
        let ring = timeout(KEY_SET_WITHIN, self.refreshed()).await.ok().and_then(Result::ok);
        ring.unwrap_or_else(|| self.signing.ring.load_full()).key_set(self.now())
    }

    /// Reads the ring again, and stores a successor when the youngest key has signed for long enough. Called every
    /// [`RELOAD_S`] seconds.
    ///
    /// # Errors
    /// When the database fails or a key cannot be read; the ring stays as it was.
    pub async fn reload_signing_keys(&self) -> Result<(), SigningKeyError> {
        if self.refreshed().await?.is_due(self.now()) {
            let (master_key, now) = (self.master_key(), self.now());
            let key = self.signing.usual();
            self.signing.succeed(&*self.store, &master_key, now, key, Actor::server(), &self.draws).await?;
        }
        Ok(())
    }

    /// Lets the ring sign with the algorithm of this deployment, before anybody is served: makes its first key, or one that
    /// succeeds a youngest of another algorithm. Another process may be faster; what counts is what is stored then.
    ///
    /// # Errors
    /// When the database fails or a key cannot be read.
    pub async fn provide_signing_key(&self) -> Result<(), SigningKeyError> {
        let (ring, now) = (self.refreshed().await?, self.now());
        let algorithm = self.settings.signing_algorithm.as_str();
        if ring.youngest(now).is_none_or(|youngest| youngest.algorithm != algorithm) {
            let (store, key) = (&*self.store, self.signing.usual());
            self.signing.succeed(store, &self.master_key(), now, key, Actor::server(), &self.draws).await?;
        }
        Ok(())
    }

    /// Stores a new key, of the algorithm of the present one. It is published at once and signs six minutes later; the
    /// present one signs until then and is published until its last token has expired. In an emergency the new one signs at
    /// once, and every other is gone.
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
            let algorithm = self.signing.ring.load().youngest(now).and_then(|key| Algorithm::parse(&key.algorithm));
            let key = Successor { algorithm: algorithm.unwrap_or(self.signing.algorithm), emergency };
            if self.signing.succeed(store, &master_key, now, key, Actor::operator(), &self.draws).await? {
                return Ok(self.signing_keys(operator));
            }
        }
        Err(SigningKeyError::Outrun)
    }

    /// The ring as it was read last, oldest first.
    pub fn signing_keys(&self, _operator: Operator) -> Vec<SigningKeyListed> {
        let (ring, now) = (self.signing.ring.load(), self.now());
        let listed = ring.stored().iter().map(|key| SigningKeyListed {
            kid: key.kid.clone(),
            algorithm: key.algorithm.clone(),
            state: ring.state(key, now),
            created_at: key.created_at,
            activates_at: key.activates_at,
            gone_at: key.gone_at,
        });
        listed.collect()
    }

    async fn refreshed(&self) -> Result<Arc<Ring>, SigningKeyError> {
        self.signing.refresh(&*self.store, &self.master_key(), self.now()).await
    }

    /// The ring as it is now. Where the master key was just replaced, it waits until this process has the new one.
    ///
    /// # Errors
    /// When the database fails, or the new master key does not come.
    pub async fn ring(&self) -> Result<Arc<Ring>, Failure> {
        match self.present_ring().await {
            Err(Failure::MasterKeyReplaced) if self.signing.is_found().await => self.present_ring().await,
            answer => answer,
        }
    }

    async fn present_ring(&self) -> Result<Arc<Ring>, Failure> {
        loop {
            let master_key = self.master_key();
            match self.signing.refresh(&*self.store, &master_key, self.now()).await {
                Ok(ring) if self.has_master_key() => return Ok(ring),
                Ok(_) => return Err(Failure::MasterKeyReplaced),
                Err(SigningKeyError::Store(error)) => return Err(Failure::Store(error)),
                // This process went on with another master key meanwhile.
                Err(_) if !Arc::ptr_eq(&master_key, &self.master_key()) => {}
                // It is wrapped by another master key.
                Err(_) => {
                    self.signing.lose();
                    return Err(Failure::MasterKeyReplaced);
                }
            }
        }
    }

    /// The ring as it was read last, whatever has become of it.
    pub(crate) fn last_ring(&self) -> Arc<Ring> {
        self.signing.ring.load_full()
    }

    /// Returns when a request has found that the master key was replaced.
    pub async fn master_key_missed(&self) {
        self.signing.missed.notified().await;
    }

    /// Whether the signing keys can be trusted.
    pub fn has_master_key(&self) -> bool {
        !self.signing.is_lost()
    }
}
