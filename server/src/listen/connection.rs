use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, Response, Version, header},
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
use tokio::{net::TcpStream, sync::Notify, time::timeout};
use tower::ServiceExt;

use super::{Lifecycle, Limits, Peer};

/// How long a connection may take to deliver a request that was on its way when the door closed (its answer says
/// `Connection: close`), or to say goodbye when it has stalled.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// Answers the requests of one connection until either side has had enough.
pub(super) async fn serve(stream: TcpStream, peer: Peer, router: Router, limits: Limits, lifecycle: Lifecycle) {
    let activity = Arc::new(Activity::default());
    let service = service_fn(|request: Request<Incoming>| {
        answer(request, peer, router.clone(), Arc::clone(&activity), lifecycle.clone())
    });
    let builder = builder(&limits);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = activity.stalled(&limits) => {
            connection.as_mut().graceful_shutdown();
            timeout(LAST_WORDS, connection).await.unwrap_or(Ok(()))
        }
        () = lifecycle.closed() => match timeout(LAST_WORDS, connection.as_mut()).await {
            Ok(result) => result,
            Err(_) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        },
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

/// HTTP/1.1 and HTTP/2, told apart by their first bytes.
fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // Covers the pause between two requests as well; `Activity` is stricter with the first one.
        .header_read_timeout(limits.idle)
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

async fn answer(
    request: Request<Incoming>,
    peer: Peer,
    router: Router,
    activity: Arc<Activity>,
    lifecycle: Lifecycle,
) -> Result<Response<Body>, std::convert::Infallible> {
    let running = activity.begin();
    let persistent_by_header = request.version() < Version::HTTP_2;
    let mut request = request.map(|body| Body::new(ReadToEnd(Some(body))));
    request.extensions_mut().insert(peer);
    let mut response = router.oneshot(request).await?;
    drop(running);
    if persistent_by_header && lifecycle.is_draining() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            activity.moved();
            frame
        }))
    }))
}

/// The body of a request. What its handler leaves unread is read and forgotten, if it is short: a refusal that comes
/// before the body would otherwise end a connection on which the client has just sent its next request.
struct ReadToEnd(Option<Incoming>);

/// Most bytes of a body that are read for nothing.
const FORGOTTEN_MAX: usize = 64 * 1024;

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

/// Whether a connection does anything.
#[derive(Default)]
struct Activity {
    running: AtomicUsize,
    changed: Notify,
}

impl Activity {
    fn begin(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::Relaxed);
        self.moved();
        Running(Arc::clone(self))
    }

    fn moved(&self) {
        self.changed.notify_one();
    }

    /// Returns when no handler runs and nothing has moved for as long as the limits allow.
    async fn stalled(&self, limits: &Limits) {
        let mut limit = limits.first_head;
        loop {
            let changed = self.changed.notified();
            if self.running.load(Ordering::Relaxed) > 0 {
                changed.await;
            } else if timeout(limit, changed).await.is_err() {
                return;
            }
            limit = limits.idle;
        }
    }
}

/// A handler at work.
struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
        self.0.moved();
    }
}
