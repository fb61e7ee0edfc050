//! How many pages and lists are put together at once. They read much; who wants a token does not wait behind them, and who
//! comes when there are too many hears so soon.

use std::{sync::Arc, thread, time::Duration};

use axum::{
    extract::Request,
    http::{Method, StatusCode},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Answers of one class that are put together at once, for each processor: enough that some may wait for the database.
const AT_ONCE: usize = 4;

/// What people read, and what programs do: neither keeps the other waiting.
#[derive(Clone)]
pub(crate) struct Admission {
    pages: Arc<Semaphore>,
    lists: Arc<Semaphore>,
}

impl Default for Admission {
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let [pages, lists] = [(); 2].map(|()| Arc::new(Semaphore::new(processors * AT_ONCE)));
        Self { pages, lists }
    }
}

impl Admission {
    /// The turn that a request has to wait for. Changes take turns in the database, and send a body that may be long in
    /// coming.
    pub(crate) fn turn(&self, request: &Request) -> Turn {
        let path = request.uri().path();
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let gate = match path {
            _ if !reads => None,
            _ if path.starts_with("/t/") => Some(&self.pages),
            _ if path.starts_with("/api/v1/") || path == "/auth/credentials" => Some(&self.lists),
            _ => None,
        };
        Turn(gate.cloned())
    }
}

/// A place in the queue of a class, or none.
pub(crate) struct Turn(Option<Arc<Semaphore>>);

impl Turn {
    /// Waits for it, in the order of asking; the turn lasts until what is returned is dropped.
    ///
    /// # Errors
    /// 503 when it does not come within `patience`.
    pub(crate) async fn come(self, patience: Duration) -> Result<Option<OwnedSemaphorePermit>, StatusCode> {
        let Some(gate) = self.0 else { return Ok(None) };
        match timeout(patience, gate.acquire_owned()).await {
            Ok(permit) => Ok(permit.ok()),
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}
