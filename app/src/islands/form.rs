//! What the forms in dialogs share: sending once, and showing what is wrong.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement};

use super::dom::{announce, at, find_all, find_in, focus, on, set, show};
use crate::rpc::RpcError;

/// Where a form says what is wrong with it as a whole.
const NOTICE: &str = "[data-form-error]";

/// Lets a date of one's own begin with that of the choice before, until somebody writes another.
pub fn listen() {
    on("change", |event| {
        let chosen = at(&event, "[name=expiration][data-day]").and_then(|tile| tile.get_attribute("data-day"));
        let date = at(&event, "form").and_then(|form| find_in::<HtmlInputElement>(&form, "[name=expires_on]"));
        if let (Some(day), Some(date)) = (chosen, date)
            && date.value() == date.default_value()
        {
            date.set_default_value(&day);
            date.set_value(&day);
        }
    });
}

/// Marks the form as being sent; `false` when it is already.
pub fn begin(form: &HtmlFormElement) -> bool {
    let Some(button) = submit_button(form).filter(|_| !is_pending(form)) else { return false };
    let pending = button.get_attribute("data-pending").unwrap_or_default();
    let label = button.text_content().unwrap_or_default();
    set(&button, "data-label", &label);
    set(&button, "aria-disabled", "true");
    button.set_text_content(Some(&pending));
    announce(&pending);
    clear_errors(form);
    true
}

/// Whether the form was sent and no answer has come yet.
pub fn is_pending(form: &HtmlFormElement) -> bool {
    submit_button(form).is_some_and(|button| button.has_attribute("aria-disabled"))
}

/// Marks the form as answered.
pub fn end(form: &HtmlFormElement) {
    let Some(button) = submit_button(form) else { return };
    button.remove_attribute("aria-disabled").expect("a valid name");
    button.set_text_content(button.get_attribute("data-label").as_deref());
    // That it is on its way is not to be read any more.
    announce("");
}

/// Whether anything in the form is otherwise than it came.
pub fn is_edited(form: &HtmlFormElement) -> bool {
    let fields = find_all(form, "input:not([type=hidden]), textarea");
    fields.into_iter().any(|field| match field.dyn_into::<HtmlInputElement>() {
        Ok(input) if matches!(&*input.type_(), "radio" | "checkbox") => input.checked() != input.default_checked(),
        Ok(input) => input.value() != input.default_value(),
        Err(field) => {
            field.dyn_into::<HtmlTextAreaElement>().is_ok_and(|area| Ok(area.value()) != area.default_value())
        }
    })
}

fn submit_button(form: &HtmlFormElement) -> Option<HtmlElement> {
    find_in(form, "[data-pending]")
}

/// Removes what an earlier answer said.
pub fn clear_errors(form: &Element) {
    show(form, ".field-error, [data-form-error]", false);
    for field in find_all(form, "[aria-invalid]") {
        field.remove_attribute("aria-invalid").expect("a valid name");
    }
}

/// Shows why the form was refused and moves the focus there.
pub fn refuse(form: &Element, error: &RpcError) {
    if let RpcError::Fields(errors) = error
        && !errors.is_empty()
    {
        for error in errors {
            refuse_field(form, &error.param, &error.message);
        }
        let first = &errors[0].param;
        if focus(form, &format!("#{first}")) {
            return;
        }
    }
    if *error == RpcError::SessionEnded {
        session_ended();
    } else {
        complain(form, &error.to_string());
    }
}

/// Lets `session.js` say so, which knows the way on.
pub fn session_ended() {
    let event = Event::new("session-ended").expect("a valid name");
    document().dispatch_event(&event).expect("the document takes events");
}

/// Says what is wrong with the form as a whole.
pub fn complain(form: &Element, words: &str) {
    if let Some(notice) = find_in::<HtmlElement>(form, NOTICE) {
        notice.set_text_content(Some(words));
        notice.set_hidden(false);
        drop(notice.focus());
    }
}

fn refuse_field(form: &Element, name: &str, message: &str) {
    let text_id = format!("{name}-error");
    if let Some(text) = find_in::<HtmlElement>(form, &format!("#{text_id}")) {
        text.set_text_content(Some(message));
        text.set_hidden(false);
    }
    let Some(field) = find_in::<HtmlElement>(form, &format!("#{name}")) else { return };
    if let Ok(Some(closed)) = field.closest("details") {
        set(&closed, "open", "");
    }
    set(&field, "aria-invalid", "true");
    let described = field.get_attribute("aria-describedby").unwrap_or_default();
    if !described.split(' ').any(|id| id == text_id) {
        set(&field, "aria-describedby", format!("{described} {text_id}").trim());
    }
}
