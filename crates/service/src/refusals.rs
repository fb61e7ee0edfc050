//! Refusals that somebody should see: counted in memory, and written as one row of the Activity Log for each key or
//! person, reason, network and minute, so that nobody can fill a disk from outside; where very many networks are at it,
//! those beyond the first share a row without an address. Counting reads nothing: whom a row is
//! about, and whether there is such a key at all, is looked up when the minute is over.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry as Place},
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    activity::{Actor, ActorKind, Entry, Event, RefusalReason, Target},
    id::UserId,
    secret::ClientId,
    time::Timestamp,
};
use serde_json::json;
use store::Party;

use crate::{
    Failure, Service,
    authority::{Issuer, Origin},
    throttle::network,
};

/// Most slots of one kind, and most rows that wait; what is beyond is only counted, as `refusals_not_recorded_total`.
const CAPACITY: usize = 10_000;

/// Most networks that have a row of their own for the same key or person, reason and minute.
const NETWORKS: usize = 20;

/// Most rows in one transaction, which nothing else in the organization can be written beside.
const BATCH: usize = 200;

const MINUTE_MS: i64 = 60_000;

/// Refusals that are not written yet.
#[derive(Default)]
pub(crate) struct Refusals {
    /// Of keys and people that are there.
    known: Slots,
    /// Of client ids and addresses that were only claimed: whoever invents them leaves room for the others.
    claimed: Slots,
    /// Rows whose organization could not be written to.
    waiting: Mutex<Vec<Entry>>,
}

/// Who was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Refused {
    /// Whoever had the secret of this key.
    Key(ClientId),
    /// Whoever named this key, if there is one.
    Claimed(ClientId),
    /// Whoever named this person's address.
    Person(UserId),
    /// Whoever named this address, if it is anybody's.
    Address(String),
}

/// What was refused, and when.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Subject {
    refused: Refused,
    reason: RefusalReason,
    minute: i64,
}

/// What becomes one row in each organization.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Slot {
    subject: Subject,
    /// Empty for all networks beyond [`NETWORKS`].
    network: String,
}

/// The first refusal of a slot, and how many there were.
struct Counted {
    at: Timestamp,
    request_id: String,
    count: u32,
}

#[derive(Default)]
struct Slots(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    slots: HashMap<Slot, Counted>,
    /// How many slots each subject has.
    networks: HashMap<Subject, usize>,
}

impl Slots {
    fn add(&self, mut slot: Slot, more: Counted) {
        let mut counts = locked(&self.0);
        let Counts { slots, networks } = &mut *counts;
        if !slots.contains_key(&slot) && networks.get(&slot.subject).is_some_and(|networks| *networks >= NETWORKS) {
            slot.network.clear();
        }
        let full = slots.len() >= CAPACITY;
        match slots.entry(slot) {
            Place::Occupied(mut kept) => kept.get_mut().count = kept.get().count.saturating_add(more.count),
            Place::Vacant(_) if full => not_recorded(more.count.into()),
            Place::Vacant(vacant) => {
                *networks.entry(vacant.key().subject.clone()).or_default() += 1;
                vacant.insert(more);
            }
        }
    }

    fn take_before(&self, minute: i64) -> Vec<(Slot, Counted)> {
        let mut counts = locked(&self.0);
        counts.networks.retain(|subject, _| subject.minute >= minute);
        counts.slots.extract_if(|slot, _| slot.subject.minute < minute).collect()
    }
}

impl Refusals {
    fn slots(&self, refused: &Refused) -> &Slots {
        match refused {
            Refused::Claimed(_) | Refused::Address(_) => &self.claimed,
            Refused::Key(_) | Refused::Person(_) => &self.known,
        }
    }

    fn wait(&self, rows: Vec<Entry>) {
        let mut waiting = locked(&self.waiting);
        let room = CAPACITY.saturating_sub(waiting.len());
        not_recorded(rows.len().saturating_sub(room) as u64);
        waiting.extend(rows.into_iter().take(room));
    }
}

impl Service {
    /// Counts a refusal.
    pub(crate) fn count_refusal(&self, refused: Refused, reason: RefusalReason, origin: &Origin) {
        let at = self.now();
        let minute = at.as_millis().div_euclid(MINUTE_MS);
        let counted = Counted { at, request_id: origin.request_id.clone(), count: 1 };
        let slots = self.refusals.slots(&refused);
        slots.add(Slot { subject: Subject { refused, reason, minute }, network: network(&origin.address) }, counted);
    }

    /// Writes the refusals of the minutes that are over. Called every second.
    ///
    /// # Errors
    /// When the database fails; what may be written later waits for the next call.
    pub async fn flush_refusals(&self) -> Result<(), Failure> {
        self.write_refusals(self.now().as_millis().div_euclid(MINUTE_MS)).await
    }

    /// Writes the refusals before `minute`.
    pub(crate) async fn write_refusals(&self, minute: i64) -> Result<(), Failure> {
        self.name_refusals(minute).await?;
        let mut rows = mem::take(&mut *locked(&self.refusals.waiting));
        rows.sort_by(|a, b| a.organization.cmp(&b.organization));
        let mut outcome = Ok(());
        // Apart, so that one organization that cannot be written to does not hold up the others.
        let of_organizations = rows.chunk_by(|a, b| a.organization == b.organization);
        for batch in of_organizations.flat_map(|rows| rows.chunks(BATCH)) {
            let Err(error) = self.store.append_activity(batch.to_vec()).await else { continue };
            if error.is_temporary() {
                self.refusals.wait(batch.to_vec());
            } else {
                not_recorded(batch.len() as u64);
            }
            outcome = Err(error.into());
        }
        outcome
    }

