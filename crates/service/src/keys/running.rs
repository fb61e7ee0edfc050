//! Requests with an `Idempotency-Key` that this process has under way.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Once;
use crate::{Service, authority::KeyManager};

/// Who asks, and what they call their request.
type Request = (String, String);

/// The requests under way.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<Mutex<HashSet<Request>>>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, HashSet<Request>> {
        // Nothing in it is ever half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way, until it is dropped.
pub struct UnderWay(Option<(Running, Request)>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some((running, request)) = self.0.take() {
            running.lock().remove(&request);
        }
    }
}

impl Service {
    /// Begins a request; `None` while another with the same `Idempotency-Key` of the same client is under way.
    pub fn begin(&self, manager: &impl KeyManager, once: Option<&Once>) -> Option<UnderWay> {
        let Some(Once::Header { key, .. }) = once else { return Some(UnderWay(None)) };
        let request = (manager.actor().id, key.clone());
        let is_new = self.running.lock().insert(request.clone());
        is_new.then(|| UnderWay(Some((self.running.clone(), request))))
    }
}
