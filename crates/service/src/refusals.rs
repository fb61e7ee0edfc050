//! Refusals that somebody should see: counted in memory, and written as one row of the Activity Log for each key, reason,
//! network and minute, so that nobody can fill a disk from outside.

use std::{
    collections::{HashMap, hash_map::Entry as Place},
    sync::{Mutex, PoisonError},
};

use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    id::OrganizationId,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};
use serde_json::json;
use store::Client;

use crate::{
    Failure, Service,
    authority::{Issuer, Origin},
    throttle::network,
};

/// Most rows that one minute may leave; what is beyond is only counted.
const CAPACITY: usize = 10_000;

const MINUTE_MS: i64 = 60_000;

/// Why a secret that is good was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Misuse {
    /// A secret that must be exchanged was sent as it is.
    ClientSecretAsBearer,
}

impl Misuse {
    fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretAsBearer => "client_secret_as_bearer",
        }
    }
}

/// Refusals that are not written yet.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<Slot, Counted>>);

/// What becomes one row.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Slot {
    organization: OrganizationId,
    client_id: ClientId,
    misuse: Misuse,
    network: String,
    minute: i64,
}

/// The first refusal of a slot, and how many there were.
struct Counted {
    name: String,
    environment: EnvironmentSlug,
    at: Timestamp,
    request_id: String,
    count: u32,
}

impl Refusals {
    fn add(&self, slot: Slot, more: Counted) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = slots.len() >= CAPACITY;
        match slots.entry(slot) {
            Place::Occupied(mut kept) => kept.get_mut().count = kept.get().count.saturating_add(more.count),
            Place::Vacant(_) if full => metrics::counter!("refusals_not_recorded_total").increment(more.count.into()),
            Place::Vacant(vacant) => {
                vacant.insert(more);
            }
        }
    }

    fn take_before(&self, minute: i64) -> Vec<(Slot, Counted)> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.extract_if(|slot, _| slot.minute < minute).collect()
    }
}

impl Service {
    /// Counts the misuse of a key.
    pub(crate) fn count_misuse(&self, client: &Client, misuse: Misuse, origin: &Origin) {
        let at = self.now();
        let slot = Slot {
            organization: client.organization.clone(),
            client_id: client.client_id.clone(),
            misuse,
            network: network(&origin.address),
            minute: at.as_millis().div_euclid(MINUTE_MS),
        };
        let counted = Counted {
            name: client.name.to_string(),
            environment: client.environment.clone(),
            at,
            request_id: origin.request_id.clone(),
            count: 1,
        };
        self.refusals.add(slot, counted);
    }

    /// Writes the refusals of the minutes that are over. Called every second.
    ///
    /// # Errors
    /// When the database fails; they stay in memory for the next call.
    pub async fn flush_refusals(&self) -> Result<(), Failure> {
        self.write_refusals(self.now().as_millis().div_euclid(MINUTE_MS)).await
    }

    /// Writes the refusals before `minute`.
    pub(crate) async fn write_refusals(&self, minute: i64) -> Result<(), Failure> {
        let due = self.refusals.take_before(minute);
        if due.is_empty() {
            return Ok(());
        }
        let rows = due.iter().map(|(slot, counted)| self.refusal(slot, counted)).collect();
        let written = self.store.append_activity(rows).await;
        if written.is_err() {
            due.into_iter().for_each(|(slot, counted)| self.refusals.add(slot, counted));
        }
        Ok(written?)
    }

    fn refusal(&self, slot: &Slot, counted: &Counted) -> Entry {
        let issuer = Issuer {
            organization: &slot.organization,
            actor: Actor { kind: ActorKind::Client, id: slot.client_id.to_string(), name: counted.name.clone() },
            origin: Origin { address: slot.network.clone(), request_id: counted.request_id.clone() },
        };
        let target = Target { id: slot.client_id.to_string(), name: counted.name.clone() };
        let details = json!({ "reason": slot.misuse.as_str(), "count": counted.count });
        self.entry(&issuer, Event::AccessRefused, target, Some(counted.environment.clone()), counted.at, &details)
    }
}
