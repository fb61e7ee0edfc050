//! `keyline serve --demo`: what it prints can be used as it stands, and nobody else can reach it.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustix::process::Signal;
use serde_json::Value;

use crate::program::{Program, Serving};

/// The status line of the answer to a posted form.
fn post(address: SocketAddr, path: &str, headers: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let (host, length) = (format!("localhost:{}", address.port()), form.len());
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n{form}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

/// What a demo prints: its administrator's and its member's password, and a command.
fn start(program: &Program) -> (Serving, Value) {
    let mut serving = program.serve(&["--demo", "--json"]);
    let printed = serving.printed();
    (serving, printed)
}

#[test]
fn what_it_prints_works() {
    let program = Program::new();
    let (serving, printed) = start(&program);
    assert_eq!(printed["console"], format!("http://localhost:{}", serving.public.port()));
    let people = printed["people"].as_array().unwrap();
    let roles: Vec<_> = people.iter().map(|person| person["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["admin", "member"]);
    for person in people {
        let (email, password) = (person["email"].as_str().unwrap(), person["password"].as_str().unwrap());
        let form = format!("email={}&password={password}", email.replace('@', "%40"));
        assert_eq!(post(serving.public, "/sign-in", "", &form), "HTTP/1.1 303 See Other", "{email}");
    }
    let curl: Vec<_> = printed["curl"].as_str().unwrap().split(' ').collect();
    let [_, "-u", credentials, "-d", form, address] = curl[..] else { panic!("{curl:?}") };
    let path = address.strip_prefix(printed["console"].as_str().unwrap()).unwrap();
    let basic = format!("Authorization: Basic {}\r\n", STANDARD.encode(credentials));
    assert_eq!(post(serving.public, path, &basic, form), "HTTP/1.1 200 OK");

    let second = program.run(&["serve", "--demo", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0"]);
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    assert!(second.stderr.contains("is being served already"), "{}", second.stderr);
    assert_eq!(post(serving.public, path, &basic, form), "HTTP/1.1 200 OK", "the first one has lost nothing");

    let before = printed["people"][0]["password"].clone();
    serving.signal(Signal::INT);
    assert_eq!(serving.end().code, Some(0));
    let (serving, printed) = start(&program);
    assert_ne!(printed["people"][0]["password"], before, "it is made anew at each start");
    drop(serving);
}

#[test]
fn it_leaves_alone_what_is_there() {
    let program = Program::new();
    program.json("org create --slug mine --name Mine");
    drop(start(&program));
    let organizations = program.json("org list --json");
    let slugs: Vec<_> = organizations["data"].as_array().unwrap().iter().map(|org| org["slug"].clone()).collect();
    assert_eq!(slugs, ["mine"]);
}

#[test]
fn it_is_for_this_machine_alone() {
    for (flags, says) in [
        (["--database-url", "postgres://localhost/keyline"], "database_url"),
        (["--listen", "0.0.0.0:0"], "127.0.0.1"),
        (["--ops-listen", "[::]:0"], "127.0.0.1"),
    ] {
        let run = Program::new().run(&[&["serve", "--demo"], flags.as_slice()].concat());
        assert_eq!(run.code, Some(78), "{flags:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{flags:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{flags:?}");
    }
}
