//! What look-ups found, used again for as long as nothing has been committed since.
//!
//! What is held is only used after the database was asked for its version, and only where it was read at that one. So an
//! answer is as fresh as one that is read, whichever process or person has changed something meanwhile. Asking costs a
//! fraction of the look-up.

use std::{
    collections::HashMap,
    hash::Hash,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sqlx::Pool;

use super::{Db, Query, Row, Version, Versions, together::Statements};
use crate::{Error, coalesce::Coalesced, steady::steadily};

/// Most answers that are held; with one more, all are given up. Few are ever held for longer than a second, after which the
/// uses of keys are written.
const MOST: usize = 4096;

/// Answers to look-ups.
pub(super) struct Remembered<K, V> {
    look_ups: Coalesced<K, Found<V>>,
    versions: Arc<Versions>,
    held: Mutex<Held<K, V>>,
}

/// How to look several things up with one statement.
pub(super) struct LookUp<K, V> {
    /// The statement with so many places; what it selects begins with `READ_VERSION`.
    pub(super) statement: fn(usize) -> String,
    /// Fills a place.
    pub(super) bind: for<'q> fn(Query<'q>, &'q K) -> Query<'q>,
    /// What a row says, and about what.
    pub(super) read: fn(&Row) -> Result<(K, V), Error>,
}

/// Something found, and the version it was read at, where that could be told.
#[derive(Clone)]
struct Found<V> {
    value: V,
    version: Option<Version>,
}

struct Held<K, V> {
    version: Option<Version>,
    values: HashMap<K, V>,
}

impl<K, V> Remembered<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    pub(super) fn new(readers: Pool<Db>, versions: Arc<Versions>, look_up: LookUp<K, V>) -> Self {
        let LookUp { statement, bind, read } = look_up;
        let statements = Arc::new(Statements::new(statement));
        let before = Arc::clone(&versions);
        let look_ups = Coalesced::by(move |keys: Vec<K>| {
            let (readers, statements, versions) = (readers.clone(), Arc::clone(&statements), Arc::clone(&before));
            async move {
                let version = versions.before_reading();
                let rows = steadily(|| {
                    let (statement, filled) = statements.fitting(&keys);
                    filled.fold(sqlx::query(statement), bind).fetch_all(&readers)
                });
                let rows = rows.await?;
                let found = rows.iter().map(|row| {
                    let (key, value) = read(row)?;
                    Ok((key, Found { value, version: Versions::read_at(row, version.as_ref())? }))
                });
                found.collect()
            }
        });
        let held = Mutex::new(Held { version: None, values: HashMap::new() });
        Self { look_ups, versions, held }
    }

    /// Looks one key up.
    pub(super) async fn find(&self, key: K) -> Result<Option<V>, Error> {
        if let Some((value, version)) = self.held(&key)
            && self.versions.now().await?.as_ref() == Some(&version)
        {
            return Ok(Some(value));
        }
        let Some(Found { value, version }) = self.look_ups.find(key.clone()).await? else { return Ok(None) };
        if let Some(version) = version {
            self.hold(key, value.clone(), version);
        }
        Ok(Some(value))
    }

    /// Gives everything up that is held: it was read before something that this process has written, so that asking for the
    /// version would be in vain.
    pub(super) fn give_up(&self) {
        let values = {
            let mut held = self.lock();
            held.version = None;
            mem::take(&mut held.values)
        };
        drop(values);
    }

    fn held(&self, key: &K) -> Option<(V, Version)> {
        let held = self.lock();
        Some((held.values.get(key)?.clone(), held.version.clone()?))
    }

    fn hold(&self, key: K, value: V, version: Version) {
        let mut held = self.lock();
        if held.version.as_ref() != Some(&version) || held.values.len() >= MOST {
            held.values.clear();
            held.version = Some(version);
        }
        held.values.insert(key, value);
    }

    fn lock(&self) -> MutexGuard<'_, Held<K, V>> {
        // Nothing in it is ever half done.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
