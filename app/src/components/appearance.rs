//! The choice of light or dark.

use leptos::prelude::*;

use super::form::FormToken;
use crate::{
    routes,
    shell::Theme,
    words::{frame as words, shell::theme},
};

/// A button for each scheme; choosing leads back to the page it stands on.
#[component]
pub fn Appearance(
    /// The scheme that is chosen.
    chosen: Theme,
    /// MAC.
    form: String,
    /// Id of what names the choice.
    labelled_by: &'static str,
) -> AnyView {
    let choices = Theme::ALL
        .into_iter()
        .map(|choice| {
            let pressed = if choice == chosen { "true" } else { "false" };
            let jump = words::appearance(theme(choice));
            view! {
                <button class="choice" name="theme" value=choice.as_str() aria-pressed=pressed data-jump=jump>
                    {theme(choice)}
                </button>
            }
        })
        .collect_view();
    view! {
        <form class="appearance" method="post" action=routes::APPEARANCE>
            <FormToken value=form />
            <div class="choices" role="group" aria-labelledby=labelled_by>{choices}</div>
        </form>
    }
    .into_any()
}
