//! Use cases: the only place that decides. Server functions, forms, the API, OAuth and the command line all run these.

pub mod access_tokens;
pub mod accounts;
pub mod activity;
pub mod activity_chain;
pub mod authority;
pub mod clock;
pub mod deletions;
pub mod environments;
pub mod form;
pub mod invitations;
pub mod keys;
pub mod mail;
pub mod master_key;
pub mod master_key_rotation;
pub mod members;
pub mod organizations;
pub mod personal;
pub mod profile;
pub mod restore;
pub mod sessions;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod signing;
pub mod tokens;
pub mod users;

mod cursor;
mod delegation;
mod deployment_log;
mod error;
mod passwords;
mod refusals;
mod retention;
mod throttle;
mod usage;

use std::{ops::Deref, sync::Arc};

use arc_swap::ArcSwap;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clock::{Clock, Draws, Random};
use domain::{
    slug::{KeyPrefix, OrganizationSlug},
    time::Timestamp,
};
use master_key::MasterKey;
use store::Store;
use zeroize::Zeroizing;

pub use error::Failure;
pub use passwords::PasswordError;
pub use store;
pub use throttle::Throttled;
pub use usage::{UsageBy, Uses};

/// Most rows of one kind that one clean-up removes, so that it never holds others up for long.
const CLEAN_UP_BATCH: u32 = 5_000;

/// How long a process that dies while it cleans up keeps the others from it, seconds.
const CLEAN_UP_LEASE_S: i64 = 300;

/// Failed sign-ins a minute from one network, whatever the account: far below what would keep the cores busy, far above
/// what an office behind one address needs.
const SIGN_INS_PER_NETWORK: u32 = 300;

/// How long an operator can still see a signing key that is gone, seconds.
const GONE_KEPT_S: i64 = 7 * 24 * 3600;

/// What a deployment sets for the use cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Issuer of access tokens: the public URL without a trailing slash.
    pub issuer: String,
    /// Audience of access tokens for an organization's own APIs; `None` for `urn:keyline:{organization slug}`.
    pub token_audience: Option<String>,
    /// What new signing keys sign with.
    pub signing_algorithm: signing::Algorithm,
    /// What client ids and secrets begin with.
    pub key_prefix: KeyPrefix,
    /// Life of a session however much it is used, seconds.
    pub session_absolute_s: i64,
    /// Life of a session that is not used, seconds.
    pub session_idle_s: i64,
    /// Whether mail is sent; otherwise links are handed over by hand.
    pub sends_mail: bool,
    /// How long rows of the Activity Log are kept, days; `None` for ever.
    pub activity_retention_days: Option<u32>,
}

impl Settings {
    /// Audience of access tokens for the own APIs of the organization with this slug.
    pub fn audience_of(&self, organization: &OrganizationSlug) -> String {
        self.token_audience.clone().unwrap_or_else(|| format!("urn:keyline:{organization}"))
    }
}

/// All use cases over one database. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

/// What the use cases share.
pub struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    draws: Draws,
    settings: Settings,
    master_key: ArcSwap<MasterKey>,
    signing: signing::SigningKeys,
    passwords: passwords::Passwords,
    sign_in_throttle: throttle::Throttle,
    network_throttle: throttle::Throttle,
    client_throttle: throttle::Throttle,
    forgotten_throttle: throttle::Throttle,
    asked_throttle: throttle::Throttle,
    usage: usage::Usage,
    refusals: refusals::Refusals,
    running: keys::Running,
}

