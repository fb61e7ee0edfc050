//! Slows guessing down. Counts failures only, for one target and one address prefix, so that nobody can lock the
//! right person out from elsewhere. In memory, per process.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use domain::time::Timestamp;

/// Most targets remembered; the oldest windows make room.
const CAPACITY: usize = 100_000;

/// Counts failures of each target in a window of time.
pub struct Throttle {
    limit: u32,
    window_s: i64,
    windows: Mutex<HashMap<String, Window>>,
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

impl Throttle {
    /// Refuses a target after `limit` failures until `window_s` seconds after the first of them.
    pub fn new(limit: u32, window_s: i64) -> Self {
        Self { limit, window_s, windows: Mutex::default() }
    }

    /// Whether the target may be tried now.
    ///
    /// # Errors
    /// [`Throttled`] with the time to wait.
    pub fn check(&self, target: &str, address: &str, now: Timestamp) -> Result<(), Throttled> {
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        match windows.get(&key(target, address)) {
            Some(window) if window.failures >= self.limit && window.ends_at > now => {
                let left_ms = window.ends_at.as_millis() - now.as_millis();
                Err(Throttled { retry_after_s: u32::try_from((left_ms + 999) / 1000).unwrap_or(1).max(1) })
            }
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub fn fail(&self, target: &str, address: &str, now: Timestamp) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= CAPACITY {
            windows.retain(|_, window| window.ends_at > now);
        }
        if windows.len() >= CAPACITY {
            windows.clear();
        }
        let fresh = Window { failures: 0, ends_at: now.plus_seconds(self.window_s) };
        let window = windows.entry(key(target, address)).or_insert(fresh);
        if window.ends_at <= now {
            *window = Window { failures: 0, ends_at: now.plus_seconds(self.window_s) };
        }
        window.failures = window.failures.saturating_add(1);
    }

    /// Forgets the failures of a target that has succeeded.
    pub fn succeed(&self, target: &str, address: &str) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(&key(target, address));
    }
}

fn key(target: &str, address: &str) -> String {
    format!("{} {target}", prefix(address))
}

/// The network an address speaks for: itself for IPv4, its /64 for IPv6.
fn prefix(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(v6)) => format!("{:x?}", &v6.segments()[..4]),
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
        throttle.succeed("c", "192.0.2.1");
        assert_eq!(throttle.check("c", "192.0.2.1", at(1)), Ok(()));
    }
}
