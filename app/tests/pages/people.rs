//! The pages about people, filled with what is long, hostile or wrong.

use app::{
    components::status::KeyStatus,
    pages::{
        Page,
        accept_invitation::{AcceptInvitationView, Visitor},
        forgot_password::{ForgotPasswordView, Step},
        users::{
            PendingRow, PersonRow, Slice, UserFilters, UsersView,
            invite::InviteView,
            invited::{InvitedView, Outcome},
            question::{Change, UserQuestionView},
            reset_link::ResetLinkView,
            user::{OwnedKey, UserView},
        },
    },
};
use domain::{
    email::Email,
    field::FieldError,
    id::{InvitationId, UserId},
    name::Name,
    user::{Role, UserState},
};
use service::{
    members::Person,
    store::{Invitation, Membership},
};

use crate::fixtures::{HOSTILE, clock, frame, now};

/// A link that is shown once.
pub const LINK: &str = "https://keys.example.com/invite/3vQmZ8rT1yWb6NcXkP0aLhS9dGfJ2eUoI5qRtV7xYzE";

fn user(n: u128) -> UserId {
    UserId::new(now(), n)
}

fn person(n: u128, role: Role, state: UserState) -> PersonRow {
    let membership = Membership {
        user: user(n),
        name: Name::parse("Ana Reyes").expect("a name"),
        email: Email::parse("ana@example.test").expect("an address"),
        role,
        state,
        account: UserState::Active,
        since: now(),
    };
    let person =
        Person { membership, keys: 3, last_active_at: Some(now()), elsewhere: n == 2, only_administrator: n == 1 };
    PersonRow { name: HOSTILE.to_owned(), email: HOSTILE.to_owned(), ..PersonRow::new(&person, &user(1), &clock()) }
}

fn list(rows: Vec<PersonRow>, filters: UserFilters, pending: Vec<PendingRow>) -> Page {
    let everybody = if rows.is_empty() { 230 } else { 1 };
    Page::Users(Box::new(UsersView {
        frame: frame(("production", "Production")),
        filters,
        slice: Slice { before: 0, total: 230, everybody },
        rows,
        pending_total: pending.len(),
        pending,
        form: "mac".to_owned(),
    }))
}

fn pending() -> PendingRow {
    let invitation = Invitation {
        id: InvitationId::new(now(), 1),
        email: Email::parse("ben@example.test").expect("an address"),
        role: Role::Member,
        invited_by: HOSTILE.to_owned(),
        created_at: now(),
        ends_at: now().plus_seconds(60),
    };
    PendingRow { email: HOSTILE.to_owned(), ..PendingRow::new(&invitation, &clock()) }
}

fn question(change: Change, n: u128, keys: &[&str]) -> Page {
    Page::UserQuestion(Box::new(UserQuestionView {
        frame: frame(("production", "Production")),
        person: person(n, Role::Member, UserState::Active),
        change,
        keys: keys.iter().map(|name| (*name).to_owned()).collect(),
        form: "mac".to_owned(),
    }))
}

fn joining(visitor: Visitor) -> Page {
    Page::AcceptInvitation(AcceptInvitationView {
        product: "Keyline".to_owned(),
        token: "token".to_owned(),
        organization: HOSTILE.to_owned(),
        email: HOSTILE.to_owned(),
        role: Role::Admin,
        visitor,
    })
}

fn forgot(step: Step) -> Page {
    Page::ForgotPassword(ForgotPasswordView { product: "Keyline".to_owned(), step })
}

