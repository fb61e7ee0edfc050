//! The real router on a real private database, with a clock and a randomness of its own.

mod browser;
mod machine;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use axum::{Router, body::Body, http::Request};
use domain::{
    id::UserId,
    key::{AccessTokenFormat, Kind, Owner},
    name::{Contact, Description, Name},
    organization::{Organization, Plan, Policy},
    scope::Scopes,
    slug::{EnvironmentSlug, KeyPrefix, OrganizationSlug},
    time::Timestamp,
    user::Role,
    zone::ZoneName,
};
use http_body_util::BodyExt;
use server::{
    client_address::TrustedProxies,
    config::PublicUrl,
    listen::Deadlines,
    passage,
    router::router,
    state::{AppState, PRODUCT, Site},
};
use service::{
    Service, Settings,
    authority::Operator,
    clock::{Clock, Random},
    keys::{Created, IssuedKey, KeyWanted},
    master_key::MasterKey,
    organizations::OrganizationWanted,
    users::UserWanted,
};
use store::{
    AddMember, IssuedTokens, Store,
    testing::{Database, Engine},
};
use tower::ServiceExt;
use zeroize::Zeroizing;

pub use browser::{Browser, client_id_in, hidden_value, secret_in};
pub use machine::{basic, form};

/// Where the tests' deployment is.
pub const ORIGIN: &str = "http://localhost:3000";
/// Everybody's password.
pub const PASSWORD: &str = "violet otter climbs quietly";
/// When every test begins.
pub const START: &str = "2026-11-21T12:00:00Z";

