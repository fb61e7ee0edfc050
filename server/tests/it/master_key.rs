//! Another master key in the place of the present one, cut off at any moment.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use rstest::rstest;
use serde_json::Value;
use store::testing::{Database, Engine};

use crate::{
    harness::basic,
    program::{Program, Run, Serving},
};

/// A deployment on a database of its own.
pub struct Place {
    pub program: Program,
    pub database: Database,
}

/// A key with its secret.
pub struct Secret {
    pub client_id: String,
    pub secret: String,
}

impl Place {
    /// A database in which nothing is, and no master key.
    pub async fn empty(engine: Engine) -> Self {
        let database = Database::start_without_schema(engine).await;
        let program = Program::new();
        if engine == Engine::Sqlite {
            let url = format!("sqlite:{}", program.path("data/keyline.db").display());
            fs::write(program.path("keyline.toml"), format!("database_url = \"{url}\"\n")).unwrap();
        } else {
            fs::write(program.path("keyline.toml"), format!("database_url = \"{}\"\n", database.url())).unwrap();
        }
        Self { program, database }
    }

    /// With the organization `acme`.
    pub async fn start(engine: Engine) -> Self {
        let place = Self::empty(engine).await;
        place.ok(&["master-key", "new"]);
        place.ok(&["org", "create", "--slug=acme", "--name=Acme", "--plan=enterprise", "--api-keys=on"]);
        place
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.program.run(arguments)
    }

    /// Runs what must succeed.
    pub fn ok(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        run
    }

    pub fn key(&self, name: &str) -> Secret {
        let scope = "--scope=tokens:introspect";
        let named = format!("--name={name}");
        let made = self.ok(&["key", "create", "--org=acme", "--environment=production", &named, scope, "--json"]);
        let made: Value = serde_json::from_str(&made.stdout).unwrap();
        let text = |member: &str| made[member].as_str().unwrap().to_owned();
        Secret { client_id: text("client_id"), secret: text("client_secret") }
    }

    pub fn serving<T>(&self, work: impl FnOnce(&Serving) -> T) -> T {
        work(&self.program.serve(&["--public-url=http://localhost:3000"]))
    }

    /// What an administrator does in the console.
    pub async fn reapprove(&self, key: &Secret) {
        let url = match self.database.engine() {
            Engine::Sqlite => format!("sqlite:{}", self.program.path("data/keyline.db").display()),
            Engine::Postgres => self.database.url().to_owned(),
        };
        let store = store::connect(&url, &store::Options::default()).await.unwrap();
        let organization = store.organizations().await.unwrap().remove(0);
        let client_id = domain::secret::ClientId::parse(&key.client_id).unwrap();
        let change = store::KeyChange::Reapprove;
        let now = domain::time::Timestamp::from_millis(1_795_700_000_000);
        let entry = domain::activity::Entry {
            id: domain::id::EventId::new(now, 1),
            organization: organization.id.clone(),
            at: now,
            event: domain::activity::Event::KeyReapproved,
            actor: domain::activity::Actor::operator(),
            target: domain::activity::Target::default(),
            environment: None,
            address: String::new(),
            request_id: String::new(),
            details: "{}".to_owned(),
        };
        store.change_key(&organization.id, &client_id, change, None, now, entry).await.unwrap();
        store.close().await;
    }
}

impl Serving {
    /// An access token for a key, unless it is refused.
    pub fn token(&self, key: &Secret) -> Option<String> {
        let answer = self.post("/oauth/token", key, "grant_type=client_credentials");
        answer["access_token"].as_str().map(str::to_owned)
    }

    /// What introspection says of a token.
    pub fn is_active(&self, key: &Secret, token: &str) -> bool {
        self.post("/oauth/introspect", key, &format!("token={token}"))["active"].as_bool().unwrap()
    }

