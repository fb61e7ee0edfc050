//! Time and randomness, passed in so that tests hold exact dates and tokens.

use std::sync::Arc;

use domain::{secret::RandomBytes, time::Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Draws bytes nobody can guess.
pub trait Random: Send + Sync {
    /// Fills `buffer`.
    fn fill(&self, buffer: &mut [u8]);
}

/// The system's generator.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the system has a random generator");
    }
}

/// One draw after the other from a shared source.
#[derive(Clone)]
pub struct Draws(pub Arc<dyn Random>);

impl Draws {
    /// 128 random bits.
    pub fn u128(&self) -> u128 {
        u128::from_le_bytes(self.bytes())
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

impl RandomBytes for Draws {
    fn fill(&mut self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}
