//! Every page, filled with what is long, hostile or wrong.

use app::{
    components::{
        activity::ActivityRow,
        create_form::{CreateForm, CreateValues},
        expiration::ExpirationField,
        moment::Clock,
        question::{Edit, IssuedTokensField, KeyQuestion, Question, Reapprove, Remove, Rotate, Suspend},
        secret_panel::CreatedKey,
        session_dialog::SessionLeft,
        usage::UsageView,
    },
    frame::{FrameView, Place, Section},
    pages::{
        Page,
        activity::{ActivityFilters, ActivityView, LoggedRow},
        api_keys::{ApiKeysView, KeyRow, Limit, LimitOf, ListQuery, Slice},
        choose_organization::ChooseOrganizationView,
        confirm_password::ConfirmPasswordView,
        create_key::CreateKeyView,
        credentials::{CredentialsView, NotNow, Pair},
        key::{KeyView, SecretRow},
        key_created::{AlreadyCreatedView, KeyCreatedView, Occasion, Repeated},
        key_question::KeyQuestionView,
        locked::{Gate, LockedView},
        message::{Message, MessageView},
        profile::{ProfileView, SessionRow},
        replace_credentials::ReplaceCredentialsView,
        set_up::SetUpView,
        sign_in::{Notice, SignInView},
    },
    routes::{KeyPages, Whose},
    shell::Theme,
};
use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target},
    expiration::ExpirationPolicy,
    field::FieldError,
    id::{EventId, KeyId, OrganizationId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner as KeyOwner, SecretVersion, StatusReason},
    name::{Description, Name},
    organization::Policy,
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

mod several;

pub use several::several;

const NOW: &str = "2026-11-21T13:05:00Z";
pub const HOSTILE: &str = "</title></textarea><script>alert(1)</script>\"'&";
pub const SECRET: &str = "kl_production_3vQmZ8rT1yWb6NcXkP0aLhS9dGfJ2eUoI5qRtV7xYzE_0aB3xZ";

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

fn log(filters: ActivityFilters, entries: Vec<Entry>) -> Page {
    let rows = entries.iter().map(|entry| LoggedRow { sequence: 7, row: ActivityRow::new(entry, &clock()) });
    Page::Activity(Box::new(ActivityView {
        frame: frame(("production", "Production")),
        errors: vec![FieldError::new("key", "malformed", "This is not a client ID.")],
        people: vec![("usr_1".to_owned(), HOSTILE.to_owned())],
        has_older: true,
        spans: vec![("Today", clock().date(0), clock().date(0))],
        zone: HOSTILE.to_owned(),
        rows: rows.collect(),
        filters,
    }))
}

fn removed() -> ApiKey {
    ApiKey { revoked_at: Some(now()), ..key(9, "Removed") }
}

fn list(rows: Vec<KeyRow>, query: ListQuery, limit: Limit) -> Page {
    let frame = frame(("production", "Production"));
    let total = u32::try_from(rows.len()).expect("few");
    Page::ApiKeys(Box::new(ApiKeysView {
        counts: frame.environments.iter().cloned().zip([12, 4, 31]).collect(),
        create: create_form(),
        slice: Slice { before: 0, total: total + 400, has_previous: false, has_next: total > 0 },
        public_url: "https://keys.example.com".to_owned(),
        form: "mac".to_owned(),
        query,
        rows,
        limit,
        frame,
    }))
}

fn create_form() -> CreateForm {
    create_form_under(&Policy::default())
}

fn create_form_under(policy: &Policy) -> CreateForm {
    let pages = KeyPages::new(Whose::Organization, "acme", "production");
    CreateForm::new(pages, true, "mac".to_owned(), policy, &clock())
}

fn asked(question: Question, changed: Option<&str>, errors: Vec<FieldError>) -> Page {
    let key = &keys()[0];
    Page::KeyQuestion(Box::new(KeyQuestionView {
        frame: frame(("production", "Production")),
        question: KeyQuestion {
            action: "/act".to_owned(),
            cancel: "/key".to_owned(),
            form: "mac".to_owned(),
            revision: key.revision,
            name: HOSTILE.to_owned(),
            client_id: key.client_id.to_string(),
            changed: changed.map(str::to_owned),
            errors,
            question,
        },
    }))
}

