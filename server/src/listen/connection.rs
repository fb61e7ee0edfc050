use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, Response, StatusCode, Version, header},
    response::IntoResponse,
};
use http_body_util::BodyExt;
use hyper::{
    body::{Frame, Incoming, SizeHint},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep_until, timeout},
};
use tower::ServiceExt;

use super::{Lifecycle, Limits, Peer};

/// How long a connection may take to deliver a request that was on its way when the door closed (its answer says
/// `Connection: close`), or to say goodbye when it has stalled.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// Answers the requests of one connection until either side has had enough.
pub(super) async fn serve(stream: TcpStream, peer: Peer, router: Router, limits: Limits, lifecycle: Lifecycle) {
    let connection = Arc::new(Connection { peer, router, lifecycle, activity: Activity::begin() });
    let service = service_fn(|request| Arc::clone(&connection).answer(request));
    let builder = builder();
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = connection.activity.stalled(&limits) => {
            serving.as_mut().graceful_shutdown();
            timeout(LAST_WORDS, serving).await.unwrap_or(Ok(()))
        }
        () = connection.lifecycle.closed() => match timeout(LAST_WORDS, serving.as_mut()).await {
            Ok(result) => result,
            Err(_) => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        },
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

/// HTTP/1.1 and HTTP/2, told apart by their first bytes.
fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        // A head that does not end is not activity, see there.
        .header_read_timeout(None)
        .max_headers(100)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(16 * 1024)
        .max_pending_accept_reset_streams(20)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

/// What the requests of one connection share.
struct Connection {
    peer: Peer,
    router: Router,
    lifecycle: Lifecycle,
    activity: Activity,
}

impl Connection {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let running = self.activity.work();
        let persistent_by_header = request.version() < Version::HTTP_2;
        if !is_addressed(&request) {
            let refusal = (StatusCode::BAD_REQUEST, [(header::CONNECTION, "close")], "Name one host.");
            return Ok(refusal.into_response());
        }
        let mut request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(ReadToEnd(Some(body))),
        });
        request.extensions_mut().insert(self.peer);
        let mut response = self.router.clone().oneshot(request).await?;
        drop(running);
        if persistent_by_header && self.lifecycle.is_draining() {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        // A body whose length is known is one piece.
        if response.body().size_hint().exact().is_some() {
            return Ok(response);
        }
        Ok(response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                self.activity.moved();
                frame
            }))
        }))
    }
}

/// Whether a request says once whom it is for (RFC 9112 §3.2), and is for a server, not for a proxy that would connect.
fn is_addressed(request: &Request<Incoming>) -> bool {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_named = match request.version() {
        Version::HTTP_11 => hosts == 1,
        _ => hosts <= 1,
    };
    is_named && !request.uri().path().is_empty()
}

/// The body of a request. What its handler leaves unread is read and forgotten, if it is short: a refusal that comes
/// before the body would otherwise end a connection on which the client has just sent its next request.
struct ReadToEnd(Option<Incoming>);

/// Most bytes of a body that are read for nothing: many clients send all of it before they read the refusal.
const FORGOTTEN_MAX: usize = 4 * 1024 * 1024;

/// How long they may take.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(1);

impl HttpBody for ReadToEnd {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(SizeHint::default, HttpBody::size_hint)
    }
}

impl Drop for ReadToEnd {
    fn drop(&mut self) {
        if let Some(body) = self.0.take().filter(|body| !body.is_end_stream()) {
            tokio::spawn(timeout(FORGOTTEN_WITHIN, forget(body)));
        }
    }
}

async fn forget(mut body: Incoming) {
    let mut left = FORGOTTEN_MAX;
    while let Some(Ok(frame)) = body.frame().await {
        let Some(less) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = less;
    }
}

/// Whether a connection does anything: whether a handler runs, and when it last took a request or gave a piece of an
/// answer. That a head is on its way does not count.
struct Activity {
    since: Instant,
    /// Milliseconds after `since`; 0 until the first request.
    moved_ms: AtomicU64,
    running: AtomicUsize,
}

impl Activity {
    fn begin() -> Self {
        Self { since: Instant::now(), moved_ms: AtomicU64::new(0), running: AtomicUsize::new(0) }
    }

    fn work(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        self.moved();
        Running(self)
    }

    fn moved(&self) {
        let elapsed_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_ms.store(elapsed_ms.max(1), Ordering::Relaxed);
    }

    /// Returns when no handler runs and nothing has moved for as long as the limits allow. Looks now and then, so that a
    /// request sets no timer.
    async fn stalled(&self, limits: &Limits) {
        let pause = limits.first_head.min(limits.idle);
        let mut look_at = self.since + pause;
        loop {
            sleep_until(look_at).await;
            let next = Instant::now() + pause;
            look_at = match self.end(limits) {
                Some(end) if end <= Instant::now() => return,
                Some(end) => end.min(next),
                None => next,
            };
        }
    }

    /// When it has stalled, if nothing more moves; `None` while a handler runs.
    fn end(&self, limits: &Limits) -> Option<Instant> {
        if self.running.load(Ordering::Relaxed) > 0 {
            return None;
        }
        Some(match self.moved_ms.load(Ordering::Relaxed) {
            0 => self.since + limits.first_head,
            moved_ms => self.since + Duration::from_millis(moved_ms) + limits.idle,
        })
    }
}

/// A handler at work.
struct Running<'a>(&'a Activity);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
        self.0.moved();
    }
}
