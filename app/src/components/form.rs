//! Parts of forms: labelled fields with their hint and error, the error summary, hidden values.

use domain::field::FieldError;
use leptos::{either::Either, prelude::*};

use crate::words::form as words;

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
    if errors.is_empty() { title } else { words::error_title(&title) }
}

/// The summary above a refused form, focused on arrival; each entry leads to its field.
#[component]
pub fn ErrorSummary(
    /// What is wrong.
    errors: Vec<FieldError>,
    /// What the ids of the fields begin with.
    #[prop(optional)]
    prefix: &'static str,
) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let heading = words::things_to_fix(errors.len());
        let entries = errors
            .into_iter()
            .map(|error| view! { <li><a href=format!("#{prefix}{}", error.param)>{error.message}</a></li> })
            .collect_view();
        view! {
            <section class="notice oxide" aria-labelledby="error-summary">
                <h2 id="error-summary" tabindex="-1" autofocus>{heading}</h2>
                <ul role="list">{entries}</ul>
            </section>
        }
    })
}

/// What a dialog asks before it closes over something that was typed; the islands show it.
#[component]
pub fn Discard(
    /// What the id begins with: two dialogs of a page may ask.
    #[prop(optional)]
    prefix: &'static str,
    /// The question.
    question: &'static str,
) -> impl IntoView {
    let id = format!("{prefix}discard");
    view! {
        <div class="notice plain" role="group" aria-labelledby=id data-discard="" hidden>
            <p id=id.clone()>{question}</p>
            <div class="actions">
                <button type="button" class="button" data-keep="">{words::discard::KEEP}</button>
                <button type="button" class="button destroy" data-leave="">{words::discard::LEAVE}</button>
            </div>
        </div>
    }
}

/// Ids of the hint and the error of the field `id`, for `aria-describedby`.
pub fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (true, true) => Some(format!("{id}-hint {id}-error")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    }
}

/// The place of a field's error: filled when the form came back, empty for the islands to fill.
#[component]
pub fn ErrorText(
    /// Id of the field.
    #[prop(into)]
    id: String,
    /// What is wrong.
    error: Option<String>,
) -> impl IntoView {
    let hidden = error.is_none();
    view! { <p class="field-error" id=format!("{id}-error") hidden=hidden>{error}</p> }
}

/// A one-line field.
#[component]
pub fn TextField(
    /// Name in the form.
    name: &'static str,
    /// What the id begins with; the name follows. Two forms on one page have the same names.
    #[prop(optional)]
    prefix: &'static str,
    /// Visible label.
    label: &'static str,
    /// What it is for, under the label.
    #[prop(optional, into)]
    hint: Option<String>,
    /// Kind of input.
    #[prop(default = "text")]
    kind: &'static str,
    /// Which keys a phone offers.
    #[prop(optional)]
    inputmode: Option<&'static str>,
    /// Id of the list of values it suggests.
    #[prop(optional)]
    list: Option<&'static str>,
    /// `autocomplete` token.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Filled in.
    #[prop(default = String::new())]
    value: String,
    /// Whether it must be filled in; the label says so where it need not.
    #[prop(default = true)]
    required: bool,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// Whether it takes the focus on arrival.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let error = error_of(&errors, name);
    let id = format!("{prefix}{name}");
    let described = described_by(&id, hint.is_some(), error.is_some());
    view! {
        <div class="field">
            <label for=id.clone()>{label}{optional(required)}</label>
            {hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> })}
            <ErrorText id=id.clone() error=error.clone() />
            <input
                id=id.clone()
                name=name
                type=kind
                inputmode=inputmode
                list=list
                autocomplete=autocomplete
                value=value
                required=required
                autofocus=autofocus && errors.is_empty()
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described
            />
        </div>
    }
}

/// Stands after the label of a field that may stay empty.
fn optional(required: bool) -> impl IntoView {
    (!required).then(|| view! { <span class="optional">{words::OPTIONAL}</span> })
}

/// What a key is for: in the form that makes it and in the form that changes it.
#[component]
pub fn DescriptionField(
    /// What the id begins with.
    #[prop(optional)]
    prefix: &'static str,
    /// Filled in.
    value: String,
    /// Whether the organization asks for one.
    required: bool,
    /// What is wrong.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let error = error_of(&errors, "description");
    let id = format!("{prefix}description");
    let hint = match required {
        true => words::DESCRIPTION_REQUIRED_HINT,
        false => words::DESCRIPTION_HINT,
    };
    view! {
        <div class="field">
            <label for=id.clone()>{words::DESCRIPTION}{optional(required)}</label>
            <p class="hint" id=format!("{id}-hint")>{hint}</p>
            <ErrorText id=id.clone() error=error.clone() />
            <textarea
                id=id.clone()
                name="description"
                rows="2"
                required=required
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by(&id, true, error.is_some())
            >
                {textarea_text(&value)}
            </textarea>
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
        Some(href) => Either::Left(view! { <a class="button" href=href data-cancel="">{words::CANCEL}</a> }),
        None => Either::Right(()),
    };
    view! { <div class="actions">{cancel}<button type="submit" class=format!("button {tone}")>{submit}</button></div> }
}
