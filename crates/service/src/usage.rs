//! When keys are used: counted in memory, written in batches, so that a token costs no write.

use std::{
    collections::{HashMap, hash_map::Entry},
    mem,
    sync::{Mutex, PoisonError},
};

use domain::{
    id::KeyId,
    key::{ApiKey, Kind},
    secret::ClientId,
    time::Timestamp,
};
use store::{Client, LiveTokens, TokensIssued, Use};

use crate::{
    Failure, Service,
    access_tokens::Bearer,
    authority::{KeyManager, Origin},
};

/// Milliseconds of the hour that counts are kept by.
const HOUR_MS: i64 = 3_600_000;

/// What uses are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageBy {
    /// The last 30 days.
    Day,
    /// The last 24 hours.
    Hour,
}

impl UsageBy {
    /// How long one count lasts, milliseconds, and how many there are.
    fn slots(self) -> (i64, i64) {
        match self {
            Self::Day => (24 * HOUR_MS, 30),
            Self::Hour => (HOUR_MS, 24),
        }
    }
}

/// How often a key was used in one hour or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    /// When that begins.
    pub at: Timestamp,
    /// How often.
    pub count: u64,
}

/// Uses since the last batch, by key, secret and hour.
#[derive(Default)]
pub(crate) struct Usage(Mutex<HashMap<(KeyId, i32, i64), Use>>);

impl Usage {
    /// Counts a use of a key, and the access token that it was exchanged for, if it was.
    pub(crate) fn record(&self, client: &Client, origin: &Origin, at: Timestamp, token_ends_at: Option<Timestamp>) {
        let issued = |last_ends_at| TokensIssued { generation: client.generation, last_ends_at, count: 1 };
        self.add(Use {
            organization: client.organization.clone(),
            key: client.key.clone(),
            secret_version: client.secret_version,
            at,
            address: origin.address.clone(),
            user_agent: origin.user_agent.clone(),
            count: 1,
            tokens: token_ends_at.map(issued).into_iter().collect(),
        });
    }

    fn add(&self, more: Use) {
        let slot = (more.key.clone(), more.secret_version, more.at.as_millis().div_euclid(HOUR_MS));
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match uses.entry(slot) {
            Entry::Vacant(vacant) => {
                vacant.insert(more);
            }
            Entry::Occupied(mut occupied) => {
                let kept = occupied.get_mut();
                kept.count = kept.count.saturating_add(more.count);
                if more.at >= kept.at {
                    (kept.at, kept.address, kept.user_agent) = (more.at, more.address, more.user_agent);
                }
                for issued in more.tokens {
                    add_tokens(&mut kept.tokens, issued);
                }
            }
        }
    }

    fn take(&self) -> HashMap<(KeyId, i32, i64), Use> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn add_tokens(counts: &mut Vec<TokensIssued>, issued: TokensIssued) {
    let same = |kept: &&mut TokensIssued| kept.generation == issued.generation && kept.minute() == issued.minute();
    match counts.iter_mut().find(same) {
        Some(kept) => {
            kept.count = kept.count.saturating_add(issued.count);
            kept.last_ends_at = kept.last_ends_at.max(issued.last_ends_at);
        }
        None => counts.push(issued),
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
            uses.into_values().for_each(|kept| self.usage.add(kept));
        }
        Ok(written?)
    }

    /// A key that is sent as it is, is used each time; one that is exchanged, when it gets a token.
    pub(crate) fn count_use_of_key(&self, bearer: &Bearer, origin: &Origin) {
        if let Some(secret_version) = bearer.secret_version {
            self.usage.add(Use {
                organization: bearer.organization.clone(),
                key: bearer.key.clone(),
                secret_version,
                at: self.now(),
                address: origin.address.clone(),
                user_agent: origin.user_agent.clone(),
                count: 1,
                tokens: Vec::new(),
            });
        }
    }

    /// Access tokens of keys within reach that are live, as far as [`Service::flush_uses`] of every process has written
    /// them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn live_tokens(
        &self,
        manager: &impl KeyManager,
        keys: impl IntoIterator<Item = &ApiKey>,
    ) -> Result<LiveTokens, Failure> {
        let exchanged = keys.into_iter().filter(|key| key.kind == Kind::Client);
        let keys: Vec<_> = exchanged.map(|key| key.id.clone()).collect();
        Ok(self.store.live_tokens(&manager.organization().id, &keys, self.now()).await?)
    }

    /// How often a key within reach was used in the last 30 days, or the last 24 hours, the present one included. Days are
    /// those of UTC. `None` when there is no such key.
    pub async fn key_usage(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        by: UsageBy,
    ) -> Result<Option<Vec<Uses>>, Failure> {
        let Some(key) = self.key(manager, client_id).await? else {
            return Ok(None);
        };
        let (length, number) = by.slots();
        let until = (self.now().as_millis().div_euclid(length) + 1) * length;
        let from = until - length * number;
        let time = Timestamp::from_millis;
        let hours = self.store.uses(&manager.organization().id, &key.id, time(from), time(until)).await?;
        let mut slots: Vec<_> = (0..number).map(|slot| Uses { at: time(from + slot * length), count: 0 }).collect();
        for (hour, count) in hours {
            let slot = usize::try_from((hour.as_millis() - from) / length).expect("after the first");
            slots[slot].count += count;
        }
        Ok(Some(slots))
    }
}
