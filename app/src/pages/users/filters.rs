//! Search and filters above the list: a plain GET form.

use domain::user::{Role, UserState};
use leptos::prelude::*;

use super::{UserFilters, role_label};

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
    let states = [(UserState::Active, "Active"), (UserState::Deactivated, "Deactivated")]
        .map(|(state, label)| {
            view! { <option value=state.as_str() selected=filters.status == Some(state)>{label}</option> }
        })
        .collect_view();
    let clear = (!filters.is_plain()).then(|| view! { <a class="button link" href=action.clone()>"Clear filters"</a> });
    view! {
        <search>
            <form class="filters" method="get" action=action.clone()>
                <div class="filter grow">
                    <label for="q">"Search users"</label>
                    <input type="search" id="q" name="q" value=filters.q placeholder="Name or e-mail" autocomplete="off" />
                </div>
                <div class="filter">
                    <label for="role">"Role"</label>
                    <select id="role" name="role"><option value="">"Any"</option>{roles}</select>
                </div>
                <div class="filter">
                    <label for="status">"Status"</label>
                    <select id="status" name="status"><option value="">"Any"</option>{states}</select>
                </div>
                <button class="button">"Search"</button>
                {clear}
            </form>
        </search>
    }
    .into_any()
}
