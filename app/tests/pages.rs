//! Every page, rendered from fixtures: what must hold for all of them.
#![cfg(feature = "ssr")]
#![expect(clippy::expect_used, reason = "a broken fixture is a broken test")]

use app::{
    components::{create_form::CreateForm, moment::Clock, remove_form::RemoveForm, secret_panel::CreatedKey},
    frame::{FrameView, Place},
    pages::{
        Page,
        api_keys::{ApiKeysView, KeyRow, Limit, ListQuery, Slice},
        choose_organization::ChooseOrganizationView,
        create_key::CreateKeyView,
        key::KeyView,
        key_created::{AlreadyCreatedView, KeyCreatedView},
        locked::{Gate, LockedView},
        message::{Message, MessageView},
        remove_key::RemoveKeyView,
        set_up::SetUpView,
        sign_in::{Notice, SignInView},
    },
    shell::{Assets, DocumentView, Theme},
};
use domain::{
    expiration::ExpirationPolicy,
    field::FieldError,
    id::KeyId,
    key::{AccessTokenFormat, ApiKey, Kind, Owner as KeyOwner, StatusReason},
    name::{Description, Name},
    organization::Kinds,
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

const NOW: &str = "2026-11-21T13:05:00Z";
const HOSTILE: &str = "</title></textarea><script>alert(1)</script>\"'&";
const SECRET: &str = "kl_production_3vQmZ8rT1yWb6NcXkP0aLhS9dGfJ2eUoI5qRtV7xYzE_0aB3xZ";

fn now() -> Timestamp {
    Timestamp::parse_rfc3339(NOW).expect("valid")
}

fn clock() -> Clock {
    Clock::new(now(), jiff::tz::TimeZone::get("Europe/Warsaw").expect("bundled"))
}

fn place(slug: &str, name: &str) -> Place {
    Place { slug: slug.to_owned(), name: name.to_owned() }
}

fn frame(env: (&str, &str)) -> FrameView {
    FrameView {
        product: "Keyline".to_owned(),
        org: place("acme", "Acme Corp"),
        env: place(env.0, env.1),
        environments: vec![
            place("production", "Production"),
            place("staging", "Staging"),
            place("development", "Development"),
        ],
        organizations: vec![place("acme", "Acme Corp"), place("globex", "Globex")],
        user_name: "Ana Reyes".to_owned(),
        user_email: "ana@example.test".to_owned(),
        form: "mac".to_owned(),
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
        scopes: Scopes::default(),
        access_token_format: AccessTokenFormat::Jwt,
        expires_at: Some(now().plus_seconds(89 * DAY)),
        suspended: None,
        owner_deactivated: false,
        revoked_at: None,
        acknowledged_at: Some(now().plus_seconds(-DAY)),
        created_at: now().plus_seconds(-DAY),
        created_by: "Ana Reyes".to_owned(),
        updated_at: now(),
        last_used_at: Some(now().plus_seconds(-240)),
        last_used_ip: Some("203.0.113.7".to_owned()),
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

fn list(rows: Vec<KeyRow>, query: ListQuery, limit: Limit) -> Page {
    let frame = frame(("production", "Production"));
    let total = u32::try_from(rows.len()).expect("few");
    Page::ApiKeys(Box::new(ApiKeysView {
        counts: frame.environments.iter().cloned().zip([12, 4, 31]).collect(),
        create: create_form(),
        remove_form: "mac".to_owned(),
        slice: Slice { before: 0, total: total + 400, has_previous: false, has_next: total > 0 },
        public_url: "https://keys.example.com".to_owned(),
        query,
        rows,
        limit,
        frame,
    }))
}

fn create_form() -> CreateForm {
    let policy = ExpirationPolicy { longest_days: None, allow_never: true };
    CreateForm::new(
        place("acme", "Acme Corp"),
        place("production", "Production"),
        "mac".to_owned(),
        Kinds::Both,
        policy,
        &clock(),
    )
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

fn pages() -> Vec<(&'static str, Page)> {
    let production = || frame(("production", "Production"));
    let rows: Vec<_> = keys().iter().map(|key| KeyRow::new(key, None, &clock())).collect();
    let hostile = || KeyRow {
        name: HOSTILE.to_owned(),
        description: HOSTILE.to_owned(),
        created_by: HOSTILE.to_owned(),
        ..rows[0].clone()
    };
    let limit = Limit { used: 12, max: 50 };
    let mut refused = create_form().values;
    refused.name = HOSTILE.to_owned();
    refused.description = format!("\n{HOSTILE}");
    refused.expiration = "custom".to_owned();
    let message = |message| Page::Message(MessageView { product: "Keyline".to_owned(), message, back: None });
    let remove = |confirm, errors| {
        Page::RemoveKey(Box::new(RemoveKeyView {
            frame: production(),
            form: RemoveForm {
                action: "/remove".to_owned(),
                cancel: "/list".to_owned(),
                form: "mac".to_owned(),
                name: "Billing sync".to_owned(),
                client_id: rows[0].client_id.clone(),
                env_name: "Production".to_owned(),
                evidence: rows[0].evidence.clone(),
                confirm,
                errors,
            },
        }))
    };
    let locked = |gate| {
        Page::Locked(Box::new(LockedView {
            frame: production(),
            gate,
            support_contact: Some("help@example.test".to_owned()),
        }))
    };
    vec![
        ("list", list(rows.clone(), ListQuery::default(), limit)),
        ("list-hostile", list(vec![hostile()], ListQuery::default(), limit)),
        ("list-full", list(rows.clone(), ListQuery::default(), Limit { used: 2, max: 2 })),
        ("list-first", list(Vec::new(), ListQuery::default(), Limit { used: 0, max: 50 })),
        ("list-none", list(Vec::new(), ListQuery { q: HOSTILE.to_owned(), ..ListQuery::default() }, limit)),
        ("new", Page::CreateKey(Box::new(CreateKeyView { frame: frame(("staging", "Staging")), form: create_form() }))),
        (
            "new-refused",
            Page::CreateKey(Box::new(CreateKeyView {
                frame: production(),
                form: create_form().refused(refused, errors()),
            })),
        ),
        (
            "created",
            Page::KeyCreated(Box::new(KeyCreatedView {
                frame: production(),
                key: CreatedKey {
                    name: "Billing sync".to_owned(),
                    client_id: rows[0].client_id.clone(),
                    pair: true,
                    secret: SECRET.to_owned(),
                    env_name: "Production".to_owned(),
                    expires: clock().last_minute(now().plus_seconds(90 * DAY)),
                    file_name: "acme-production-billing-sync.env".to_owned(),
                    public_url: "https://keys.example.com".to_owned(),
                },
            })),
        ),
        (
            "already-created",
            Page::AlreadyCreated(Box::new(AlreadyCreatedView {
                frame: production(),
                name: "Billing sync".to_owned(),
                client_id: rows[0].client_id.clone(),
            })),
        ),
        ("key", Page::Key(Box::new(KeyView { frame: production(), key: rows[0].clone() }))),
        ("key-hostile", Page::Key(Box::new(KeyView { frame: production(), key: hostile() }))),
        ("remove", remove(false, Vec::new())),
        (
            "remove-refused",
            remove(true, vec![FieldError::new("confirm_name", "mismatch", "That doesn't match “Billing sync”.")]),
        ),
        ("locked-role", locked(Gate::Role { administrators: vec!["Ana Reyes".to_owned(), "Tom Okafor".to_owned()] })),
        ("locked-off", locked(Gate::FeatureOff)),
        ("locked-plan", locked(Gate::Plan)),
        (
            "sign-in",
            Page::SignIn(SignInView {
                product: "Keyline".to_owned(),
                form: "mac".to_owned(),
                return_to: Some("/t/acme".to_owned()),
                email: "ana@example.test".to_owned(),
                notice: Some(Notice::Refused),
            }),
        ),
        (
            "set-up",
            Page::SetUp(SetUpView {
                product: "Keyline".to_owned(),
                token: "token".to_owned(),
                organization: "Acme Corp".to_owned(),
                slug: "Acme!".to_owned(),
                name: String::new(),
                email: String::new(),
                errors: vec![FieldError::new(
                    "slug",
                    "malformed",
                    "Use lower-case letters, digits and hyphens, at most 40 characters.",
                )],
            }),
        ),
        (
            "choose",
            Page::ChooseOrganization(ChooseOrganizationView {
                product: "Keyline".to_owned(),
                user_email: "ana@example.test".to_owned(),
                organizations: production().organizations,
                form: "mac".to_owned(),
            }),
        ),
        ("not-found", message(Message::NotFound)),
        ("failed", message(Message::Failed { reference: "01JD".to_owned() })),
    ]
}

fn render(page: &Page) -> String {
    let view = DocumentView {
        title: page.title(),
        theme: Theme::System,
        assets: Assets {
            css: "/pkg/main.css".to_owned(),
            js: "/pkg/keyline.js".to_owned(),
            wasm: "/pkg/keyline.wasm".to_owned(),
            boot: "/pkg/boot.js".to_owned(),
            favicon: "/pkg/favicon.svg".to_owned(),
        },
        nonce: "n0nce".to_owned(),
    };
    app::shell::render(view, page.clone())
}

fn each(check: impl Fn(&str, &str)) {
    for (name, page) in pages() {
        check(name, &render(&page));
    }
}

#[test]
fn nothing_typed_becomes_markup() {
    each(|name, html| {
        assert!(!html.contains("<script>alert"), "{name}");
        assert_eq!(html.matches("</title>").count(), 1, "{name}");
        assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: styles stand in the style sheet");
        assert!(!html.contains(" onclick") && !html.contains("javascript:"), "{name}");
    });
}

#[test]
fn each_page_has_one_heading_one_main_and_its_own_ids() {
    each(|name, html| {
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert_eq!(html.matches("<main").count(), 1, "{name}");
        let mut ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id stands twice");
    });
}

#[test]
fn a_secret_stands_in_the_page_body_and_never_in_an_island() {
    let created = pages().into_iter().find(|(name, _)| *name == "created").expect("fixture").1;
    let html = render(&created);
    assert!(html.contains(SECRET));
    for island in html.split("<leptos-island").skip(1) {
        let island = island.split("</leptos-island>").next().unwrap_or_default();
        assert!(!island.contains(SECRET) && !island.contains("data-props"));
    }
    assert!(!created.title().contains(SECRET));
}

#[test]
fn a_refused_form_comes_back_filled() {
    let refused = pages().into_iter().find(|(name, _)| *name == "new-refused").expect("fixture").1;
    let html = render(&refused);
    assert!(refused.title().starts_with("Error: "));
    assert!(html.contains("2 things to fix"));
    assert!(html.contains("&lt;/textarea>&lt;script>alert(1)"));
}
