//! The table of people. Roles stand explicitly because narrow screens turn its rows into blocks.

use leptos::{either::Either, prelude::*};

use super::{
    Slice, UserFilters,
    headings::Headings,
    row::{PersonRow, PersonStatus, Status, role_label},
};
use crate::{
    components::{
        icon::{Icon, Shape},
        moment::{Time, plural},
    },
    routes,
};

/// The table and the links to its other pages.
#[component]
pub fn Table(
    /// Slug of the organization.
    org: String,
    /// People on this page.
    rows: Vec<PersonRow>,
    /// Where they stand among all.
    slice: Slice,
    /// What was asked for.
    filters: UserFilters,
) -> AnyView {
    let list = routes::users(&org);
    let last = slice.before.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let range = format!("{}–{last} of {}", slice.before + 1, slice.total);
    let link = |page: u32, rel: &'static str, label: &'static str| {
        view! { <a class="button" rel=rel href=filters.href(&list, page)>{label}</a> }
    };
    let previous = (filters.page > 0).then(|| link(filters.page - 1, "prev", "Previous"));
    let next = (last < slice.total).then(|| link(filters.page + 1, "next", "Next"));
    let pages = (previous.is_some() || next.is_some()).then(|| {
        view! { <nav class="pages" aria-label="Pages"><p>{range.clone()}</p>{previous}{next}</nav> }
    });
    let body = rows.into_iter().map(|row| view! { <Row org=org.clone() row /> }).collect_view();
    view! {
        <table class="keys people" role="table" data-testid="users-table">
            <caption class="sr-only">{format!("Users, {range}, sorted by name")}</caption>
            <Headings columns=&["Name", "Role", "Status", "Keys", "Last active"] />
            <tbody role="rowgroup">{body}</tbody>
        </table>
        {pages}
    }
    .into_any()
}

#[component]
fn Row(org: String, row: PersonRow) -> AnyView {
    let (page, id) = (routes::user(&org, &row.id), row.id.clone());
    let stopped = if row.status == PersonStatus::Active { "" } else { " suspended" };
    let class = format!("key-row {}{stopped}", row.status.tone().class());
    let you = row.is_you.then(|| view! { <span class="you">" (you)"</span> });
    let keys = match row.keys {
        0 => Either::Left(view! { <span class="faint">"None"</span> }),
        count => Either::Right(view! {
            <a href=format!("{page}#keys") aria-label=format!("{} of {}", plural(count.into(), "key"), row.name)>{count}</a>
        }),
    };
    let last_active = match row.last_active.clone() {
        Some(moment) => Either::Left(view! { <Time moment /> }),
        None => Either::Right(view! { <span class="faint">"Never"</span> }),
    };
    view! {
        <tr role="row" class=class data-testid="user-row" data-user-id=id>
            <th role="rowheader" scope="row">
                <span class="key-name"><a href=page>{row.name.clone()}</a>{you}</span>
                <bdi class="under" dir="ltr">{row.email.clone()}</bdi>
            </th>
            <td role="cell" data-label="Role">{role_label(row.role)}</td>
            <td role="cell" data-label="Status"><Status status=row.status /></td>
            <td role="cell" data-label="Keys">{keys}</td>
            <td role="cell" data-label="Last active">{last_active}</td>
            <td role="cell" class="row-actions"><RowMenu org row /></td>
        </tr>
    }
    .into_any()
}

#[component]
fn RowMenu(org: String, row: PersonRow) -> impl IntoView {
    let id = format!("menu-{}", row.id);
    let page = routes::user(&org, &row.id);
    view! {
        <button type="button" class="menu-button" popovertarget=id.clone() aria-label=format!("Actions for {}", row.name)>
            <Icon shape=Shape::Dots />
        </button>
        <div class="menu" id=id popover data-row-menu="">
            <ul role="list">
                <li><a class="menu-item" href=page.clone()>"View details"</a></li>
                <li><a class="menu-item" href=format!("{page}#role")>"Change role"</a></li>
                <li><a class="menu-item" href=routes::activity_of_user(&org, &row.id)>"View activity"</a></li>
                <li><ChangeState org row /></li>
            </ul>
        </div>
    }
}

/// Deactivating or reactivating. Where it is closed it takes the focus, so that the reason can be read.
#[component]
fn ChangeState(org: String, row: PersonRow) -> AnyView {
    if row.status == PersonStatus::Deactivated {
        let href = routes::reactivate_user(&org, &row.id);
        return view! { <a class="menu-item" href=href>"Reactivate…"</a> }.into_any();
    }
    if row.only_administrator {
        return view! {
            <span class="menu-item destroy" role="link" aria-disabled="true" tabindex="0">
                <span>"Deactivate…"<span class="menu-sub">"Make someone else an administrator first."</span></span>
            </span>
        }
        .into_any();
    }
    view! { <a class="menu-item destroy" href=routes::deactivate_user(&org, &row.id)>"Deactivate…"</a> }.into_any()
}
