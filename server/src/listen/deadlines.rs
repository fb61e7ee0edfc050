use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::StatusCode,
};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, timeout_at};

/// How long one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// Until it is its turn, where many are answered at once.
    pub turn: Duration,
    /// Until its body has arrived.
    pub body: Duration,
    /// Until its answer starts. No shorter than that.
    pub answer: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { turn: Duration::from_secs(5), body: Duration::from_secs(20), answer: Duration::from_secs(25) }
    }
}

impl Deadlines {
    /// What a handler answers. One timer serves both deadlines.
    ///
    /// # Errors
    /// 408 where the body of a request stalls, 503 where its handler does.
    pub(crate) async fn within<A>(self, arrival: Arrival, answering: impl Future<Output = A>) -> Result<A, StatusCode> {
        let begun = Instant::now();
        let mut answering = pin!(answering);
        for deadline in [self.body.min(self.answer), self.answer] {
            if let Ok(answer) = timeout_at(begun + deadline, answering.as_mut()).await {
                return Ok(answer);
            }
            if arrival.is_awaited() {
                return Err(StatusCode::REQUEST_TIMEOUT);
            }
        }
        tracing::error!("the handler did not answer in time");
        Err(StatusCode::SERVICE_UNAVAILABLE)
    }
}

/// Whether the handler of a request waits for the rest of its body. A request without one has none to wait for.
pub(crate) struct Arrival(Option<Arc<AtomicBool>>);

impl Arrival {
    /// Watches the body of a request arrive.
    pub(crate) fn watch(request: Request) -> (Request, Self) {
        if request.body().is_end_stream() {
            return (request, Self(None));
        }
        let awaited = Arc::<AtomicBool>::default();
        let arrival = Self(Some(Arc::clone(&awaited)));
        (request.map(|body| Body::new(Arriving { body, awaited })), arrival)
    }

    fn is_awaited(&self) -> bool {
        self.0.as_ref().is_some_and(|awaited| awaited.load(Ordering::Relaxed))
    }
}

struct Arriving {
    body: Body,
    awaited: Arc<AtomicBool>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.awaited.store(polled.is_pending(), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
