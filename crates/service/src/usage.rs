//! When keys are used: counted in memory, written in batches, so that a token costs no write.

use std::{
    collections::{HashMap, hash_map::Entry},
    mem,
    sync::{Mutex, PoisonError},
};

use domain::{id::KeyId, time::Timestamp};
use store::{Client, Use};

use crate::{Failure, Service};

/// Milliseconds of the hour that counts are kept by.
const HOUR_MS: i64 = 3_600_000;

/// Uses since the last batch, by key, secret and hour.
#[derive(Default)]
pub(crate) struct Usage(Mutex<HashMap<(KeyId, i32, i64), Use>>);

impl Usage {
    pub(crate) fn record(&self, client: &Client, address: &str, at: Timestamp) {
        let hour = at.as_millis().div_euclid(HOUR_MS);
        let this = Use {
            organization: client.organization.clone(),
            key: client.key.clone(),
            secret_version: client.secret_version,
            at,
            address: address.to_owned(),
            count: 1,
        };
        self.add((client.key.clone(), client.secret_version, hour), this);
    }

    fn add(&self, slot: (KeyId, i32, i64), more: Use) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match uses.entry(slot) {
            Entry::Vacant(vacant) => {
                vacant.insert(more);
            }
            Entry::Occupied(mut occupied) => {
                let kept = occupied.get_mut();
                let count = kept.count.saturating_add(more.count);
                if more.at >= kept.at {
                    *kept = more;
                }
                kept.count = count;
            }
        }
    }

    fn take(&self) -> HashMap<(KeyId, i32, i64), Use> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Service {
    /// Writes the uses counted since the last call. Called every second, and once more before the process ends.
    ///
    /// # Errors
    /// When the database fails; the uses stay in memory for the next call.
    pub async fn flush_uses(&self) -> Result<(), Failure> {
        let uses = self.usage.take();
        if uses.is_empty() {
            return Ok(());
        }
        let written = self.store.record_uses(uses.values().cloned().collect()).await;
        if written.is_err() {
            uses.into_iter().for_each(|(slot, kept)| self.usage.add(slot, kept));
        }
        Ok(written?)
    }
}
