//! A database with somebody in it, and short ways to make more.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{
    activity::{Actor, Entry, Event, Target},
    email::Email,
    id::{EnvironmentId, EventId, KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner},
    name::{Contact, Description, Name},
    organization::{DEFAULT_ENVIRONMENTS, Environment, Organization, OrganizationState, Plan, Policy},
    scope::Scopes,
    secret::ClientId,
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    user::Role,
};
use sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use store::{
    AddMember, ChangeOrganization, CreateOrganization, EntryFor, Hash, InsertKey, NewKey, NewOrganization, NewUser,
    OrganizationChange, SettingsEntryFor,
    testing::{Database, Engine},
};

/// A database with the organization `acme`.
pub struct Scene {
    pub database: Database,
    pub acme: OrganizationId,
}

impl Deref for Scene {
    type Target = dyn store::Store;

    fn deref(&self) -> &Self::Target {
        &*self.database
    }
}

impl Scene {
    pub async fn start(on: Engine) -> Self {
        Self::with(on, Policy::default()).await
    }

    /// `acme` has this policy.
    pub async fn with(on: Engine, policy: Policy) -> Self {
        let database = Database::start(on).await;
        let acme = create_organization(&database, "acme", policy).await;
        Self { database, acme }
    }

    /// Another organization.
    pub async fn make_organization(&self, slug: &str) -> OrganizationId {
        create_organization(&self.database, slug, Policy::default()).await
    }

    /// Another administrator of `acme`.
    pub async fn make_admin(&self, name: &str) -> UserId {
        self.join(&self.acme, name, Role::Admin).await
    }

    /// A person, known or not, in an organization.
    pub async fn join(&self, organization: &OrganizationId, name: &str, role: Role) -> UserId {
        let added = self.add_member(organization, new_user(name), role, entry(organization, Event::UserCreated));
        match added.await.expect("added") {
            AddMember::Created(id) | AddMember::Joined(id) => id,
            AddMember::AlreadyMember(_) => panic!("{name} is a member already"),
        }
    }

    /// Another member of `acme`.
    pub async fn make_member(&self, name: &str) -> UserId {
        self.join(&self.acme, name, Role::Member).await
    }

    /// A key that is made.
    pub async fn make_key(&self, new: NewKey) -> ApiKey {
        match self.insert(new).await {
            InsertKey::Inserted(key) => *key,
            other => panic!("{other:?}"),
        }
    }

    /// A key that is made or refused.
    pub async fn insert(&self, new: NewKey) -> InsertKey {
        let entry = entry(&new.organization, Event::KeyCreated);
        self.insert_key(new, None, entry).await.expect("answered")
    }

    /// Changes settings, whatever they were.
    pub async fn set(&self, organization: &OrganizationId, change: OrganizationChange) -> Organization {
        match self.change_organization(organization, change, None, now(), settings_entry(organization)).await {
            Ok(ChangeOrganization::Changed(after) | ChangeOrganization::Unchanged(after)) => *after,
            other => panic!("{other:?}"),
        }
    }

    /// Changes rows in a way no method of the store does.
    pub async fn execute(&self, sql: &str) -> Result<u64, sqlx::Error> {
        self.database.execute(sql).await
    }

    /// A store that other tasks can hold.
    pub fn store(&self) -> Arc<dyn store::Store> {
        self.database.store()
    }
}

pub fn sqlite(database: &Database) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(database.url().strip_prefix("sqlite:").expect("of SQLite"))
}

pub fn postgres(database: &Database) -> PgConnectOptions {
    database.url().parse().expect("of PostgreSQL")
}

async fn create_organization(database: &Database, slug: &str, policy: Policy) -> OrganizationId {
    let new =
        NewOrganization { organization: Organization { policy, ..organization(slug) }, environments: environments() };
    let id = new.organization.id.clone();
    let created = database.create_organization(new, entry(&id, Event::OrganizationCreated)).await;
    assert_eq!(created.expect("answered"), CreateOrganization::Created);
    id
}

pub fn organization(slug: &str) -> Organization {
    Organization {
        id: OrganizationId::new(now(), unique().into()),
        slug: OrganizationSlug::parse(slug).expect("a slug"),
        name: name(&format!("{slug} Corp")),
        time_zone: "Europe/Lisbon".to_owned(),
        support_contact: Contact::default(),
        plan: Plan::Enterprise,
        state: OrganizationState::Active,
        api_keys: true,
        policy: Policy::default(),
        created_at: now(),
        updated_at: now(),
        revision: 1,
    }
}

