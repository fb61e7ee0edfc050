//! Search and filters above the list: a plain GET form.

use domain::user::{Role, UserState};
use leptos::prelude::*;

use super::{UserFilters, role_label};
use crate::words::users::filters as words;

/// The form.
#[component]
pub fn Filters(
    /// Address of the list.
    action: String,
    /// What was asked for.
    filters: UserFilters,
) -> AnyView {
    let roles = Role::ALL
        .iter()
        .map(|&role| {
            view! { <option value=role.as_str() selected=filters.role == Some(role)>{role_label(role)}</option> }
        })
        .collect_view();
    let states = [(UserState::Active, words::ACTIVE), (UserState::Deactivated, words::DEACTIVATED)]
        .map(|(state, label)| {
            view! { <option value=state.as_str() selected=filters.status == Some(state)>{label}</option> }
        })
        .collect_view();
    let clear = (!filters.is_plain()).then(|| view! { <a class="button link" href=action.clone()>{words::CLEAR}</a> });
    view! {
        <search>
            <form class="filters" method="get" action=action.clone()>
                <div class="filter grow">
                    <label for="q">{words::QUERY}</label>
                    <input
                        type="search"
                        id="q"
                        name="q"
                        value=filters.q
                        placeholder=words::QUERY_PLACEHOLDER
                        autocomplete="off"
                    />
                </div>
                <div class="filter">
                    <label for="role">{words::ROLE}</label>
                    <select id="role" name="role"><option value="">{words::ANY}</option>{roles}</select>
                </div>
                <div class="filter">
                    <label for="status">{words::STATUS}</label>
                    <select id="status" name="status"><option value="">{words::ANY}</option>{states}</select>
                </div>
                <button type="submit" class="button">{words::SEARCH}</button>
                {clear}
            </form>
        </search>
    }
    .into_any()
}