    /// Makes rows of the refusals before `minute`. What was refused in the name of nobody leaves none.
    async fn name_refusals(&self, minute: i64) -> Result<(), Failure> {
        let slots = [&self.refusals.known, &self.refusals.claimed];
        let due: Vec<_> = slots.into_iter().flat_map(|slots| slots.take_before(minute)).collect();
        if due.is_empty() {
            return Ok(());
        }
        let parties = match self.parties(&due).await {
            Ok(parties) => parties,
            Err(error) => {
                due.into_iter()
                    .for_each(|(slot, counted)| self.refusals.slots(&slot.subject.refused).add(slot, counted));
                return Err(error);
            }
        };
        let rows = due.iter().flat_map(|(slot, counted)| {
            let of_slot = parties.get(slot.subject.refused.named()).into_iter().flatten();
            of_slot.map(|party| self.refusal(slot, counted, party))
        });
        self.refusals.wait(rows.collect());
        Ok(())
    }

    /// Whom the slots are about, by what they were named: a key once, a person in each organization they still belong to.
    async fn parties(&self, due: &[(Slot, Counted)]) -> Result<HashMap<String, Vec<Party>>, Failure> {
        let (mut keys, mut people, mut addresses) = (HashSet::new(), HashSet::new(), HashSet::new());
        for (slot, _) in due {
            match &slot.subject.refused {
                Refused::Key(key) | Refused::Claimed(key) => keys.insert(key.clone()),
                Refused::Person(person) => people.insert(person.clone()),
                Refused::Address(address) => addresses.insert(address.clone()),
            };
        }
        let (keys, people): (Vec<_>, Vec<_>) = (keys.into_iter().collect(), people.into_iter().collect());
        let addresses: Vec<_> = addresses.into_iter().collect();
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for party in self.store.parties(&keys, &people, &addresses).await? {
            by_name.entry(party.named.clone()).or_default().push(party);
        }
        Ok(by_name)
    }

    fn refusal(&self, slot: &Slot, counted: &Counted, party: &Party) -> Entry {
        let (kind, event) = match &slot.subject.refused {
            Refused::Key(_) | Refused::Claimed(_) => (ActorKind::Client, Event::AccessRefused),
            Refused::Person(_) | Refused::Address(_) => (ActorKind::User, Event::SignInRefused),
        };
        let issuer = Issuer {
            organization: &party.organization,
            actor: Actor { kind, id: party.id.clone(), name: party.name.to_string() },
            origin: Origin {
                address: slot.network.clone(),
                request_id: counted.request_id.clone(),
                ..Origin::default()
            },
        };
        let target = Target { id: party.id.clone(), name: party.name.to_string() };
        let details = json!({ "reason": slot.subject.reason, "count": counted.count, "first_at": counted.at });
        // Rows stand in the order of their times.
        self.entry(&issuer, event, target, party.environment.clone(), self.now(), &details)
    }
}

impl Refused {
    fn named(&self) -> &str {
        match self {
            Self::Key(key) | Self::Claimed(key) => key.as_str(),
            Self::Person(person) => person.as_str(),
            Self::Address(address) => address,
        }
    }
}

fn not_recorded(count: u64) {
    metrics::counter!("refusals_not_recorded_total").increment(count);
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(refusals: &Refusals, refused: Refused) {
        count_from(refusals, refused, "192.0.2.1");
    }

    fn count_from(refusals: &Refusals, refused: Refused, network: &str) {
        let subject = Subject { refused, reason: RefusalReason::WrongSecret, minute: 0 };
        let counted = Counted { at: Timestamp::from_millis(0), request_id: String::new(), count: 1 };
        refusals.slots(&subject.refused).add(Slot { subject, network: network.to_owned() }, counted);
    }

    #[test]
    fn very_many_networks_share_a_row() {
        let refusals = Refusals::default();
        let key = Refused::Key(ClientId::parse(&format!("kl_ci_{:026}", 0)).expect("a client id"));
        for round in 0..2 {
            (0..NETWORKS + 5).for_each(|number| count_from(&refusals, key.clone(), &format!("2001:db8:{number}::/64")));
            assert_eq!(locked(&refusals.known.0).slots.len(), NETWORKS + 1, "round {round}");
        }
        let rows = refusals.known.take_before(1);
        let shared: Vec<_> = rows.iter().filter(|(slot, _)| slot.network.is_empty()).collect();
        assert!(matches!(shared[..], [(_, Counted { count: 10, .. })]));
        assert_eq!(rows.iter().map(|(_, counted)| counted.count).sum::<u32>(), 2 * (NETWORKS as u32 + 5));
    }

    #[test]
    fn memory_is_bounded_and_invented_client_ids_crowd_nobody_out() {
        let refusals = Refusals::default();
        let id = |number: usize| ClientId::parse(&format!("kl_ci_{number:026}")).expect("a client id");
        (0..=CAPACITY).for_each(|number| count(&refusals, Refused::Claimed(id(number))));
        count(&refusals, Refused::Key(id(0)));
        assert_eq!(refusals.claimed.take_before(1).len(), CAPACITY);
        assert_eq!(refusals.known.take_before(0).len(), 0, "the minute is not over");
        assert_eq!(refusals.known.take_before(1).len(), 1);
    }
}
