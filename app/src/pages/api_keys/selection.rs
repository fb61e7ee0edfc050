//! What is done to several keys at once: a form around the table, which works with script and without.

use leptos::prelude::*;

use super::{Slice, query::ListQuery};
use crate::{
    components::form::FormToken,
    pages::bulk::BulkAction,
    routes::KeyPages,
    words::{api_keys::selection as words, bulk, key_list::selected, number::digits},
};

/// Most keys that are selected at once.
const SELECTED_MAX: u32 = 500;

/// "18 keys".
pub fn total_line(slice: &Slice) -> String {
    words::total(&slice.total_words(), slice.total == 1)
}

/// The form and the bar above the table.
#[component]
pub fn Selection(
    /// Where the keys are managed.
    pages: KeyPages,
    /// MAC.
    form: String,
    /// What was asked for.
    query: ListQuery,
    /// Where the keys of this page stand among all.
    slice: Slice,
    /// How many keys this page shows.
    shown: usize,
    /// The table.
    children: Children,
) -> AnyView {
    let list = pages.list();
    let total = slice.total;
    let count = total.min(SELECTED_MAX);
    let total_line = total_line(&slice);
    let matching = query.select_all.then(|| {
        let of = query.selecting(false).href("");
        view! { <input type="hidden" name="matching" value=of /> }
    });
    let count_line = if query.select_all { selected(&digits(count.into())) } else { words::SELECTED.to_owned() };
    let more = u32::try_from(shown).is_ok_and(|shown| shown < total) && !query.select_all;
    let select_all = more.then(|| {
        let label = if total > SELECTED_MAX {
            words::select_first(SELECTED_MAX, &slice.total_words())
        } else {
            words::select_all(&digits(total.into()))
        };
        let href = query.selecting(true).href(&list);
        view! { <a class="button link" href=href data-select-matching="">{label}</a> }
    });
    let buttons = BulkAction::ALL
        .iter()
        .map(|&action| {
            let class = if action == BulkAction::Remove { "button destroy" } else { "button" };
            view! { <button type="submit" class=class name="action" value=action.as_str()>{bulk::action(action)}</button> }
        })
        .collect_view();
    view! {
        <form class="bulk" method="post" action=pages.bulk() data-bulk="">
            // What Enter in a box presses: it does nothing to any key.
            <button type="submit" name="action" value="" hidden></button>
            <FormToken value=form />
            {matching}
            <div class="bulk-head">
                <p class="bulk-total">{total_line}</p>
                <div class="bulk-bar" role="group" aria-label=words::LABEL data-testid="bulk-bar">
                    <p class="bulk-count" data-selected="">{count_line}</p>
                    {buttons}
                    <a class="button link" href=query.selecting(false).href(&list) data-clear="">{words::CLEAR}</a>
                    {select_all}
                </div>
            </div>
            {children()}
        </form>
    }
    .into_any()
}

/// The box of a row. In a selection of everything that matches, boxes say so and cannot be unticked one by one.
#[component]
pub fn Tick(
    /// The key.
    client_id: String,
    /// Its name.
    name: String,
    /// Whether every matching key is selected.
    all: bool,
) -> impl IntoView {
    view! {
        <td role="cell" class="select">
            <label>
                <input type="checkbox" name="ids" value=client_id checked=all disabled=all />
                <span class="sr-only">{words::SELECT}{name}</span>
            </label>
        </td>
    }
}

/// The box of the heading, which only a script can serve.
#[component]
pub fn TickAll(
    /// How many keys this page shows.
    shown: usize,
    /// Whether every matching key is selected.
    all: bool,
) -> impl IntoView {
    view! {
        <th role="columnheader" scope="col" class="select">
            <label class="scripted">
                <input type="checkbox" checked=all disabled=all data-select-all="" />
                <span class="sr-only">{words::select_page(shown)}</span>
            </label>
        </th>
    }
}