/// Why the use cases cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database belongs to another master key.
    #[error("the master key is not the one this database belongs to")]
    WrongMasterKey,
    /// A signing key cannot be read.
    #[error("a signing key cannot be read: {0}")]
    SigningKey(#[from] signing::SigningKeyError),
    /// The database failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

impl Deref for Service {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Service {
    /// Starts over a migrated database: binds it to the master key at first use, and loads the signing keys.
    ///
    /// # Errors
    /// [`StartError::WrongMasterKey`], or what the database or a signing key says.
    pub async fn start(
        store: Arc<dyn Store>,
        settings: Settings,
        master_key: MasterKey,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, StartError> {
        let draws = Draws(random);
        let master_key = master_key_rotation::bound(&*store, master_key, clock.now()).await?;
        let signing = signing::SigningKeys::load(&*store, &master_key, settings.signing_algorithm, clock.now()).await?;
        Ok(Self(Arc::new(Inner {
            store,
            clock,
            draws,
            settings,
            master_key: ArcSwap::from_pointee(master_key),
            signing,
            passwords: passwords::Passwords::new(),
            sign_in_throttle: throttle::Throttle::new(5, 60),
            network_throttle: throttle::Throttle::new(SIGN_INS_PER_NETWORK, 60),
            client_throttle: throttle::Throttle::new(20, 60),
            forgotten_throttle: throttle::Throttle::new(5, 60),
            asked_throttle: throttle::Throttle::new(mail::ASKED_MAILS, mail::ASKED_WINDOW_S),
            usage: usage::Usage::default(),
            refusals: refusals::Refusals::default(),
            running: keys::Running::default(),
        })))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn master_key(&self) -> Arc<MasterKey> {
        self.master_key.load_full()
    }

    /// What the deployment has set.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), store::Error> {
        self.store.ping().await
    }

    /// Writes what is still in memory and closes the database.
    ///
    /// # Errors
    /// When the last uses or refusals could not be written.
    pub async fn close(&self) -> Result<(), Failure> {
        let uses = self.flush_uses().await;
        let refusals = self.write_refusals(i64::MAX).await;
        self.store.close().await;
        uses.and(refusals)
    }

    /// Removes what has ended: sessions, idempotency records, links, reminders, tokens and revocations of tokens, signing keys,
    /// rows of the Activity Log that are not kept any longer. Of several processes one does so at a time. Nothing without an
    /// end is ever touched.
    ///
    /// It goes on for as long as there is more and `go_on` says so.
    ///
    /// # Errors
    /// When the database fails; what is left waits for the next call.
    pub async fn clean_up(&self, go_on: impl Fn() -> bool + Send + Sync) -> Result<(), Failure> {
        let now = self.now();
        let signing_in = [&self.sign_in_throttle, &self.network_throttle, &self.forgotten_throttle];
        for throttle in signing_in.into_iter().chain([&self.asked_throttle, &self.client_throttle]) {
            throttle.clean_up(now);
        }
        let until = now.plus_seconds(CLEAN_UP_LEASE_S);
        if !self.store.take_clean_up(now, until).await? {
            return Ok(());
        }
        let removed = self.remove_ended(now, go_on).await;
        self.store.give_clean_up_back(until).await?;
        removed
    }

    /// Each kind a batch at a time until none is left, or the lease is about to end.
    async fn remove_ended(&self, now: Timestamp, go_on: impl Fn() -> bool + Send + Sync) -> Result<(), Failure> {
        let until = now.plus_seconds(CLEAN_UP_LEASE_S / 2);
        loop {
            let removed = [
                self.store.delete_ended_sessions(now, CLEAN_UP_BATCH).await?,
                self.store.delete_ended_idempotency(now, CLEAN_UP_BATCH).await?,
                self.store.delete_ended_tokens(now, CLEAN_UP_BATCH).await?,
                self.store.delete_ended_password_resets(now, CLEAN_UP_BATCH).await?,
                self.store.delete_ended_invitations(now, CLEAN_UP_BATCH).await?,
                self.store.delete_ended_reminders(now, CLEAN_UP_BATCH).await?,
            ];
            let more_activity = self.forget_old_activity().await?;
            let more = more_activity || removed.iter().any(|rows| *rows >= CLEAN_UP_BATCH.into());
            if !more || !go_on() || self.now() >= until {
                break;
            }
        }
        self.store.delete_gone_signing_keys(now.plus_seconds(-GONE_KEPT_S)).await?;
        Ok(())
    }

    /// What stands in the path of a one-time link: 256 random bits in base64url. Only its hash is stored.
    fn draw_link_token(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.draws.bytes::<32>()))
    }

    fn new_id<T>(&self, make: impl FnOnce(Timestamp, u128) -> T) -> T {
        make(self.now(), self.draws.u128())
    }
}
