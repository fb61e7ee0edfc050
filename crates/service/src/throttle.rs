//! Slows guessing down. Counts for one target and one address prefix, so that nobody can lock the right person out from
//! elsewhere. In memory, per process, and bounded whatever is sent.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    pin::pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::time::Timestamp;
use store::Hash;
use tokio::sync::Notify;

use crate::master_key::hash_of;

/// Most targets remembered, some 6 MB.
const CAPACITY: usize = 100_000;

/// Counts failures of each target in a window of time.
pub struct Throttle {
    limit: u32,
    window_s: i64,
    windows: Mutex<HashMap<Hash, Window>>,
    settled: Notify,
}

struct Window {
    failures: u32,
    /// Attempts that have begun, and nobody knows yet how they end.
    under_way: u32,
    ends_at: Timestamp,
}

/// How an attempt has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was right: the failures before it are forgotten.
    Right,
    /// It was wrong.
    Wrong,
    /// Nobody knows.
    Unknown,
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
        Self { limit, window_s, windows: Mutex::default(), settled: Notify::new() }
    }

    /// Whether the target may be tried now; the failure is counted when it is known. For attempts that cost little and
    /// may rightly come many at once.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub fn check(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        self.windows().get(&key(target, address)).map_or(Ok(()), |window| window.check(self.limit, now))
    }

    /// Lets an attempt begin that [`Throttle::settle`] ends. While as many are under way as may fail, it waits for one of
    /// them: many at once are no more than many in a row, and of those that are right none is refused.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub async fn begin(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        let key = key(target, address);
        loop {
            let mut settled = pin!(self.settled.notified());
            settled.as_mut().enable();
            {
                let mut windows = self.windows();
                windows.get(&key).map_or(Ok(()), |window| window.check(self.limit, now))?;
                let window = self.window(&mut windows, key, now);
                if window.failures + window.under_way < self.limit {
                    window.under_way += 1;
                    return Ok(());
                }
            }
            settled.await;
        }
    }

    /// Ends an attempt that had begun.
    pub fn settle(&self, target: &str, address: &str, now: Timestamp, outcome: Outcome) {
        {
            let mut windows = self.windows();
            let window = self.window(&mut windows, key(target, address), now);
            window.under_way = window.under_way.saturating_sub(1);
            match outcome {
                Outcome::Right => window.failures = 0,
                Outcome::Wrong => window.failures = window.failures.saturating_add(1),
                Outcome::Unknown => {}
            }
        }
        self.settled.notify_waiters();
    }

    /// Counts an attempt as a failure before it is made, so that many at once are no more than many in a row.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub fn attempt(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        let mut windows = self.windows();
        let key = key(target, address);
        windows.get(&key).map_or(Ok(()), |window| window.check(self.limit, now))?;
        self.window(&mut windows, key, now).failures += 1;
        Ok(())
    }

    /// Counts a failure.
    pub fn fail(&self, target: &str, address: &str, now: Timestamp) {
        let mut windows = self.windows();
        let window = self.window(&mut windows, key(target, address), now);
        window.failures = window.failures.saturating_add(1);
    }

    /// Takes one counted attempt back, and leaves the others.
    pub fn refund(&self, target: &str, address: &str) {
        if let Some(window) = self.windows().get_mut(&key(target, address)) {
            window.failures = window.failures.saturating_sub(1);
        }
    }

    /// Forgets windows that are over.
    pub fn clean_up(&self, now: Timestamp) {
        self.windows().retain(|_, window| window.ends_at > now || window.under_way > 0);
    }

    fn windows(&self) -> MutexGuard<'_, HashMap<Hash, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The window that is open for a target.
    fn window<'w>(&self, windows: &'w mut HashMap<Hash, Window>, key: Hash, now: Timestamp) -> &'w mut Window {
        if windows.len() >= CAPACITY && !windows.contains_key(&key) {
            // Any one makes room: whoever fills the map loses mostly windows of their own.
            let some = windows.keys().next().copied();
            some.map(|some| windows.remove(&some));
        }
        let ends_at = now.plus_seconds(self.window_s);
        let window = windows.entry(key).or_insert(Window { failures: 0, under_way: 0, ends_at });
        if window.ends_at <= now || (window.failures == 0 && window.ends_at < ends_at) {
            // It ends so long after the first failure.
            (window.failures, window.ends_at) = (0, ends_at);
        }
        window
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
    use std::sync::Arc;

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
    }

    #[tokio::test]
    async fn many_at_once_wait_for_each_other_and_are_no_more_than_many_in_a_row() {
        let throttle = Arc::new(Throttle::new(2, 60));
        let begin = || throttle.begin("a", "192.0.2.1", at(0));
        let settle = |outcome| throttle.settle("a", "192.0.2.1", at(0), outcome);
        assert_eq!((begin().await, begin().await), (Ok(()), Ok(())));
        let third = tokio::spawn({
            let throttle = Arc::clone(&throttle);
            async move { throttle.begin("a", "192.0.2.1", at(0)).await }
        });
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        settle(Outcome::Right);
        assert_eq!(third.await.expect("no panic"), Ok(()));
        settle(Outcome::Wrong);
        settle(Outcome::Unknown);
        assert_eq!(begin().await, Ok(()));
        settle(Outcome::Wrong);
        assert_eq!(begin().await, Err(Throttled { retry_after_s: 60 }));
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