pub fn pages() -> Vec<(&'static str, Page)> {
    let frame = || frame(("production", "Production"));
    let people = || vec![person(1, Role::Admin, UserState::Active), person(2, Role::Member, UserState::Deactivated)];
    let filters = UserFilters { q: HOSTILE.to_owned(), ..UserFilters::default() };
    let wrong = |param| vec![FieldError::new(param, "wrong", HOSTILE)];
    let details = |n, errors| {
        Page::User(Box::new(UserView {
            frame: frame(),
            person: person(n, Role::Admin, UserState::Active),
            role: Role::Member,
            keys: vec![OwnedKey {
                client_id: "kl_ci_7f3k9x2m4q8w1z6v5t0r3n8bcd".to_owned(),
                name: HOSTILE.to_owned(),
                environment: HOSTILE.to_owned(),
                status: KeyStatus::OwnerDeactivated,
            }],
            more_keys: true,
            sends_mail: n == 1,
            form: "mac".to_owned(),
            errors,
        }))
    };
    let invite = |emails: &str, errors| {
        let emails = emails.to_owned();
        let view = InviteView { frame: frame(), form: "mac".to_owned(), most: 50, emails, role: Role::Member, errors };
        Page::Invite(Box::new(view))
    };
    let results = vec![
        ("ben@example.test".to_owned(), Outcome::Link(LINK.to_owned())),
        (HOSTILE.to_owned(), Outcome::Link(LINK.to_owned())),
        (HOSTILE.to_owned(), Outcome::Before),
        (HOSTILE.to_owned(), Outcome::Refused("is not an e-mail address")),
    ];
    let invited = InvitedView { frame: frame(), results, until: "28 Nov 2026, 12:59 CET".to_owned() };
    let results = vec![(HOSTILE.to_owned(), Outcome::Mailed)];
    let mailed = InvitedView { frame: frame(), results, until: "28 Nov 2026, 12:59 CET".to_owned() };
    let reset = ResetLinkView {
        frame: frame(),
        user: "usr_1".to_owned(),
        name: HOSTILE.to_owned(),
        link: LINK.to_owned(),
        until: "21 Nov 2026, 13:34 CET".to_owned(),
    };
    vec![
        ("users", list(people(), UserFilters::default(), vec![pending()])),
        ("users-alone", list(vec![person(1, Role::Admin, UserState::Active)], UserFilters::default(), Vec::new())),
        ("users-none", list(Vec::new(), filters, Vec::new())),
        ("invite", invite("", Vec::new())),
        ("invite-refused", invite(HOSTILE, wrong("emails"))),
        ("invited", Page::Invited(Box::new(invited))),
        ("invited-by-mail", Page::Invited(Box::new(mailed))),
        ("forgot", forgot(Step::Ask { email: String::new(), errors: Vec::new(), wait_s: None })),
        ("forgot-refused", forgot(Step::Ask { email: HOSTILE.to_owned(), errors: wrong("email"), wait_s: None })),
        ("forgot-too-often", forgot(Step::Ask { email: HOSTILE.to_owned(), errors: Vec::new(), wait_s: Some(7) })),
        ("forgot-sent", forgot(Step::Sent { email: HOSTILE.to_owned(), minutes: 30 })),
        ("forgot-by-hand", forgot(Step::ByHand(Some(HOSTILE.to_owned())))),
        ("user", details(2, Vec::new())),
        ("user-you", details(1, wrong("role"))),
        ("deactivate", question(Change::Deactivate, 2, &[HOSTILE, "Nightly export", "Old CI"])),
        ("deactivate-you", question(Change::Deactivate, 1, &[])),
        ("reactivate", question(Change::Reactivate, 2, &["Billing sync"])),
        ("reset-link", Page::ResetLink(Box::new(reset))),
        ("join", joining(Visitor::New { name: HOSTILE.to_owned(), errors: wrong("name") })),
        ("join-signed-out", joining(Visitor::SignedOut { errors: Vec::new() })),
        ("join-invited", joining(Visitor::Invited { name: HOSTILE.to_owned(), form: "mac".to_owned() })),
        ("join-member", joining(Visitor::Member { slug: "acme".to_owned() })),
        ("join-other", joining(Visitor::Other { email: HOSTILE.to_owned(), form: "mac".to_owned() })),
    ]
}
