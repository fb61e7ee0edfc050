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
