//! A box to tick.

use leptos::prelude::*;

/// The box, its label and what ticking it means.
#[component]
pub fn CheckBox(
    /// What the id begins with; the name follows.
    #[prop(optional)]
    prefix: &'static str,
    /// Name in the form.
    name: &'static str,
    /// What is true where it is ticked.
    label: &'static str,
    /// What that means, where the label does not say it.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Whether it is ticked.
    checked: bool,
) -> impl IntoView {
    let id = format!("{prefix}{name}");
    let hint_id = format!("{id}-hint");
    let described = hint.map(|_| hint_id.clone());
    view! {
        <div class="check">
            <input type="checkbox" id=id.clone() name=name value="on" checked=checked aria-describedby=described />
            <label for=id>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}
