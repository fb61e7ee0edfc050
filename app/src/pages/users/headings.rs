//! The headings of a table about people.

use leptos::prelude::*;

use crate::words::users as words;

/// One for each column, and a last one, which is only heard, over what can be done. Roles stand explicitly because narrow
/// screens turn rows into blocks.
#[component]
pub(super) fn Headings(columns: &'static [&'static str]) -> impl IntoView {
    let heading = |label: &'static str| view! { <th role="columnheader" scope="col">{label}</th> };
    view! {
        <thead role="rowgroup">
            <tr role="row">
                {columns.iter().copied().map(heading).collect_view()}
                <th role="columnheader" scope="col"><span class="sr-only">{words::ACTIONS}</span></th>
            </tr>
        </thead>
    }
}
