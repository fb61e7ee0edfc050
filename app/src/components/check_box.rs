//! A box to tick.

use leptos::prelude::*;

/// The box, its label and what ticking it means.
#[component]
pub fn CheckBox(
    /// Name in the form.
    name: &'static str,
    /// What is true where it is ticked.
    label: &'static str,
    /// What that means.
    hint: &'static str,
    /// Whether it is ticked.
    checked: bool,
) -> impl IntoView {
    let hint_id = format!("{name}-hint");
    view! {
        <div class="check">
            <input type="checkbox" id=name name=name value="on" checked=checked aria-describedby=hint_id.clone() />
            <label for=name>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
}
