//! Another master key in the place of the present one: at the command line, and in servers that run meanwhile.

use std::sync::Arc;

use domain::{
    activity::{Actor, Event, Target},
    time::Timestamp,
};
use serde_json::json;
use store::{ReplaceMasterKey, SigningKey, Store};

use crate::{
    Service, StartError,
    clock::Draws,
    deployment_log,
    master_key::{CannotUnwrap, MasterKey},
    signing,
};

/// Why the master key was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// The database belongs to another master key than both.
    #[error("the master key is not the one this database belongs to")]
    WrongMasterKey,
    /// What the master key wraps cannot be unwrapped.
    #[error(transparent)]
    Unwrap(#[from] CannotUnwrap),
    /// The same of a signing key.
    #[error("signing key {0} cannot be read; nothing was changed")]
    SigningKey(String),
    /// The database failed.
    #[error("storage failed")]
    Store(#[from] store::Error),
}

/// Wraps everything under `successor` in the place of `present`, in one transaction with a row in every Activity Log. Once that is done, doing it again
/// changes nothing.
///
/// # Errors
/// When the database belongs to neither, or something in it cannot be unwrapped; nothing changed then.
pub async fn replace_master_key(
    store: &dyn Store,
    present: MasterKey,
    successor: MasterKey,
    now: Timestamp,
    draws: &Draws,
) -> Result<(), ReplaceError> {
    let claimed = match store.claim_master_key(present.claim(), now).await? {
        Ok(claimed) => claimed,
        Err(fingerprint) if fingerprint == successor.fingerprint() => return Ok(()),
        Err(_) => return Err(ReplaceError::WrongMasterKey),
    };
    let present = present.with_hash_key(&claimed)?;
    let successor = successor.succeeding(&present);
    let (fingerprint, claim) = (present.fingerprint(), successor.claim());
    let rewrap = move |key: &SigningKey| {
        let context = signing::context(&key.kid);
        let plain = present.unwrap(&context, &key.wrapped_private).ok()?;
        Some(successor.wrap(&context, &plain))
    };
    let target = Target { id: String::new(), name: "Master key".to_owned() };
    let entries = deployment_log::entries(draws, now, Actor::operator(), Event::MasterKeyRotated, target, &json!({}));
    match store.replace_master_key(fingerprint, claim, Box::new(rewrap), now, entries).await? {
        ReplaceMasterKey::Replaced | ReplaceMasterKey::Before => Ok(()),
        ReplaceMasterKey::Foreign => Err(ReplaceError::WrongMasterKey),
        ReplaceMasterKey::Unreadable(kid) => Err(ReplaceError::SigningKey(kid)),
    }
}

impl Service {
    /// Fingerprint of the master key that has taken the place of this process's, if one has.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn succeeding_master_key(&self) -> Result<Option<store::Hash>, store::Error> {
        let fingerprint = self.store.master_key_fingerprint().await?;
        Ok(fingerprint.filter(|fingerprint| *fingerprint != self.master_key().fingerprint()))
    }

    /// Goes on with the master key that the database belongs to now.
    ///
    /// # Errors
    /// When it belongs to another.
    pub async fn adopt_master_key(&self, master_key: MasterKey) -> Result<(), StartError> {
        let master_key = bound(&*self.store, master_key, self.now()).await?;
        self.master_key.store(Arc::new(master_key));
        self.signing.found();
        Ok(())
    }

    /// Goes on with the master key of this process, which is the one that the database belongs to: a request that began
    /// before it had that may have found otherwise.
    pub fn keep_master_key(&self) {
        self.signing.found();
    }

    /// Signs and verifies nothing until [`Service::adopt_master_key`]: the signing keys may be others by now, and this
    /// process could not read them.
    pub fn forsake_signing_keys(&self) {
        self.signing.lose();
    }
}

/// Binds the database to the master key, if it has none, and reads the hash key.
pub(crate) async fn bound(store: &dyn Store, master_key: MasterKey, now: Timestamp) -> Result<MasterKey, StartError> {
    let claimed = store.claim_master_key(master_key.claim(), now).await?;
    let claimed = claimed.map_err(|_| StartError::WrongMasterKey)?;
    master_key.with_hash_key(&claimed).map_err(|error| StartError::SigningKey(error.into()))
}
