//! Slows guessing down. Counts for one target and one address prefix, so that nobody can lock the right person out from
//! elsewhere. In memory, per process, and bounded whatever is sent.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::time::Timestamp;
use store::Hash;

use crate::master_key::hash_of;

/// Most targets remembered, some 6 MB.
const CAPACITY: usize = 100_000;

/// Counts failures of each target in a window of time.
pub struct Throttle {
    limit: u32,
    window_s: i64,
    windows: Mutex<HashMap<Hash, Window>>,
}

struct Window {
    failures: u32,
    ends_at: Timestamp,
}

/// Too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// Seconds until the next try, at least 1.
    pub retry_after_s: u32,
}

impl Window {
    fn check(&self, limit: u32, now: Timestamp) -> Result<(), Throttled> {
        if self.failures < limit || self.ends_at <= now {
            return Ok(());
        }
        let left_ms = self.ends_at.as_millis() - now.as_millis();
        Err(Throttled { retry_after_s: u32::try_from((left_ms + 999) / 1000).unwrap_or(1).max(1) })
    }
}

impl Throttle {
    /// Refuses a target after `limit` failures until `window_s` seconds after the first of them.
    pub fn new(limit: u32, window_s: i64) -> Self {
        Self { limit, window_s, windows: Mutex::default() }
    }

    /// Whether the target may be tried now; the failure is counted when it is known. For attempts that cost little and
    /// may rightly come many at once.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub fn check(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        self.windows().get(&key(target, address)).map_or(Ok(()), |window| window.check(self.limit, now))
    }

    /// Counts an attempt as a failure before it is made, so that many at once are no more than many in a row.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub fn attempt(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        let mut windows = self.windows();
        let key = key(target, address);
        windows.get(&key).map_or(Ok(()), |window| window.check(self.limit, now))?;
        self.count(&mut windows, key, now);
        Ok(())
    }

    /// Counts a failure.
    pub fn fail(&self, target: &str, address: &str, now: Timestamp) {
        self.count(&mut self.windows(), key(target, address), now);
    }

    /// Forgets the failures of a target that has succeeded.
    pub fn succeed(&self, target: &str, address: &str) {
        self.windows().remove(&key(target, address));
    }

    /// Takes one counted attempt back, and leaves the others.
    pub fn refund(&self, target: &str, address: &str) {
        if let Some(window) = self.windows().get_mut(&key(target, address)) {
            window.failures = window.failures.saturating_sub(1);
        }
    }

    /// Forgets windows that are over.
    pub fn clean_up(&self, now: Timestamp) {
        self.windows().retain(|_, window| window.ends_at > now);
    }

    fn windows(&self) -> MutexGuard<'_, HashMap<Hash, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, windows: &mut HashMap<Hash, Window>, key: Hash, now: Timestamp) {
        if windows.len() >= CAPACITY && !windows.contains_key(&key) {
            // Any one makes room: whoever fills the map loses mostly windows of their own.
            let some = windows.keys().next().copied();
            some.map(|some| windows.remove(&some));
        }
        let fresh = || Window { failures: 0, ends_at: now.plus_seconds(self.window_s) };
        let window = match windows.entry(key) {
            Entry::Vacant(vacant) => vacant.insert(fresh()),
            Entry::Occupied(occupied) => {
                let window = occupied.into_mut();
                if window.ends_at <= now {
                    *window = fresh();
                }
                window
            }
        };
        window.failures = window.failures.saturating_add(1);
    }
}

/// A hash, so that a long target takes no more room than a short one.
fn key(target: &str, address: &str) -> Hash {
    hash_of(format!("{} {target}", network(address)).as_bytes())
}

/// The network an address speaks for: itself for IPv4, its /64 for IPv6.
pub(crate) fn network(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => format!("{}/64", Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn failures_count_per_target_and_network() {
        let throttle = Throttle::new(2, 60);
        throttle.fail("a", "2001:db8::1", at(0));
        throttle.fail("a", "2001:DB8:0:0:ffff::2", at(10));
        assert_eq!(throttle.check("a", "2001:db8::3", at(20)), Err(Throttled { retry_after_s: 40 }));
        assert_eq!(throttle.check("a", "2001:db8:0:1::1", at(20)), Ok(()));
        assert_eq!(throttle.check("b", "2001:db8::1", at(20)), Ok(()));
        assert_eq!(throttle.check("a", "2001:db8::1", at(60)), Ok(()));
        throttle.fail("c", "::ffff:192.0.2.1", at(0));
        throttle.fail("c", "192.0.2.1", at(0));
        assert!(throttle.check("c", "192.0.2.1", at(1)).is_err());
        throttle.refund("c", "192.0.2.1");
        assert_eq!(throttle.check("c", "192.0.2.1", at(1)), Ok(()));
        assert_eq!(throttle.attempt("c", "192.0.2.1", at(1)), Ok(()));
        assert!(throttle.attempt("c", "192.0.2.1", at(1)).is_err());
        throttle.succeed("c", "192.0.2.1");
        assert_eq!(throttle.check("c", "192.0.2.1", at(1)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(1, 60);
        for n in 0..=CAPACITY {
            throttle.fail(&n.to_string(), "192.0.2.1", at(0));
        }
        assert_eq!(throttle.windows().len(), CAPACITY);
        throttle.clean_up(at(60));
        assert_eq!(throttle.windows().len(), 0);
    }
}
