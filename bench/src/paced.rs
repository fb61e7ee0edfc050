//! Open loop: requests leave at a fixed rate whether or not earlier ones were answered, and latency counts from the
//! time each was due. A server that stalls cannot slow its own measurement down.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{client::Client, request::Request};

/// Requests that may be on their way at once.
const CONNECTIONS: u32 = 64;

/// Until the first request is due.
const LEAD: Duration = Duration::from_millis(50);

/// Latencies and errors of a number of requests.
#[derive(Default)]
pub struct Latencies {
    sorted: Vec<Duration>,
    pub errors: u64,
}

/// What a run at a fixed rate has shown.
pub struct Paced {
    /// From the time a request was due until its answer was read.
    pub latencies: Latencies,
    /// From the time a request was due until it was sent: the part that is this program's or a full queue's.
    pub late: Latencies,
}

/// When each request is due.
struct Course {
    start: Instant,
    interval: Duration,
    total: u32,
    next: AtomicU32,
    due: Semaphore,
}

struct Sample {
    latency: Duration,
    late: Duration,
    answered: bool,
}

/// Sends `rate` requests a second for `time`.
///
/// # Errors
/// When no connection can be made.
pub async fn drive(address: SocketAddr, requests: Arc<[Request]>, rate: u32, time: Duration) -> Result<Paced> {
    let total = rate * u32::try_from(time.as_secs())?;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(Client::connect(address).await?);
    }
    let course = Arc::new(Course {
        start: Instant::now() + LEAD,
        interval: Duration::from_secs(1) / rate,
        total,
        next: AtomicU32::new(0),
        due: Semaphore::new(0),
    });
    let pacer = thread::spawn({
        let course = Arc::clone(&course);
        move || course.pace()
    });
    let mut senders = JoinSet::new();
    for client in clients {
        senders.spawn(send_when_due(client, address, Arc::clone(&requests), Arc::clone(&course)));
    }
    let mut samples = Vec::new();
    while let Some(sender) = senders.join_next().await {
        samples.extend(sender??);
    }
    pacer.join().ok().context("the pacer")?;
    let errors = samples.iter().filter(|sample| !sample.answered).count();
    Ok(Paced {
        latencies: Latencies::new(samples.iter().map(|sample| sample.latency), errors),
        late: Latencies::new(samples.iter().map(|sample| sample.late), 0),
    })
}

impl Course {
    fn due_at(&self, index: u32) -> Instant {
        self.start + self.interval * index
    }

    /// Lets requests go when they are due, from a thread of its own: the runtime's timers are a millisecond coarse.
    fn pace(&self) {
        for index in 0..self.total {
            thread::sleep(self.due_at(index).saturating_duration_since(Instant::now()));
            self.due.add_permits(1);
        }
        // One more for each sender, who then finds nothing left.
        self.due.add_permits(CONNECTIONS as usize);
    }
}

async fn send_when_due(
    mut client: Client,
    address: SocketAddr,
    requests: Arc<[Request]>,
    course: Arc<Course>,
) -> Result<Vec<Sample>> {
    let mut samples = Vec::new();
    loop {
        course.due.acquire().await?.forget();
        let index = course.next.fetch_add(1, Ordering::Relaxed);
        if index >= course.total {
            return Ok(samples);
        }
        let due = course.due_at(index);
        let late = due.elapsed();
        let answer = client.send(&requests[index as usize % requests.len()]).await;
        samples.push(Sample {
            latency: due.elapsed(),
            late,
            answered: answer.as_ref().is_ok_and(|answer| answer.status.is_success()),
        });
        if answer.is_err() {
            client = Client::connect(address).await?;
        }
    }
}

impl Latencies {
    pub fn new(latencies: impl Iterator<Item = Duration>, errors: usize) -> Self {
        let mut sorted: Vec<_> = latencies.collect();
        sorted.sort();
        Self { sorted, errors: errors as u64 }
    }

    pub fn count(&self) -> u64 {
        self.sorted.len() as u64
    }

    /// The latency that so many of a thousand requests did not exceed.
    pub fn per_mille(&self, part: usize) -> Duration {
        let rank = (self.sorted.len() * part).div_ceil(1_000);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles() {
        let latencies = Latencies::new((1..=1_000).rev().map(Duration::from_micros), 0);
        assert_eq!(latencies.per_mille(500), Duration::from_micros(500));
        assert_eq!(latencies.per_mille(990), Duration::from_micros(990));
        assert_eq!(latencies.per_mille(1_000), Duration::from_millis(1));
        assert_eq!(Latencies::default().per_mille(990), Duration::ZERO);
    }
}
