//! The people of an organization: who belongs to it, and who is invited.

mod filters;
mod headings;
pub mod invite;
pub mod invited;
mod pending;
mod query;
pub mod question;
pub mod reset_link;
mod row;
mod table;
pub mod user;

use leptos::{either::Either, prelude::*};

pub use pending::PendingRow;
pub use query::UserFilters;
pub use row::{PersonRow, PersonStatus, role_label};

use crate::{
    frame::{Frame, FrameView, Section},
    islands::PeoplePages,
    routes,
    words::users::{self as words, alone as only, filters as asked},
};

/// From how many people on there is something to search in.
const SEARCHED_FROM: u32 = 20;

/// Which part of the matching people is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// How many come before this page.
    pub before: u32,
    /// How many match.
    pub total: u32,
    /// How many belong to the organization.
    pub everybody: u32,
}

/// The page.
#[derive(Clone, Debug)]
pub struct UsersView {
    /// The frame.
    pub frame: FrameView,
    /// What was asked for.
    pub filters: UserFilters,
    /// The people on this page, by name.
    pub rows: Vec<PersonRow>,
    /// Where they stand among all that match.
    pub slice: Slice,
    /// Invitations that nobody has accepted yet, newest first.
    pub pending: Vec<PendingRow>,
    /// How many there are of them in all.
    pub pending_total: usize,
    /// MAC.
    pub form: String,
}

impl UsersView {
    pub(super) fn title(&self) -> String {
        self.frame.title_in_organization(words::HEADING)
    }
}

/// The page's markup.
#[component]
pub fn UsersPage(
    /// Its contents.
    view: UsersView,
) -> AnyView {
    let UsersView { frame, filters, rows, slice, pending, pending_total, form } = view;
    let org = frame.org.clone();
    let list = routes::users(&org.slug);
    let alone = slice.everybody == 1 && pending.is_empty() && filters.is_plain();
    let search = (slice.everybody > SEARCHED_FROM || !filters.is_plain())
        .then(|| view! { <filters::Filters action=list.clone() filters=filters.clone() /> });
    let people = match rows.is_empty() {
        true => Either::Left(view! { <NobodyMatches list /> }),
        false => Either::Right(view! { <table::Table org=org.slug.clone() rows slice filters /> }),
    };
    let invitations = (!pending.is_empty())
        .then(|| view! { <pending::Invitations org=org.slug.clone() rows=pending total=pending_total form /> });
    let invite = || view! { <a class="button primary" href=routes::invite_users(&org.slug)>{words::INVITE}</a> };
    let head_action = (!alone).then(invite);
    let only_you = alone.then(|| {
        view! {
            <div class="empty">
                <h2>{only::HEADING}</h2>
                <p>{only::ADVICE}</p>
                <p>{invite()}</p>
            </div>
        }
    });
    view! {
        <Frame view=frame section=Section::Users>
            <header class="page-head">
                <h1 tabindex="-1">{words::HEADING}</h1>
                <p class="lede">{words::lede(&org.name)}</p>
                <div class="page-actions">{head_action}</div>
            </header>
            {search}
            <div class="results">{people}</div>
            {only_you}
            {invitations}
        </Frame>
        <PeoplePages />
    }
    .into_any()
}

#[component]
fn NobodyMatches(list: String) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{asked::NOBODY}</h2>
            <p>{asked::NOBODY_ADVICE}</p>
            <p><a class="button" href=list>{asked::CLEAR}</a></p>
        </div>
    }
}
