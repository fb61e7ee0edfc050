//! The table of keys. Roles stand explicitly because narrow screens turn its rows into blocks.

use leptos::{either::Either, prelude::*};

use super::{
    Slice,
    query::{ListQuery, SortBy, StatusFilter},
    row::KeyRow,
    selection::{self, Selection, Tick, TickAll},
};
use crate::{
    components::{
        icon::{Icon, Shape},
        key_mark::KeyMark,
        key_verbs::VerbItems,
        moment::Time,
        status::{KeyStatus, Status},
    },
    routes::{self, KeyPages, Whose},
    words::api_keys::table as words,
};

/// The table and the links to its other pages.
#[component]
pub fn Table(
    /// Where they are managed.
    pages: KeyPages,
    /// Name of the environment.
    env_name: String,
    /// Keys on this page.
    rows: Vec<KeyRow>,
    /// The key that was just created, where it is not among them.
    just_created: Option<KeyRow>,
    /// What was asked for.
    query: ListQuery,
    /// Where they stand among all.
    slice: Slice,
    /// MAC for what is done to several keys.
    form: String,
) -> AnyView {
    let list = pages.list();
    let [first, last, total] = slice.range(rows.len());
    let range = if rows.is_empty() { words::NONE.to_owned() } else { words::range(&first, &last, &total) };
    let (previous, next) = (slice.previous.clone(), slice.next.clone());
    let order = words::order(query.sort, query.descending);
    let caption = match rows.is_empty() {
        true => words::caption_of_created(&env_name),
        false => words::caption(&env_name, &words::spoken_range(&first, &last, &total), order),
    };
    let (shown, all) = (rows.len(), query.select_all);
    // Nothing can be done to what was removed.
    let selectable = query.status != StatusFilter::Removed;
    let select_all = match selectable {
        true => Either::Left(view! { <TickAll shown all /> }),
        false => Either::Right(view! { <td role="cell" class="select"></td> }),
    };
    let tick = |row: &KeyRow| {
        let (client_id, name) = (row.client_id.clone(), row.name.clone());
        match selectable {
            true => view! { <Tick client_id name all /> }.into_any(),
            // Its place stays, so that nothing moves.
            false => view! { <td role="cell" class="select"></td> }.into_any(),
        }
    };
    let just_created = just_created.map(|row| {
        view! { <Row tick=tick(&row) pages=pages.clone() row just_created=true /> }
    });
    let body = rows.into_iter().map(|row| view! { <Row tick=tick(&row) pages=pages.clone() row /> }).collect_view();
    let heading = |sort, label| view! { <Heading query=query.clone() list=list.clone() sort label /> };
    let total = slice.total_words();
    let table = view! {
        <table class="keys key-list" role="table" data-testid="keys-table" data-total=total>
            <caption class="sr-only">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    {select_all}
                    {heading(SortBy::Name, words::KEY)}
                    <th role="columnheader" scope="col">{words::CLIENT_ID}</th>
                    <th role="columnheader" scope="col" class="kind">{words::TYPE}</th>
                    <th role="columnheader" scope="col">{words::STATUS}</th>
                    {heading(SortBy::LastUsed, words::LAST_USED)}
                    {heading(SortBy::Expires, words::EXPIRES)}
                    {heading(SortBy::Created, words::CREATED)}
                    <th role="columnheader" scope="col"><span class="sr-only">{words::ACTIONS}</span></th>
                </tr>
            </thead>
            <tbody role="rowgroup">{just_created}{body}</tbody>
        </table>
    };
    let table = if selectable {
        let query = query.clone();
        Either::Left(view! { <Selection pages form query slice shown>{table}</Selection> })
    } else {
        let total_line = selection::total_line(&slice);
        Either::Right(view! { <div class="bulk-head"><p class="bulk-total">{total_line}</p></div>{table} })
    };
    view! {
        {table}
        <Pages query list range previous next />
    }
    .into_any()
}

#[component]
fn Heading(query: ListQuery, list: String, sort: SortBy, label: &'static str) -> impl IntoView {
    let current = query.sort == sort;
    let direction = if query.descending { "descending" } else { "ascending" };
    let href = query.sorted_by(sort).href(&list);
    view! {
        <th role="columnheader" scope="col" aria-sort=current.then_some(direction)>
            <a class="sort" href=href>{label}<Icon shape=Shape::Chevron /></a>
        </th>
    }
}

