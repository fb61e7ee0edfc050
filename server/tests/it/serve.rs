//! `keyline serve` from its start to its end.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use rustix::process::Signal;

use crate::program::Program;

fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).unwrap()
}

fn send(stream: &mut TcpStream, request: &str) {
    stream.write_all(request.as_bytes()).unwrap();
}

fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = connect(address);
    send(&mut stream, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
    rest(stream)
}

#[test]
fn a_first_start_offers_set_up_and_ends_on_a_signal() {
    let program = Program::new();
    let serving = program.serve(&[]);
    assert!(get(serving.operations, "/livez").ends_with("ok"));
    assert!(get(serving.operations, "/readyz").starts_with("HTTP/1.1 200 "));
    assert!(get(serving.public, "/.well-known/jwks.json").starts_with("HTTP/1.1 200 "));
    assert!(get(serving.public, "/sign-in").starts_with("HTTP/1.1 308 "), "another host than the public one");
    let metrics = get(serving.operations, "/metrics");
    assert!(
        metrics.contains(r#"keyline_http_requests_total{method="GET",route="/.well-known/jwks.json",status="200"} 1"#),
        "{metrics}"
    );
    let port = serving.public.port();
    serving.signal(Signal::INT);
    let run = serving.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains(&format!("http://localhost:{port}/setup/")), "{}", run.stdout);
}

#[test]
fn a_set_up_link_is_offered_only_while_there_is_no_organization() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme");
    let serving = program.serve(&[]);
    serving.signal(Signal::INT);
    assert_eq!(serving.end().stdout, "");
}

#[test]
fn a_set_up_link_is_over_once_there_is_an_organization() {
    let program = Program::new();
    let serving = program.serve(&["--public-url", "http://localhost:1"]);
    program.json("org create --slug acme --name Acme --json");
    serving.signal(Signal::INT);
    let link = serving.end().stdout;
    let token = link.rsplit_once("/setup/").map(|(_, token)| token.trim()).expect("a link").to_owned();
    let serving = program.serve(&[]);
    let port = serving.public.port();
    let mut stream = connect(serving.public);
    send(&mut stream, &format!("GET /setup/{token} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"));
    assert!(rest(stream).starts_with("HTTP/1.1 404 "));
}

#[test]
fn only_a_server_decides_what_signs() {
    let program = Program::new();
    let ring = || {
        let keys = program.json("signing-key list --json");
        let algorithm = |key: &serde_json::Value| key["algorithm"].as_str().map(str::to_owned);
        keys["data"].as_array().expect("a list").iter().filter_map(algorithm).collect::<Vec<_>>()
    };
    let serve = |algorithm: &str| {
        let serving = program.serve(&["--signing-algorithm", algorithm]);
        serving.signal(Signal::INT);
        serving.end();
        ring()
    };
    program.json("org create --slug acme --name Acme --json");
    assert!(ring().is_empty(), "a command makes none");
    assert_eq!(serve("EdDSA"), ["EdDSA"]);
    assert_eq!(serve("EdDSA"), ["EdDSA"]);
    assert_eq!(serve("RS256"), ["EdDSA", "RS256"]);
    assert_eq!(serve("EdDSA"), ["EdDSA", "RS256", "EdDSA"], "back to what there was");
    program.json("signing-key rotate --json");
    assert_eq!(ring(), ["EdDSA", "RS256", "EdDSA", "EdDSA"], "whatever the command's own setting");
}

#[test]
fn the_access_log_has_no_path_and_no_query() {
    let program = Program::new();
    let serving = program.serve(&[]);
    get(serving.public, "/setup/one-time-token?query=private");
    get(serving.public, "/nothing/here-either");
    serving.signal(Signal::INT);
    let log = serving.end().stderr;
    assert!(log.contains(r#""route":"/setup/{token}""#) && log.contains(r#""route":"-""#), "{log}");
    for private in ["one-time-token", "private", "here-either"] {
        assert!(!log.contains(private), "{log}");
    }
}

#[test]
fn while_draining_it_is_not_ready_and_answers() {
    let program = Program::new();
    let mut serving = program.serve(&["--drain-window-s", "20"]);
    let mut kept = connect(serving.public);
    serving.signal(Signal::HUP);
    serving.signal(Signal::TERM);
    serving.wait_for("shutting down");
    assert!(get(serving.operations, "/readyz").starts_with("HTTP/1.1 503 "));
    assert!(get(serving.public, "/.well-known/jwks.json").starts_with("HTTP/1.1 200 "));
    send(&mut kept, "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let answer = rest(kept);
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"), "{answer}");
    serving.signal(Signal::TERM);
    assert_eq!(serving.end().code, Some(1), "a second signal ends it at once");
}

#[test]
fn a_taken_address_is_named() {
    let program = Program::new();
    let serving = program.serve(&[]);
    let other = Program::new().run(&["serve", "--listen", &serving.public.to_string()]);
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("setting listen"), "{}", other.stderr);
}

/// Asks for an access token with the body as it stands, which may be anything.
fn ask_for_token(address: SocketAddr, headers: &str, body: &str) -> String {
    let mut stream = connect(address);
    let head = "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n";
    send(&mut stream, &format!("{head}{headers}\r\n\r\n{body}"));
    rest(stream)
}

#[test]
fn every_client_authentication_costs_one_hash() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme --api-keys on");
    let key = program.json("key create --org acme --environment production --name Bot --json");
    let (id, secret) = (key["client_id"].as_str().unwrap(), key["client_secret"].as_str().unwrap());
    let other = program.json("key create --org acme --environment production --name Other --json");
    let wrong = other["client_secret"].as_str().unwrap();
    let mistyped = format!("{}x", &secret[..secret.len() - 1]);
    let serving = program.serve(&[]);
    let hashes = || {
        let metrics = get(serving.operations, "/metrics");
        let line = metrics.lines().find(|line| line.starts_with("client_auth_hash_total "));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<u32>().unwrap())
    };
    for (what, id, secret, status) in [
        ("right", id, secret, 200),
        ("wrong", id, wrong, 401),
        ("mistyped", id, &mistyped, 401),
        ("unknown", "kl_ci_00000000000000000000000000", secret, 401),
    ] {
        let before = hashes();
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let answer = ask_for_token(serving.public, &format!("Content-Length: {}", body.len()), &body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {answer}");
        assert_eq!(hashes(), before + 1, "{what}");
    }
}

#[test]
fn a_body_that_breaks_off_is_a_bad_request() {
    let program = Program::new();
    let serving = program.serve(&[]);
    let answer = ask_for_token(serving.public, "Transfer-Encoding: chunked", "zz\r\n");
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains(r#""error":"invalid_request""#), "{answer}");
}