pub fn environments() -> Vec<Environment> {
    let environment = |(slug, display): (&str, &str)| Environment {
        id: EnvironmentId::new(now(), unique().into()),
        slug: environment(slug),
        name: name(display),
        live_keys: 0,
    };
    DEFAULT_ENVIRONMENTS.into_iter().map(environment).collect()
}

/// A person with the address `{name}@example.test`.
pub fn new_user(name: &str) -> NewUser {
    NewUser {
        id: UserId::new(now(), unique().into()),
        email: Email::parse(&format!("{name}@example.test")).expect("an address"),
        name: self::name(name),
        password_hash: Some(format!("hash of {name}")),
        at: now(),
    }
}

/// A key of the organization in production.
pub fn new_key(organization: &OrganizationId, name: &str) -> NewKey {
    let number = unique();
    NewKey {
        id: KeyId::new(now(), number.into()),
        client_id: client_id(number),
        organization: organization.clone(),
        environment: environment("production"),
        name: self::name(name),
        description: Description::parse("What it is for").expect("a description"),
        kind: Kind::Client,
        owner: Owner::Organization,
        personal: false,
        suspend_on_sign_out: false,
        scopes: Scopes::parse("keys:read keys:write").expect("scopes"),
        access_token_format: AccessTokenFormat::Jwt,
        expires_at: None,
        created_at: now(),
        created_by: "Ana Reyes".to_owned(),
        acknowledged_at: None,
        secret_hash: hash(number),
        hash_key_version: 1,
    }
}

/// The row of a change of settings, with the names before and after it.
pub fn settings_entry(organization: &OrganizationId) -> SettingsEntryFor {
    let entry = entry(organization, Event::OrganizationChanged);
    Box::new(move |before, after| Entry { details: format!("[\"{}\",\"{}\"]", before.name, after.name), ..entry })
}

/// Rows of one event for every organization of an account.
pub fn entries(event: Event) -> EntryFor {
    Box::new(move |organization| entry(organization, event))
}

pub fn entry(organization: &OrganizationId, event: Event) -> Entry {
    Entry {
        id: EventId::new(now(), unique().into()),
        organization: organization.clone(),
        at: now(),
        event,
        actor: Actor::operator(),
        target: Target { id: "target".to_owned(), name: "Target".to_owned() },
        environment: Some(environment("production")),
        address: "192.0.2.7".to_owned(),
        request_id: "request".to_owned(),
        details: "{}".to_owned(),
    }
}

pub fn client_id(number: u32) -> ClientId {
    ClientId::parse(&format!("kl_ci_{number:026}")).expect("a client id")
}

pub fn hash(number: u32) -> Hash {
    let mut hash = [7; 32];
    hash[..4].copy_from_slice(&number.to_be_bytes());
    hash
}

pub fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

pub fn environment(slug: &str) -> EnvironmentSlug {
    EnvironmentSlug::parse(slug).expect("a slug")
}

/// The time of every test.
pub fn now() -> Timestamp {
    Timestamp::from_millis(1_795_682_527_120)
}

/// A number that no other call in this process gets.
pub fn unique() -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// Every row of the organization's Activity Log, after checking the chain.
pub async fn verified_chain(store: &dyn store::Store, organization: &OrganizationId) -> Vec<Entry> {
    let rows = store.activity_after(organization, 0, 10_000).await.expect("answered");
    let mut previous = Hash::default();
    for (row, sequence) in rows.iter().zip(1..) {
        assert_eq!(row.sequence, sequence, "a gap");
        assert_eq!(row.previous_hash, previous, "row {sequence} follows another row");
        assert_eq!(
            row.hash,
            domain::activity::chain_hash(&previous, sequence, &row.entry),
            "row {sequence} was altered"
        );
        previous = row.hash;
    }
    rows.into_iter().map(|row| row.entry).collect()
}

/// What happened in an organization, oldest first, after checking the chain.
pub async fn events(store: &dyn store::Store, organization: &OrganizationId) -> Vec<Event> {
    verified_chain(store, organization).await.iter().map(|entry| entry.event).collect()
}