    fn post(&self, path: &str, key: &Secret, body: &str) -> Value {
        let mut stream = TcpStream::connect(self.public).unwrap();
        let authorization = basic(&key.client_id, &key.secret);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: {authorization}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn keys_and_tokens_outlive_their_master_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let place = Place::start(engine).await;
    let old = place.key("Old");
    let token = place.serving(|serving| serving.token(&old)).expect("it works");
    let file = place.program.path("data/master.key");
    let former = fs::read(&file).unwrap();
    let rotated: Value = serde_json::from_str(&place.ok(&["master-key", "rotate", "--json"]).stdout).unwrap();
    assert_ne!(fs::read(&file).unwrap(), former);
    let kept = place.program.path("").join(rotated["former_master_key_file"].as_str().unwrap());
    assert_eq!(fs::read(kept).unwrap(), former);

    let new = place.key("New");
    place.serving(|serving| {
        assert!(serving.token(&old).is_some() && serving.token(&new).is_some());
        assert!(serving.is_active(&new, &token), "its signing key is the same");
    });
    place.ok(&["master-key", "rotate"]);
    assert!(place.serving(|serving| serving.token(&old)).is_some(), "a second time");
    fs::write(&file, former).unwrap();
    let refused = place.run(&["org", "list"]);
    assert_eq!(refused.code, Some(78), "{}", refused.stderr);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_killed_leaves_a_deployment_that_starts(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let place = Place::start(engine).await;
    let key = place.key("Key");
    let beside = place.program.path("data/master.key.new");
    for round in 0..6_u64 {
        let mut child = place.program.spawn(&["master-key", "rotate"]);
        // From the moment the new file is there, a little later in every round.
        while !beside.exists() && child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        let begun = std::time::Instant::now();
        while begun.elapsed().as_millis() < u128::from(round * 4) {
            thread::yield_now();
        }
        child.kill().ok();
        child.wait().unwrap();
        place.ok(&["org", "list"]);
    }
    place.ok(&["master-key", "rotate"]);
    assert!(!beside.exists());
    assert!(place.serving(|serving| serving.token(&key)).is_some());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_killed_before_the_file_has_its_name_is_ended_at_the_next_start(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let place = Place::start(engine).await;
    let key = place.key("Key");
    let file = place.program.path("data/master.key");
    let former = fs::read(&file).unwrap();
    place.ok(&["master-key", "rotate"]);
    // As it is once the database is bound to the new one.
    let new = fs::read(&file).unwrap();
    fs::write(place.program.path("data/master.key.new"), &new).unwrap();
    fs::write(&file, &former).unwrap();
    assert!(place.serving(|serving| serving.token(&key)).is_some());
    assert_eq!(fs::read(&file).unwrap(), new);
}

#[rstest]
#[tokio::test]
async fn a_server_that_runs_meanwhile_goes_on(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    use service::{clock::Draws, master_key::MasterKey, master_key_rotation::replace_master_key};

    let app = crate::harness::App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "Key", "").await;
    let exchange = async || {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            key.key.client_id,
            key.secret.expose()
        );
        app.send(crate::harness::form(body, |request| request)).await.status
    };
    let draws = Draws(std::sync::Arc::new(service::clock::SystemRandom));
    let (present, successor) = ("A".repeat(43), "E".repeat(43));
    let parsed = |text: &str| MasterKey::parse(text).unwrap();
    assert_eq!(app.service.succeeding_master_key().await.unwrap(), None);
    replace_master_key(&*app.database.store(), parsed(&present), parsed(&successor), app.now(), &draws).await.unwrap();
    assert_eq!(exchange().await, 200, "secrets are hashed under the same key");
    assert_eq!(app.service.succeeding_master_key().await.unwrap(), Some(parsed(&successor).fingerprint()));
    assert!(app.service.adopt_master_key(parsed(&present)).await.is_err());
    app.service.forsake_signing_keys();
    assert_eq!(exchange().await, 503, "it might sign with a key that is gone");
    app.service.adopt_master_key(parsed(&successor)).await.unwrap();
    app.service.reload_signing_keys().await.unwrap();
    assert_eq!(exchange().await, 200);
    let log = app.admin_of(&acme).await.get("/t/acme/settings/activity?event=master_key.rotated").await.body;
    assert_eq!(log.matches("data-testid=\"activity-row\"").count(), 1, "{log}");
}

/// What is on its way while the keys change is answered, and so is what comes after.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_server_follows_both_kinds_of_keys(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let place = Place::start(engine).await;
    let key = place.key("Key");
    place.serving(|serving| {
        let (done, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|scope| {
            let ask = || {
                while !done.load(Ordering::Relaxed) {
                    let token = serving.token(&key).expect("no request is refused");
                    // An emergency may have ended it meanwhile.
                    serving.is_active(&key, &token);
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            };
            scope.spawn(|| serving.ignore_log());
            let busy = [(); 3].map(|()| scope.spawn(ask));
            for command in [&["master-key", "rotate"][..], &["signing-key", "rotate"], &["master-key", "rotate"]] {
                let before = answered.load(Ordering::Relaxed);
                place.ok(command);
                while answered.load(Ordering::Relaxed) < before + 20 {
                    assert!(busy.iter().any(|thread| !thread.is_finished()), "nobody is answered");
                    thread::yield_now();
                }
            }
            place.ok(&["signing-key", "rotate", "--emergency"]);
            let token = serving.token(&key).expect("it signs");
            assert!(serving.is_active(&key, &token));
            done.store(true, Ordering::Relaxed);
            busy.into_iter().for_each(|thread| thread.join().unwrap());
            serving.signal(rustix::process::Signal::KILL);
        });
    });
}