#[component]
fn Row(tick: AnyView, pages: KeyPages, row: KeyRow, #[prop(optional)] just_created: bool) -> AnyView {
    let id = routes::row_id(&row.client_id);
    let client_id = row.client_id.clone();
    let class = format!("key-row {} {}", row.status.tone().class(), row.status.code());
    let last_used = match row.last_used.clone() {
        Some(moment) => {
            let ip = row.last_used_ip.clone().map(|ip| view! { <bdi class="under mono" dir="ltr">{ip}</bdi> });
            Either::Left(view! { <Time moment />{ip} })
        }
        None => Either::Right(view! { <span class="faint">{words::NEVER_USED}</span> }),
    };
    let expires = match row.expires.clone() {
        Some(moment) => Either::Left(view! { <Time moment /> }),
        None => Either::Right(view! { <span class="faint">{words::NEVER_EXPIRES}</span> }),
    };
    // What is removed has no end before it any more.
    let expires = (row.status != KeyStatus::Removed).then_some(expires);
    let own_list = pages.whose() == Whose::Own;
    let ownership = row.ownership().filter(|_| row.personal || !own_list);
    let about: Vec<_> =
        ownership.into_iter().chain(Some(row.description.clone()).filter(|text| !text.is_empty())).collect();
    let about = (!about.is_empty()).then(|| view! { <span class="under clip">{about.join(" · ")}</span> });
    view! {
        <tr role="row" class=class id=id data-testid="key-row" data-key-id=client_id>
            {tick}
            <th role="rowheader" scope="row">
                <KeyMark client_id=row.client_id.clone() />
                <span class="key-name">
                    <a href=pages.key(&row.client_id)>{row.name.clone()}</a>
                    {just_created.then(|| view! { <span class="under just-created">{words::JUST_CREATED}</span> })}
                    {about}
                </span>
            </th>
            <td role="cell" data-label=words::CLIENT_ID>
                <bdi class="client-id mono" dir="ltr">{row.client_id.clone()}</bdi>
                <span class="under">
                    // Where its column has no room.
                    <span class="folded">{row.kind}</span>
                    <button
                        type="button"
                        class="button tiny scripted"
                        data-copy-text=row.client_id.clone()
                        aria-label=words::copy(&row.name)
                    >
                        {words::COPY}
                    </button>
                </span>
            </td>
            <td role="cell" class="kind" data-label=words::TYPE>{row.kind}</td>
            <td role="cell" data-label=words::STATUS><Status status=row.status.clone() /></td>
            <td role="cell" data-label=words::LAST_USED>{last_used}</td>
            <td role="cell" data-label=words::EXPIRES>{expires}</td>
            <td role="cell" data-label=words::CREATED>
                <Time moment=row.created.clone() />
                <span class="under">{words::CREATED_BY}{row.created_by.clone()}</span>
            </td>
            <td role="cell" class="row-actions"><RowMenu pages row /></td>
        </tr>
    }
    .into_any()
}

#[component]
fn RowMenu(pages: KeyPages, row: KeyRow) -> impl IntoView {
    let id = format!("menu-{}", row.client_id);
    let details = pages.key(&row.client_id);
    view! {
        <button type="button" class="menu-button" popovertarget=id.clone() aria-label=words::actions(&row.name)>
            <Icon shape=Shape::Dots />
        </button>
        <div class="menu" id=id popover data-row-menu="">
            <ul role="list" aria-label=words::actions(&row.name)>
                <li><a class="menu-item" href=details>{words::DETAILS}</a></li>
                <VerbItems pages client_id=row.client_id verbs=row.verbs sees_activity=row.sees_activity />
            </ul>
        </div>
    }
}

#[component]
fn Pages(
    query: ListQuery,
    list: String,
    range: String,
    previous: Option<String>,
    next: Option<String>,
) -> impl IntoView {
    let link = |cursor: Option<String>, rel: &'static str, label: &'static str| {
        cursor.map(|cursor| view! { <a class="button" rel=rel href=query.at(cursor).href(&list)>{label}</a> })
    };
    let previous = link(previous, "prev", words::PREVIOUS);
    let next = link(next, "next", words::NEXT);
    view! { <nav class="pages" aria-label=words::PAGES><p>{range}</p>{previous}{next}</nav> }
}
