//! Search and filters above the list: a plain GET form.

use leptos::prelude::*;

use super::query::{ListQuery, PER_PAGE, StatusFilter};
use crate::words::api_keys::filters as words;

/// The form.
#[component]
pub fn Filters(
    /// What was asked for.
    query: ListQuery,
    /// Address of the list.
    action: String,
) -> AnyView {
    let statuses = StatusFilter::ALL
        .iter()
        .map(|&status| {
            let label = words::status(status);
            view! { <option value=status.as_str() selected=status == query.status>{label}</option> }
        })
        .collect_view();
    let sizes = PER_PAGE
        .into_iter()
        .map(|per| view! { <option value=per.to_string() selected=per == query.per>{per.to_string()}</option> })
        .collect_view();
    let orders = ListQuery::orders()
        .map(|(value, sort, descending)| {
            let chosen = (sort, descending) == (query.sort, query.descending);
            view! { <option value=value selected=chosen>{words::order(sort, descending)}</option> }
        })
        .collect_view();
    view! {
        <search>
            <form class="filters" method="get" action=action data-filters="">
                <div class="filter grow">
                    <label for="q">{words::SEARCH}</label>
                    <input
                        type="search"
                        id="q"
                        name="q"
                        value=query.q
                        placeholder=words::SEARCH_HINT
                        autocomplete="off"
                        aria-describedby="q-hint"
                    />
                    <span class="sr-only" id="q-hint">{words::SEARCH_HINT}</span>
                </div>
                <div class="filter">
                    <label for="status">{words::STATUS}</label>
                    <select id="status" name="status">{statuses}</select>
                </div>
                // Where the headings that sort have no room.
                <div class="filter order">
                    <label for="sort">{words::ORDER}</label>
                    <select id="sort" name="sort">{orders}</select>
                </div>
                <div class="filter">
                    <label for="per">{words::PER_PAGE}</label>
                    <select id="per" name="per">{sizes}</select>
                </div>
                <button type="submit" class="button">{words::SUBMIT}</button>
            </form>
        </search>
    }
    .into_any()
}