/// A deployment with nobody in it yet.
pub struct App {
    pub service: Service,
    pub database: Arc<Database>,
    clock: Arc<TestClock>,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("ASCII")).unwrap_or_default()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl App {
    pub async fn start(engine: Engine) -> Self {
        Self::start_at(engine, ORIGIN).await
    }

    /// The same under another public URL.
    pub async fn start_at(engine: Engine, public_url: &str) -> Self {
        Self::with(engine, public_url, settings()).await
    }

    async fn with(engine: Engine, public_url: &str, settings: Settings) -> Self {
        let database = Arc::new(Database::start(engine).await);
        let clock = Arc::new(TestClock(AtomicI64::new(at(START).as_millis())));
        let store = database.store();
        Self::over(database, store, clock, 0x9E37_79B9_7F4A_7C15, public_url, settings).await
    }

    /// The same where mail is sent.
    pub async fn mailing(engine: Engine) -> Self {
        Self::with(engine, ORIGIN, Settings { sends_mail: true, ..settings() }).await
    }

    /// The same where the Activity Log is kept for so many days.
    pub async fn forgetting(engine: Engine, days: u32) -> Self {
        Self::with(engine, ORIGIN, Settings { activity_retention_days: Some(days), ..settings() }).await
    }

    /// Another process on the same database.
    pub async fn beside(&self) -> Self {
        let store = self.database.open_again().await;
        let (database, clock) = (Arc::clone(&self.database), Arc::clone(&self.clock));
        let settings = self.service.settings().clone();
        Self::over(database, store, clock, 0x2545_F491_4F6C_DD1D, ORIGIN, settings).await
    }

    async fn over(
        database: Arc<Database>,
        store: Arc<dyn Store>,
        clock: Arc<TestClock>,
        seed: u64,
        public_url: &str,
        settings: Settings,
    ) -> Self {
        let service = Service::start(
            store,
            settings,
            MasterKey::parse(&"A".repeat(43)).expect("a key"),
            Arc::<TestClock>::clone(&clock),
            Arc::new(TestRandom(Mutex::new(seed))),
        )
        .await
        .expect("the use cases start");
        service.provide_signing_key().await.expect("a key is made");
        let site = Site {
            public_url: PublicUrl::parse(public_url).expect("a URL"),
            product: PRODUCT.to_owned(),
            support_contact: None,
            assets: server::assets::urls(),
        };
        let state = AppState { service: service.clone(), site: Arc::new(site) };
        let router = passage::before(router(state), TrustedProxies::default(), Deadlines::default());
        Self { service, database, clock, router }
    }

    /// The organization `acme`, on the largest plan with API keys on.
    pub async fn acme(&self) -> Organization {
        self.organization("acme", "Acme Corp", Policy::default()).await
    }

    pub async fn organization(&self, slug: &str, name: &str, policy: Policy) -> Organization {
        let wanted = OrganizationWanted {
            slug: OrganizationSlug::parse(slug).expect("a slug"),
            name: Name::parse(name).expect("a name"),
            plan: Plan::Enterprise,
            api_keys: true,
            time_zone: ZoneName::default(),
            support_contact: Contact::default(),
            policy,
        };
        let made = self.service.create_organization(operator(), wanted).await.expect("the database works");
        made.expect("a free slug")
    }

    pub async fn user(&self, organization: &Organization, email: &str, role: Role) -> UserId {
        let wanted = UserWanted {
            email: domain::email::Email::parse(email).expect("an address"),
            name: Name::parse(email.split('@').next().expect("a local part")).expect("a name"),
            password: Some(Zeroizing::new(PASSWORD.to_owned())),
        };
        let made = self.service.create_user(operator(), organization, wanted, role).await;
        match made.expect("the database works").expect("a good password") {
            AddMember::Created(id) | AddMember::Joined(id) | AddMember::AlreadyMember(id) => id,
        }
    }

    /// A browser in which an administrator of the organization has signed in.
    pub async fn admin_of(&self, organization: &Organization) -> Browser<'_> {
        self.person(organization, &format!("admin@{}.test", organization.slug), Role::Admin).await
    }

    pub async fn person(&self, organization: &Organization, email: &str, role: Role) -> Browser<'_> {
        self.user(organization, email, role).await;
        let mut browser = Browser::new(self);
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    pub async fn key(&self, organization: &Organization, name: &str, scopes: &str) -> IssuedKey {
        self.key_with(organization, name, scopes, Kind::Client, None).await
    }

    pub async fn key_with(
        &self,
        organization: &Organization,
        name: &str,
        scopes: &str,
        kind: Kind,
        expires_at: Option<Timestamp>,
    ) -> IssuedKey {
        self.insert(organization, KeyWanted { kind, expires_at, ..wanted(name, scopes) }).await
    }

    /// A key whose access tokens are opaque.
    pub async fn opaque_key(&self, organization: &Organization, name: &str, scopes: &str) -> IssuedKey {
        let access_token_format = AccessTokenFormat::Opaque;
        self.insert(organization, KeyWanted { access_token_format, ..wanted(name, scopes) }).await
    }

    pub async fn insert(&self, organization: &Organization, wanted: KeyWanted) -> IssuedKey {
        let environment = EnvironmentSlug::parse("production").expect("a slug");
        let made = {
            let manager = operator().in_organization(organization.clone());
            self.service.create_key(&manager, &environment, wanted, None).await
        };
        match made.expect("the database works").expect("no rule is in the way") {
            Created::Issued(issued) => *issued,
            Created::Replayed(_) => panic!("nothing was repeated"),
        }
    }

    pub async fn revoke(&self, organization: &Organization, key: &IssuedKey, issued_tokens: IssuedTokens) {
        let manager = operator().in_organization(organization.clone());
        let revoked = self.service.revoke_key(&manager, &key.key.client_id, issued_tokens, None).await;
        revoked.expect("the database works").expect("it was live");
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }
}

pub fn wanted(name: &str, scopes: &str) -> KeyWanted {
    KeyWanted {
        name: Name::parse(name).expect("a name"),
        description: Description::default(),
        kind: Kind::Client,
        owner: Owner::Organization,
        scopes: Scopes::parse(scopes).expect("scopes"),
        access_token_format: AccessTokenFormat::Jwt,
        expires_at: None,
        suspend_on_sign_out: false,
    }
}

pub fn operator() -> Operator {
    Operator::at_the_command_line()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).expect("RFC 3339")
}

fn settings() -> Settings {
    Settings {
        issuer: ORIGIN.to_owned(),
        token_audience: None,
        signing_algorithm: service::signing::Algorithm::Es256,
        key_prefix: KeyPrefix::parse("kl").expect("a prefix"),
        session_absolute_s: 12 * 3600,
        session_idle_s: 30 * 60,
        sends_mail: false,
        activity_retention_days: None,
    }
}

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes with a known course (xorshift64*).
struct TestRandom(Mutex<u64>);

impl Random for TestRandom {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().expect("no test panics here");
        for byte in buffer {
            *state ^= *state >> 12;
            *state ^= *state << 25;
            *state ^= *state >> 27;
            *byte = (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8;
        }
    }
}
