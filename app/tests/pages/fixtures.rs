//! Every page, filled with what is long, hostile or wrong: what they share, and a file for the pages of each kind.

use app::{
    components::{
        activity::ActivityRow, first_token::TokenGuide, key_verbs::Viewer, moment::Clock, question::IssuedTokensField,
        session_dialog::SessionLeft,
    },
    frame::{FrameView, Place},
    pages::{Page, api_keys::KeyRow},
    routes::{KeyPages, Whose},
    shell::Theme,
};
use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    field::FieldError,
    id::{EventId, KeyId, OrganizationId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner as KeyOwner, SecretVersion, StatusReason},
    name::{Description, Name},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

use service::store::LiveTokens;

mod activity;
mod api_keys;
mod credentials;
mod key;
mod questions;
mod several;
mod threshold;

pub use questions::questions;
pub use several::several;

const NOW: &str = "2026-11-21T13:05:00Z";
pub const HOSTILE: &str = "</title></textarea><script>alert(1)</script>\"'&";
pub const SECRET: &str = "kl_production_3vQmZ8rT1yWb6NcXkP0aLhS9dGfJ2eUoI5qRtV7xYzE_0aB3xZ";

/// Access tokens of a key.
pub fn live() -> LiveTokens {
    LiveTokens { count: 12, last_ends_at: Some(now().plus_seconds(1_800)) }
}

pub fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).expect("valid")
}

pub fn clock() -> Clock {
    Clock::new(now(), jiff::tz::TimeZone::get("Europe/Warsaw").expect("bundled"))
}

pub fn place(slug: &str, name: &str) -> Place {
    Place { slug: slug.to_owned(), name: name.to_owned() }
}

pub fn frame(env: (&str, &str)) -> FrameView {
    FrameView {
        product: "Keyline".to_owned(),
        org: place("acme", "Acme Corp"),
        env: place(env.0, env.1),
        keys: KeyPages::new(Whose::Organization, "acme", env.0),
        is_admin: true,
        may_own_keys: true,
        environments: vec![
            place("production", "Production"),
            place("staging", "Staging"),
            place("development", "Development"),
        ],
        organizations: vec![place("acme", "Acme Corp"), place("globex", "Globex")],
        user_name: "Ana Reyes".to_owned(),
        user_email: "ana@example.test".to_owned(),
        theme: Theme::Dark,
        form: "mac".to_owned(),
        flash: None,
        session: Some(SessionLeft { idle_s: 1_800, limit_s: 43_200 }),
        unasked_zone: Some("Europe/Warsaw".to_owned()),
    }
}

const DAY: i64 = 86_400;

fn key(n: u32, name: &str) -> ApiKey {
    ApiKey {
        id: KeyId::new(now(), u128::from(n)),
        client_id: ClientId::parse(&format!("kl_ci_{}{n}", "7f3k9x2m4q8w1z6v5t0r3n8bc".get(..25).expect("long")))
            .expect("client id"),
        environment: EnvironmentSlug::parse("production").expect("slug"),
        name: Name::parse(name).expect("name"),
        description: Description::default(),
        kind: Kind::Client,
        owner: KeyOwner::Organization,
        owner_name: None,
        scopes: Scopes::default(),
        access_token_format: AccessTokenFormat::Jwt,
        expires_at: Some(now().plus_seconds(89 * DAY)),
        suspend_on_sign_out: false,
        suspended: None,
        suspended_by: None,
        owner_deactivated: false,
        revoked_at: None,
        acknowledged_at: Some(now().plus_seconds(-DAY)),
        created_at: now().plus_seconds(-DAY),
        created_by: "Ana Reyes".to_owned(),
        updated_at: now(),
        last_used_at: Some(now().plus_seconds(-240)),
        last_used_ip: Some("203.0.113.7".to_owned()),
        last_used_agent: format!("curl/7.88.1 {HOSTILE}"),
        revision: 1,
        personal: false,
        secrets: Vec::new(),
    }
}

fn keys() -> Vec<ApiKey> {
    let description = |text: &str| Description::parse(text).expect("description");
    vec![
        ApiKey { description: description("Payments team, runs in the billing cluster"), ..key(1, "Billing sync") },
        ApiKey {
            expires_at: Some(now().plus_seconds(6 * DAY)),
            created_at: now().plus_seconds(-84 * DAY),
            last_used_at: Some(now().plus_seconds(-2 * DAY)),
            ..key(2, "Nightly export")
        },
        ApiKey { expires_at: Some(now().plus_seconds(31 * 3600)), kind: Kind::Token, ..key(3, "Warehouse loader") },
        ApiKey {
            suspended: Some((now(), StatusReason::SuspendedByAdmin)),
            last_used_at: None,
            last_used_ip: None,
            last_used_agent: String::new(),
            ..key(4, "Old CI")
        },
        ApiKey { acknowledged_at: None, last_used_at: None, last_used_ip: None, ..key(5, "Search indexer") },
        ApiKey {
            expires_at: Some(now().plus_seconds(-3 * DAY)),
            created_at: now().plus_seconds(-93 * DAY),
            ..key(6, "Trial import")
        },
        ApiKey {
            expires_at: None,
            description: description(
                "Ein Schlüssel mit einer sehr langen Beschreibung, die in einer Zeile nicht ganz Platz findet und abgeschnitten wird",
            ),
            ..key(7, "Reporting dashboard for the finance department")
        },
    ]
}

fn rotating() -> ApiKey {
    let secret = |version, ends_at| SecretVersion {
        version,
        created_at: now().plus_seconds(-DAY),
        last_used_at: Some(now().plus_seconds(-120)),
        ends_at,
    };
    ApiKey { secrets: vec![secret(2, None), secret(1, Some(now().plus_seconds(23 * 3600)))], ..key(8, "Rotating") }
}

fn suspended() -> Entry {
    Entry {
        id: EventId::new(now(), 1),
        organization: OrganizationId::new(now(), 1),
        at: now(),
        event: Event::KeySuspended,
        actor: Actor { kind: ActorKind::User, id: "usr_1".to_owned(), name: HOSTILE.to_owned() },
        target: Target { id: "kl_ci_1".to_owned(), name: HOSTILE.to_owned() },
        environment: EnvironmentSlug::parse("production").ok(),
        address: "203.0.113.7".to_owned(),
        request_id: "01JD".to_owned(),
        details: serde_json::json!({ "reason": HOSTILE, "issued_tokens": "run_out" }).to_string(),
    }
}

pub fn guide(format: AccessTokenFormat) -> TokenGuide {
    TokenGuide {
        public_url: "https://keys.example.com".to_owned(),
        audience: HOSTILE.to_owned(),
        algorithm: "ES256".to_owned(),
        format,
    }
}

fn errors() -> Vec<FieldError> {
    vec![
        FieldError::new(
            "name",
            "name_taken",
            "Production already has a key called “Billing sync”. Choose another name.",
        ),
        FieldError::new("expires_on", "in_the_past", "Choose a date after today."),
    ]
}

pub fn pages() -> Vec<(&'static str, Page)> {
    [api_keys::pages(), key::pages(), activity::pages(), credentials::pages(), threshold::pages()].concat()
}

fn hostile() -> KeyRow {
    KeyRow {
        name: HOSTILE.to_owned(),
        description: HOSTILE.to_owned(),
        created_by: HOSTILE.to_owned(),
        ..KeyRow::new(&keys()[0], Viewer::ADMINISTRATOR, &clock())
    }
}
