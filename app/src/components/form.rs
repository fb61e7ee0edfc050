//! Parts of forms: labelled fields with their hint and error, the error summary, hidden values.

use domain::field::FieldError;
use leptos::{either::Either, prelude::*};

/// The MAC that binds a form to the session it was shown in.
#[component]
pub fn FormToken(
    /// The MAC; nothing is written when it is empty.
    value: String,
) -> impl IntoView {
    (!value.is_empty()).then(|| view! { <input type="hidden" name="form" value=value /> })
}

/// What is wrong with the field `name`, if anything.
pub fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.param == name).map(|error| error.message.clone())
}

/// Title of a page whose form came back with errors.
pub fn error_title(title: String, errors: &[FieldError]) -> String {
    if errors.is_empty() { title } else { format!("Error: {title}") }
}

/// The summary above a refused form, focused on arrival; each entry leads to its field.
#[component]
pub fn ErrorSummary(
    /// What is wrong.
    errors: Vec<FieldError>,
) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let heading = match errors.len() {
            1 => "1 thing to fix".to_owned(),
            count => format!("{count} things to fix"),
        };
        let entries = errors
            .into_iter()
            .map(|error| view! { <li><a href=format!("#{}", error.param)>{error.message}</a></li> })
            .collect_view();
        view! {
            <section class="notice oxide" aria-labelledby="error-summary">
                <h2 id="error-summary" tabindex="-1" autofocus>{heading}</h2>
                <ul role="list">{entries}</ul>
            </section>
        }
    })
}

/// Hint and error ids of a field, for `aria-describedby`.
pub fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (true, true) => Some(format!("{name}-hint {name}-error")),
        (true, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-error")),
        (false, false) => None,
    }
}

/// The place of a field's error: filled when the form came back, empty for the islands to fill.
#[component]
pub fn ErrorText(
    /// Name of the field.
    name: &'static str,
    /// What is wrong.
    error: Option<String>,
) -> impl IntoView {
    let hidden = error.is_none();
    view! { <p class="field-error" id=format!("{name}-error") hidden=hidden>{error}</p> }
}

/// A one-line field.
#[component]
pub fn TextField(
    /// Name in the form, also the id.
    name: &'static str,
    /// Visible label.
    label: &'static str,
    /// What it is for, under the label.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Kind of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// `autocomplete` token.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Filled in.
    #[prop(default = String::new())]
    value: String,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// Whether it takes the focus on arrival.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let error = error_of(&errors, name);
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <ErrorText name error=error.clone() />
            <input
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                value=value
                required
                autofocus=autofocus && errors.is_empty()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(name, hint.is_some(), error.is_some())
            />
        </div>
    }
}

/// The text of a `textarea`, which the server renderer does not escape. The first line feed is the
/// one HTML parsers drop.
pub fn textarea_text(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// A primary button and, beside it, a way back.
#[component]
pub fn Actions(
    /// Label of the button.
    submit: &'static str,
    /// Class of the button: `primary` or `danger`.
    #[prop(default = "primary")]
    tone: &'static str,
    /// Where *Cancel* leads; without it there is none.
    #[prop(optional)]
    cancel: Option<String>,
) -> impl IntoView {
    let cancel = match cancel {
        Some(href) => Either::Left(view! { <a class="button" href=href data-cancel="">"Cancel"</a> }),
        None => Either::Right(()),
    };
    view! { <div class="actions">{cancel}<button class=format!("button {tone}")>{submit}</button></div> }
}
