//! Connections: their limits, and shutting down without losing a request.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    http::StatusCode,
    routing::{get, post},
};
use server::{
    client_address::TrustedProxies,
    listen::{Deadlines, Ending, Lifecycle, Limits, Peer, serve},
    passage,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

const SOON: Duration = Duration::from_millis(50);
const NEVER: Duration = Duration::from_secs(3_600);

struct Server {
    address: SocketAddr,
    lifecycle: Lifecycle,
}

impl Server {
    async fn start(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let lifecycle = Lifecycle::default();
        serve(listener, router, limits, &lifecycle);
        Self { address, lifecycle }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn wind_down(&self, window: Duration) -> tokio::task::JoinHandle<Ending> {
        let lifecycle = self.lifecycle.clone();
        tokio::spawn(async move { lifecycle.wind_down(window).await })
    }
}

fn limits() -> Limits {
    Limits { connections: 8, first_head: NEVER, idle: NEVER }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// Everything until the server closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// One answer whose body ends in `end`.
async fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(end.as_bytes()) {
        assert!(stream.read_buf(&mut answer).await.unwrap() > 0, "closed after {answer:?}");
    }
    String::from_utf8(answer).unwrap()
}

/// A handler that reports its start and waits to be let go.
#[derive(Clone)]
struct Gate {
    entered: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn new() -> Self {
        Self { entered: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    async fn pass(&self) -> &'static str {
        self.entered.add_permits(1);
        self.open.acquire().await.unwrap().forget();
        "done"
    }

    fn router(&self) -> Router {
        let gate = self.clone();
        Router::new().route("/slow", get(async move || gate.pass().await)).route("/", get("here"))
    }
}

#[tokio::test]
async fn handlers_see_the_peer() {
    let router = Router::new().route("/", get(async |Extension(Peer(peer)): Extension<Peer>| peer.to_string()));
    let server = Server::start(router, limits()).await;
    let mut stream = server.connect().await;
    let me = stream.local_addr().unwrap().to_string();
    send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(rest(stream).await.ends_with(&me));
}

#[tokio::test]
async fn a_request_names_one_host_and_is_for_a_server() {
    for (request, status) in [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"),
        ("GET / HTTP/1.0\r\n\r\n", "200"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400"),
        ("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", "400"),
    ] {
        let server = Server::start(Router::new().route("/", get("here")), limits()).await;
        let mut stream = server.connect().await;
        send(&mut stream, request).await;
        let answer = rest(stream).await;
        assert_eq!(answer.split(' ').nth(1), Some(status), "{request}: {answer}");
    }
}

#[tokio::test]
async fn a_refusal_of_a_long_body_leaves_the_connection() {
    let router = Router::new().route("/", post(async || StatusCode::PAYLOAD_TOO_LARGE));
    let server = Server::start(router, limits()).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        let body = "x".repeat(1024 * 1024);
        let length = body.len();
        send(&mut stream, &format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}")).await;
        assert!(read_until(&mut stream, "\r\n\r\n").await.starts_with("HTTP/1.1 413 "));
    }
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    for beginning in ["", "P", "GET / HTTP/1.1\r\nHo", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let router = Router::new().route("/", get("here"));
        let server = Server::start(router, Limits { first_head: SOON, ..limits() }).await;
        let mut stream = server.connect().await;
        send(&mut stream, beginning).await;
        let mut answer = Vec::new();
        // A reset is as good an end as a close.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"), "{beginning:?}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let router = Router::new().route("/", get("here"));
    let server = Server::start(router, Limits { idle: SOON, ..limits() }).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("here"), "{answer}");
}

#[tokio::test]
async fn a_handler_at_work_is_not_idle() {
    let gate = Gate::new();
    let server = Server::start(gate.router(), Limits { idle: SOON, ..limits() }).await;
    let mut slow = server.connect().await;
    send(&mut slow, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    gate.entered.acquire().await.unwrap().forget();
    // An idle connection that begins later ends by the limit; the working one outlives it.
    let mut idle = server.connect().await;
    send(&mut idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    rest(idle).await;
    gate.open.add_permits(1);
    assert!(rest(slow).await.ends_with("done"));
}

fn within(router: Router, deadlines: Deadlines) -> Router {
    passage::before(router, TrustedProxies::default(), deadlines)
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_408() {
    let router = Router::new().route("/", post(async |body: String| body));
    let deadlines = Deadlines { body: SOON, answer: NEVER, turn: NEVER };
    let server = Server::start(within(router, deadlines), limits()).await;
    let mut stream = server.connect().await;
    send(&mut stream, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf").await;
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_handler_that_stalls_is_answered_503() {
    let router = Gate::new().router();
    let server = Server::start(within(router, Deadlines { body: NEVER, answer: SOON, turn: NEVER }), limits()).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let answer = rest(stream).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
}

#[tokio::test]
async fn pages_that_take_long_leave_room_for_others_and_say_so_to_the_next() {
    let gate = Gate::new();
    let slow = gate.clone();
    let router = Router::new()
        .route("/t/{page}", get(async move || slow.pass().await))
        .route("/api/v1/keys", get("listed"))
        .route("/t/{page}/form", post("posted"))
        .route("/oauth/token", post("a token"));
    let deadlines = Deadlines { body: NEVER, answer: NEVER, turn: SOON };
    let server = Server::start(within(router, deadlines), Limits { connections: 10_000, ..limits() }).await;
    let ask = async |request: &str| {
        let mut stream = server.connect().await;
        send(&mut stream, &format!("{request} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
            .await;
        stream
    };
    let at_once = 4 * std::thread::available_parallelism().unwrap().get();
    let mut pages = Vec::new();
    for _ in 0..at_once {
        pages.push(ask("GET /t/acme").await);
        gate.entered.acquire().await.unwrap().forget();
    }
    let next = rest(ask("GET /t/acme").await).await;
    assert!(next.starts_with("HTTP/1.1 503 ") && next.contains("retry-after: 5"), "{next}");
    for (request, answer) in
        [("GET /api/v1/keys", "listed"), ("POST /t/acme/form", "posted"), ("POST /oauth/token", "a token")]
    {
        assert!(rest(ask(request).await).await.ends_with(answer), "{request}");
    }
    gate.open.add_permits(at_once + 1);
    for page in pages {
        assert!(rest(page).await.starts_with("HTTP/1.1 200 "));
    }
    assert!(rest(ask("GET /t/acme").await).await.starts_with("HTTP/1.1 200 "), "there is room again");
}

#[tokio::test]
async fn who_waits_in_vain_is_told_in_the_form_they_asked_in() {
    let paths = [
        ("/oauth/token", r#""error":"temporarily_unavailable""#),
        ("/api/v1/keys", r#""code":"temporarily_unavailable""#),
        ("/_fn/create_key", r#""Unheard""#),
    ];
    let forever = || get(std::future::pending::<()>);
    let router = paths.iter().fold(Router::new(), |router, (path, _)| router.route(path, forever()));
    let server = Server::start(within(router, Deadlines { body: NEVER, answer: SOON, turn: NEVER }), limits()).await;
    for (path, says) in paths {
        let mut stream = server.connect().await;
        send(&mut stream, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await;
        let answer = rest(stream).await;
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
        assert!(answer.contains(says), "{answer}");
    }
}

#[tokio::test]
async fn connections_over_the_limit_wait_for_a_place() {
    let router = Router::new().route("/", get("here"));
    let server = Server::start(router, Limits { connections: 1, ..limits() }).await;
    let mut first = server.connect().await;
    send(&mut first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut first, "here").await;
    let mut second = server.connect().await;
    send(&mut second, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let second = tokio::spawn(rest(second));
    send(&mut first, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(rest(first).await.ends_with("here"));
    assert!(second.await.unwrap().ends_with("here"));
}

#[tokio::test]
async fn shutting_down_answers_what_was_received() {
    let gate = Gate::new();
    let server = Server::start(gate.router(), limits()).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = server.connect().await;
        send(&mut stream, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await;
        gate.entered.acquire().await.unwrap().forget();
        streams.push(stream);
    }
    let ending = server.wind_down(Duration::ZERO);
    server.lifecycle.closed().await;
    gate.open.add_permits(5);
    for stream in streams {
        let answer = rest(stream).await;
        assert!(answer.contains("connection: close") && answer.ends_with("done"), "{answer}");
    }
    assert_eq!(ending.await.unwrap(), Ending::Complete);
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn the_drain_window_goes_on_accepting_and_closes_after_each_answer() {
    let server = Server::start(Gate::new().router(), limits()).await;
    let mut kept = server.connect().await;
    send(&mut kept, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut kept, "here").await;
    let ending = server.wind_down(NEVER);
    while !server.lifecycle.is_draining() {
        tokio::task::yield_now().await;
    }
    for mut stream in [kept, server.connect().await] {
        send(&mut stream, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let answer = rest(stream).await;
        assert!(answer.contains("connection: close") && answer.ends_with("here"), "{answer}");
    }
    ending.abort();
}

#[tokio::test]
async fn shutting_down_takes_what_the_system_has_accepted() {
    let server = Server::start(Gate::new().router(), Limits { connections: 1, ..limits() }).await;
    let mut first = server.connect().await;
    send(&mut first, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut first, "here").await;
    // No place is free, so that this one waits in the system's queue.
    let mut queued = server.connect().await;
    send(&mut queued, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let ending = server.wind_down(Duration::ZERO);
    assert!(rest(queued).await.ends_with("here"));
    assert_eq!(ending.await.unwrap(), Ending::Complete);
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let server = Server::start(Gate::new().router(), limits()).await;
    let mut kept = server.connect().await;
    send(&mut kept, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    read_until(&mut kept, "here").await;
    let silent = server.connect().await;
    assert_eq!(server.wind_down(Duration::ZERO).await.unwrap(), Ending::Complete);
    assert_eq!(rest(kept).await, "");
    drop(silent);
}
