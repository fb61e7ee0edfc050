//! A box to tick.

use leptos::prelude::*;

/// A box with its label and, under it, what it is for. Ticked it sends `on`.
#[component]
pub fn CheckField(
    /// Id of the box.
    id: &'static str,
    /// Name in the form.
    name: &'static str,
    /// Visible label.
    label: &'static str,
    /// What it is for.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Whether it is ticked.
    checked: bool,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = hint.map(|_| hint_id.clone());
    view! {
        <div class="check">
            <input type="checkbox" id=id name=name value="on" checked=checked aria-describedby=described />
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
