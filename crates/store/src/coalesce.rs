//! Look-ups that wait at the same moment, answered by one query.
//!
//! Nothing is remembered: a query begins after each of the look-ups it answers, so that what it finds is as fresh as
//! if each had asked alone. What is saved is the way to the database and back, which costs more than the look-up.
//!
//! One query is under way at a time, as long as it is fast: the more wait meanwhile, the more are answered together. A
//! slow one is left to itself, so that it delays those it answers and nobody else. Where one fails because the database is
//! away, so do all who have waited since before: they would only wait for the same failure.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    time::{Instant, timeout},
};

use crate::Error;

/// Most look-ups that one query answers.
pub(crate) const MOST: usize = 32;

/// Numbers of look-ups that a statement is written for; places to spare are filled with the last look-up again.
pub(crate) const PLACES: [usize; 4] = [1, 4, 12, MOST];

/// Look-ups that wait for a query; beyond this many, callers wait to wait.
const QUEUE: usize = 1024;

/// How long the next query waits for the one before.
const PATIENCE: Duration = Duration::from_millis(5);

/// Most slow queries at once; the connections are shared with everything else.
const SLOW_AT_ONCE: usize = 4;

/// How long a query may take. A look-up takes a fraction of a millisecond; a database that is frozen never answers.
const WITHIN: Duration = Duration::from_secs(3);

/// A look-up, since when it waits, and where its answer goes.
type Waiting<K, V> = (K, Instant, oneshot::Sender<Result<Option<V>, Error>>);

/// When a query last failed because the database was away.
struct Outage {
    since: Instant,
    /// Milliseconds after `since`; 0 for never.
    failed_ms: AtomicU64,
}

impl Outage {
    fn begins_at(&self, at: Instant) {
        let elapsed_ms = u64::try_from((at - self.since).as_millis()).unwrap_or(u64::MAX);
        self.failed_ms.store(elapsed_ms, Ordering::Relaxed);
    }

    /// Whether something that waits since then would have failed with it.
    fn concerns(&self, waits_since: Instant) -> bool {
        waits_since < self.since + Duration::from_millis(self.failed_ms.load(Ordering::Relaxed))
    }
}

/// The queue of look-ups in front of a query.
pub(crate) struct Coalesced<K, V>(mpsc::Sender<Waiting<K, V>>);

