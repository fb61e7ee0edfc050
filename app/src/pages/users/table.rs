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
        moment::Time,
    },
    routes,
    words::users::{menu, pages as turn, table as words},
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
    let range = words::range(slice.before + 1, last, slice.total);
    let link = |page: u32, rel: &'static str, label: &'static str| {
        view! { <a class="button" rel=rel href=filters.href(&list, page)>{label}</a> }
    };
    let previous = (filters.page > 0).then(|| link(filters.page - 1, "prev", turn::PREVIOUS));
    let next = (last < slice.total).then(|| link(filters.page + 1, "next", turn::NEXT));
    let pages = (previous.is_some() || next.is_some()).then(|| {
        view! { <nav class="pages" aria-label=turn::LABEL><p>{range.clone()}</p>{previous}{next}</nav> }
    });
    let body = rows.into_iter().map(|row| view! { <Row org=org.clone() row /> }).collect_view();
    view! {
        <table class="keys people" role="table" data-testid="users-table">
            <caption class="sr-only">{words::caption(&range)}</caption>
            <Headings columns=words::COLUMNS />
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
    let you = row.is_you.then(|| view! { <span class="you">{words::YOU}</span> });
    let keys = match row.keys {
        0 => Either::Left(view! { <span class="faint">{words::NO_KEYS}</span> }),
        count => Either::Right(view! {
            <a href=format!("{page}#keys") aria-label=words::keys_of(count, &row.name)>{count}</a>
        }),
    };
    let last_active = match row.last_active.clone() {
        Some(moment) => Either::Left(view! { <Time moment /> }),
        None => Either::Right(view! { <span class="faint">{words::NEVER_ACTIVE}</span> }),
    };
    view! {
        <tr role="row" class=class data-testid="user-row" data-user-id=id>
            <th role="rowheader" scope="row">
                <span class="key-name"><a href=page>{row.name.clone()}</a>{you}</span>
                <bdi class="under" dir="ltr">{row.email.clone()}</bdi>
            </th>
            <td role="cell" data-label=words::ROLE>{role_label(row.role)}</td>
            <td role="cell" data-label=words::STATUS><Status status=row.status /></td>
            <td role="cell" data-label=words::KEYS>{keys}</td>
            <td role="cell" data-label=words::LAST_ACTIVE>{last_active}</td>
            <td role="cell" class="row-actions"><RowMenu org row /></td>
        </tr>
    }
    .into_any()
}

#[component]
fn RowMenu(org: String, row: PersonRow) -> impl IntoView {
    let id = format!("menu-{}", row.id);
    let page = routes::user(&org, &row.id);
    let label = menu::label(&row.name);
    view! {
        <button type="button" class="menu-button" popovertarget=id.clone() aria-label=label.clone()>
            <Icon shape=Shape::Dots />
        </button>
        <div class="menu" id=id popover data-row-menu="">
            <ul role="list" aria-label=label>
                <li><a class="menu-item" href=page.clone()>{menu::DETAILS}</a></li>
                <li><a class="menu-item" href=format!("{page}#role")>{menu::CHANGE_ROLE}</a></li>
                <li><a class="menu-item" href=routes::activity_of_user(&org, &row.id)>{menu::ACTIVITY}</a></li>
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
        return view! { <a class="menu-item" href=href>{menu::REACTIVATE}</a> }.into_any();
    }
    if row.only_administrator {
        return view! {
            <span class="menu-item destroy" role="link" aria-disabled="true" tabindex="0">
                <span>{menu::DEACTIVATE}<span class="menu-sub">{menu::ONLY_ADMINISTRATOR}</span></span>
            </span>
        }
        .into_any();
    }
    view! { <a class="menu-item destroy" href=routes::deactivate_user(&org, &row.id)>{menu::DEACTIVATE}</a> }.into_any()
}
