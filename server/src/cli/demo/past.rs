//! A clock that can be put back.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::Timestamp;
use service::clock::{Clock, SystemClock};

/// Stands at some time before the moment it was made.
pub(super) struct Past {
    real: Timestamp,
    back_ms: AtomicI64,
}

impl Past {
    pub(super) fn now() -> Self {
        Self { real: SystemClock.now(), back_ms: AtomicI64::new(0) }
    }

    /// The moment it was made.
    pub(super) fn real(&self) -> Timestamp {
        self.real
    }

    /// Stands at `seconds` before that moment.
    pub(super) fn go_back(&self, seconds: i64) {
        self.back_ms.store(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for Past {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.real.as_millis() - self.back_ms.load(Ordering::SeqCst))
    }
}
