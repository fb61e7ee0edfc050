//! How long and how much is measured.

use std::time::Duration;

/// Sizes of what is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Rounds of each closed loop.
    pub rounds: u32,
    /// One run of one server in one round.
    pub run: Duration,
    /// A run before the first one that counts.
    pub warm_up: Duration,
    /// One run at a fixed rate, and one of creating keys.
    pub steady: Duration,
    /// Starts of each server.
    pub starts: u32,
    /// Loads of a page in a browser.
    pub loads: u32,
    /// Until a server that nobody asks counts as idle.
    pub idle: Duration,
    /// Working keys that take turns.
    pub pool: u32,
    /// Numbers of keys, 10 to 1 000 000.
    pub few: u32,
    pub thousand: u32,
    pub some: u32,
    pub many: u32,
    pub most: u32,
}

impl Plan {
    /// What is published.
    pub fn full() -> Self {
        Self {
            rounds: 5,
            run: Duration::from_secs(2),
            warm_up: Duration::from_secs(1),
            steady: Duration::from_secs(8),
            starts: 11,
            loads: 9,
            idle: Duration::from_secs(5),
            pool: 400,
            few: 10,
            thousand: 1_000,
            some: 10_000,
            many: 100_000,
            most: 1_000_000,
        }
    }

    /// Shows in a few minutes that everything works; its figures mean nothing.
    pub fn quick() -> Self {
        let second = Duration::from_secs(1);
        Self {
            rounds: 1,
            run: second,
            warm_up: Duration::ZERO,
            steady: second,
            starts: 1,
            loads: 1,
            idle: second,
            pool: 40,
            few: 10,
            thousand: 100,
            some: 1_000,
            many: 2_000,
            most: 10_000,
        }
    }
}