pub fn questions() -> Vec<(&'static str, Page)> {
    let key = &keys()[0];
    let tokens = || IssuedTokensField::of(key, &clock());
    let policy = ExpirationPolicy { longest_days: None, allow_never: true };
    let rotate = Rotate::of(key, ExpirationField::for_rotation(key.expires_at, policy, &clock()), &clock());
    let edit = || {
        Question::Edit(Edit {
            name: HOSTILE.to_owned(),
            description: format!("\n{HOSTILE}"),
            description_required: true,
        })
    };
    let remove = |confirm| {
        Question::Remove(Remove {
            env_name: HOSTILE.to_owned(),
            evidence: "Never used.".to_owned(),
            confirm,
            suspend: Some("/suspend".to_owned()),
            issued_tokens: tokens(),
        })
    };
    let mismatch = FieldError::new("confirm_name", "unconfirmed", "That doesn't match “Billing sync”.");
    let name_taken = errors().remove(0);
    vec![
        ("edit", asked(edit(), Some(HOSTILE), Vec::new())),
        ("edit-refused", asked(edit(), None, vec![name_taken])),
        (
            "suspend",
            asked(Question::Suspend(Suspend { reason: HOSTILE.to_owned(), issued_tokens: tokens() }), None, Vec::new()),
        ),
        (
            "reapprove",
            asked(Question::Reapprove(Reapprove { expires: Some("19 Feb 2027".to_owned()) }), None, Vec::new()),
        ),
        ("rotate", asked(Question::Rotate(Box::new(rotate)), None, Vec::new())),
        ("remove", asked(remove(false), None, Vec::new())),
        ("remove-refused", asked(remove(true), None, vec![mismatch])),
    ]
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

fn session_row(current: bool) -> SessionRow {
    SessionRow {
        id: format!("session-{current}"),
        device: HOSTILE.to_owned(),
        address: "203.0.113.7".to_owned(),
        created: clock().relative(now().plus_seconds(-DAY)),
        last_seen: clock().relative(now()),
        current,
    }
}

pub fn pages() -> Vec<(&'static str, Page)> {
    let production = || frame(("production", "Production"));
    let rows: Vec<_> = keys().iter().map(|key| KeyRow::new(key, None, &clock())).collect();
    let hostile = || KeyRow {
        name: HOSTILE.to_owned(),
        description: HOSTILE.to_owned(),
        created_by: HOSTILE.to_owned(),
        ..rows[0].clone()
    };
    let limit = Limit { of: LimitOf::Environment, used: 12, max: 50 };
    let refused = CreateValues {
        name: HOSTILE.to_owned(),
        description: format!("\n{HOSTILE}"),
        kind: "client".to_owned(),
        owner: "me".to_owned(),
        suspend_on_sign_out: true,
        expiration: "custom".to_owned(),
        expires_on: "2026-11-21".to_owned(),
    };
    let strict = Policy { max_key_lifetime_days: Some(60), require_description: true, ..Policy::default() };
    let message = |message| Page::Message(MessageView { product: "Keyline".to_owned(), message, back: None });
    let details = |key: &ApiKey, row| {
        Page::Key(Box::new(KeyView {
            frame: production(),
            key: row,
            secrets: SecretRow::all(key, &clock()),
            usage: UsageView::new("token requests", (0..30).map(|day| (now().plus_seconds((day - 29) * DAY), 3))),
            activity: vec![ActivityRow::new(&suspended(), &clock())],
            more_activity: true,
            revision: key.revision,
            form: "mac".to_owned(),
        }))
    };
    let secret = |occasion| {
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
            occasion,
        }))
    };
    let already = |done| {
        Page::AlreadyCreated(Box::new(AlreadyCreatedView {
            frame: production(),
            name: HOSTILE.to_owned(),
            client_id: rows[0].client_id.clone(),
            done,
        }))
    };
    let credentials = |pair, not_now| {
        Page::Credentials(Box::new(CredentialsView {
            frame: FrameView { user_name: HOSTILE.to_owned(), ..production() },
            pair,
            not_now,
            support_contact: Some("help@example.test".to_owned()),
            form: "mac".to_owned(),
        }))
    };
    let pair = || Some(Pair::new(&rotating(), &clock()));
    let locked = |gate| {
        Page::Locked(Box::new(LockedView {
            frame: production(),
            section: Section::ApiKeys,
            gate,
            support_contact: Some("help@example.test".to_owned()),
        }))
    };
    vec![
        ("list", list(rows.clone(), ListQuery::default(), limit)),
        ("list-hostile", list(vec![hostile()], ListQuery::default(), limit)),
        ("list-selected", list(rows.clone(), ListQuery { select_all: true, ..ListQuery::default() }, limit)),
        ("list-full", list(rows.clone(), ListQuery::default(), Limit { used: 2, max: 2, ..limit })),
        ("list-first", list(Vec::new(), ListQuery::default(), Limit { used: 0, ..limit })),
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
            "new-strict",
            Page::CreateKey(Box::new(CreateKeyView { frame: production(), form: create_form_under(&strict) })),
        ),
        ("created", secret(Occasion::Created)),
        ("rotated", secret(Occasion::Rotated { previous_ends: Some("22 Nov 2026, 14:05 CET".to_owned()) })),
        ("already-created", already(Repeated::Creation)),
        ("already-rotated", already(Repeated::Rotation)),
        ("key", details(&keys()[0], rows[0].clone())),
        ("key-rotating", details(&rotating(), KeyRow::new(&rotating(), None, &clock()))),
        ("key-removed", details(&removed(), KeyRow::new(&removed(), None, &clock()))),
        ("key-hostile", details(&keys()[0], hostile())),
        ("activity", log(ActivityFilters::default(), vec![suspended()])),
        ("activity-none", log(ActivityFilters { key: HOSTILE.to_owned(), ..ActivityFilters::default() }, Vec::new())),
        ("credentials", credentials(pair(), None)),
        ("credentials-none", credentials(None, None)),
        ("credentials-plan", credentials(pair(), Some(NotNow::Plan))),
        ("credentials-kind", credentials(None, Some(NotNow::Kind))),
        ("credentials-ready", secret(Occasion::Credentials { replaced: true })),
        ("credentials-already", already(Repeated::Credentials)),
        (
            "credentials-replace",
            Page::ReplaceCredentials(Box::new(ReplaceCredentialsView {
                frame: production(),
                client_id: rows[0].client_id.clone(),
                evidence: rows[0].evidence.clone(),
                form: "mac".to_owned(),
            })),
        ),
        ("locked-role", locked(Gate::Role { administrators: vec!["Ana Reyes".to_owned(), "Tom Okafor".to_owned()] })),
        ("locked-off", locked(Gate::FeatureOff)),
        ("locked-self-service", locked(Gate::SelfService { administrators: vec!["Ana Reyes".to_owned()] })),
        (
            "sign-in",
            Page::SignIn(SignInView {
                product: "Keyline".to_owned(),
                form: "mac".to_owned(),
                return_to: Some("/t/acme".to_owned()),
                kept: Some("sealed".to_owned()),
                email: "ana@example.test".to_owned(),
                notice: Some(Notice::Refused),
            }),
        ),
        (
            "confirm-password",
            Page::ConfirmPassword(ConfirmPasswordView {
                product: "Keyline".to_owned(),
                email: "ana@example.test".to_owned(),
                action: "/t/acme/settings/api-keys/production".to_owned(),
                kept: vec![("name".to_owned(), HOSTILE.to_owned())],
                errors: vec![FieldError::new("password", "wrong", "That isn't your password. Try again.")],
            }),
        ),
        (
            "profile",
            Page::Profile(Box::new(ProfileView {
                frame: production(),
                sessions: [true, false].map(session_row).to_vec(),
                form: "mac".to_owned(),
                errors: Vec::new(),
            })),
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