impl<K, V> Coalesced<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// Starts answering look-ups with `query`, which is given 1 to [`MOST`] different keys. Ends with the queue.
    pub(crate) fn by<F>(query: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, Error>> + Send + 'static,
    {
        Self::in_time(WITHIN, query)
    }

    /// The same with a query that may take so long.
    fn in_time<F>(within: Duration, query: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, Error>> + Send + 'static,
    {
        let query = move |keys| {
            let answering = query(keys);
            async move {
                let away = |_| Error::Unavailable(sqlx::Error::PoolTimedOut);
                timeout(within, answering).await.map_err(away)?
            }
        };
        let (queue, mut waiting) = mpsc::channel(QUEUE);
        let (query, slow) = (Arc::new(query), Arc::new(Semaphore::new(SLOW_AT_ONCE)));
        let outage = Arc::new(Outage { since: Instant::now(), failed_ms: AtomicU64::new(0) });
        tokio::spawn(async move {
            let mut together: Vec<Waiting<K, V>> = Vec::with_capacity(MOST);
            while waiting.recv_many(&mut together, MOST).await > 0 {
                for (.., answer) in together.extract_if(.., |(_, waits_since, _)| outage.concerns(*waits_since)) {
                    let _ = answer.send(Err(Error::of_neighbour(true)));
                }
                if together.is_empty() {
                    continue;
                }
                let mut answering = Box::pin(answer(Arc::clone(&query), mem::take(&mut together), Arc::clone(&outage)));
                if timeout(PATIENCE, &mut answering).await.is_ok() {
                    continue;
                }
                match Arc::clone(&slow).try_acquire_owned() {
                    Ok(place) => {
                        tokio::spawn(async move {
                            answering.await;
                            drop(place);
                        });
                    }
                    Err(_) => answering.await,
                }
            }
        });
        Self(queue)
    }

    /// Looks one key up.
    pub(crate) async fn find(&self, key: K) -> Result<Option<V>, Error> {
        let gone = |_| Error::Unavailable(sqlx::Error::PoolClosed);
        let (answer, answered) = oneshot::channel();
        self.0.send((key, Instant::now(), answer)).await.map_err(|_| gone(()))?;
        answered.await.map_err(|_| gone(()))?
    }
}

async fn answer<K, V, F>(query: Arc<impl Fn(Vec<K>) -> F>, together: Vec<Waiting<K, V>>, outage: Arc<Outage>)
where
    K: Clone + Eq + Hash,
    V: Clone,
    F: Future<Output = Result<HashMap<K, V>, Error>>,
{
    let mut keys: Vec<K> = Vec::with_capacity(together.len());
    for (key, ..) in &together {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    let each_its_own = keys.len() == together.len();
    match query(keys).await {
        Ok(mut found) => {
            for (key, _, answer) in together {
                let found = if each_its_own { found.remove(&key) } else { found.get(&key).cloned() };
                // Whoever has gone away needs no answer.
                let _ = answer.send(Ok(found));
            }
        }
        Err(error) => {
            let temporary = error.is_temporary();
            if temporary {
                outage.begins_at(Instant::now());
            }
            let mut error = Some(error);
            for (.., answer) in together {
                let _ = answer.send(Err(error.take().unwrap_or_else(|| Error::of_neighbour(temporary))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn what_waits_together_is_answered_together() {
        let queries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&queries);
        let coalesced = Arc::new(Coalesced::by(move |keys: Vec<u32>| {
            counted.fetch_add(1, Ordering::SeqCst);
            async move { Ok(keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 10)).collect()) }
        }));
        let all = (0..100).map(|n| {
            let coalesced = Arc::clone(&coalesced);
            tokio::spawn(async move { (n, coalesced.find(n % 40).await.expect("answered")) })
        });
        for one in all.collect::<Vec<_>>() {
            let (n, found) = one.await.expect("no panic");
            let key = n % 40;
            assert_eq!(found, (key % 2 == 0).then_some(key * 10));
        }
        assert!(queries.load(Ordering::SeqCst) <= 20, "100 look-ups are not 100 queries");
    }

    #[tokio::test]
    async fn a_slow_query_delays_nobody_else() {
        let stuck = Arc::new(Semaphore::new(0));
        let until = Arc::clone(&stuck);
        let coalesced = Arc::new(Coalesced::by(move |keys: Vec<u32>| {
            let until = Arc::clone(&until);
            async move {
                if keys.contains(&0) {
                    let _ = until.acquire().await;
                }
                Ok(keys.into_iter().map(|key| (key, key)).collect())
            }
        }));
        let alike = Arc::clone(&coalesced);
        let slow = tokio::spawn(async move { alike.find(0).await });
        tokio::task::yield_now().await;
        assert_eq!(coalesced.find(1).await.expect("answered"), Some(1));
        assert!(!slow.is_finished());
        stuck.add_permits(1);
        assert_eq!(slow.await.expect("no panic").expect("answered"), Some(0));
    }

    #[tokio::test]
    async fn an_outage_is_heard_of_by_all_who_wait_for_it() {
        let queries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&queries);
        let coalesced: Arc<Coalesced<u32, u32>> = Arc::new(Coalesced::in_time(Duration::from_millis(20), move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            // One that never answers, such as a database that is frozen.
            std::future::pending()
        }));
        let all = (0..1000).map(|n| {
            let coalesced = Arc::clone(&coalesced);
            tokio::spawn(async move { coalesced.find(n).await })
        });
        for one in all.collect::<Vec<_>>() {
            assert!(one.await.expect("no panic").is_err_and(|error| error.is_temporary()));
        }
        let failed = queries.load(Ordering::SeqCst);
        assert!(failed < 2 * (SLOW_AT_ONCE + 1), "{failed} queries for look-ups that fit into {}", 1000 / MOST);
        assert!(coalesced.find(7).await.is_err());
        assert_eq!(queries.load(Ordering::SeqCst), failed + 1, "who comes later asks anew");
    }

    #[tokio::test]
    async fn everybody_hears_of_a_failure() {
        let coalesced: Coalesced<u32, u32> =
            Coalesced::by(async |_: Vec<u32>| Err(Error::Unavailable(sqlx::Error::PoolTimedOut)));
        let (one, two) = tokio::join!(coalesced.find(1), coalesced.find(2));
        assert!(one.is_err_and(|error| error.is_temporary()) && two.is_err_and(|error| error.is_temporary()));
    }
}
