//! Copying to the clipboard, with the old way where the new one is refused.

use leptos::{prelude::document, prelude::window, task::spawn_local};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDocument, HtmlElement, HtmlTextAreaElement};

use super::{
    dialog::toast,
    dom::{after, announce, at, find, on, show},
};
use crate::words::copy as words;

/// How long a button says that it worked, milliseconds.
const CONFIRM_MS: i32 = 2_000;

/// Buttons that copy a text which is no secret.
pub fn listen() {
    on("click", |event| {
        let Some(button) = at(&event, "[data-copy-text]") else { return };
        let text = button.get_attribute("data-copy-text").unwrap_or_default();
        let said = button.get_attribute("data-copied");
        spawn_local(async move {
            if to_clipboard(&text, None).await {
                confirm(&button, said.as_deref().unwrap_or(words::CLIENT_ID_COPIED));
            } else {
                toast(words::BLOCKED);
            }
        });
    });
}

/// Buttons that copy the one-time link in the field they name.
pub fn listen_to_fields() {
    on("click", |event| {
        let Some(button) = at(&event, "[data-copy-field]") else { return };
        let id = button.get_attribute("data-copy-field").unwrap_or_default();
        let field = document().get_element_by_id(&id).and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok());
        let Some(field) = field else { return };
        spawn_local(async move {
            if to_clipboard(&field.value(), Some(&field)).await {
                confirm(&button, words::LINK_COPIED);
            } else if let Some(sheet) = button.closest(".brass-sheet").ok().flatten() {
                field.select();
                show(&sheet, ".copy-blocked", true);
            }
        });
    });
}

/// Copies `text`; where the clipboard is closed to scripts, selects `field`, or one made for it, and copies the selection.
pub async fn to_clipboard(text: &str, field: Option<&HtmlTextAreaElement>) -> bool {
    let clipboard = window().navigator().clipboard();
    // Only secure contexts have one.
    let written = !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok();
    written || field.map_or_else(|| copy_through_field(text).unwrap_or(false), copy_selection)
}

fn copy_through_field(text: &str) -> Option<bool> {
    let field: HtmlTextAreaElement = document().create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_class_name("sr-only");
    field.set_value(text);
    // Beside an open dialog nothing can be selected.
    let around = find::<Element>("dialog[open]").or_else(|| document().body().map(Into::into))?;
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    around.append_child(&field).ok()?;
    let copied = copy_selection(&field);
    field.remove();
    focused?.focus().ok()?;
    Some(copied)
}

fn copy_selection(field: &HtmlTextAreaElement) -> bool {
    field.select();
    let page: Option<HtmlDocument> = document().dyn_into().ok();
    page.is_some_and(|page| page.exec_command("copy").unwrap_or(false))
}

/// Shows and says that it worked, then shows the button's own label again.
pub fn confirm(button: &HtmlElement, announcement: &str) {
    announce(announcement);
    let label = button.text_content();
    if label.as_deref() == Some(words::COPIED) {
        return;
    }
    let button = button.clone();
    let tick = move |ticked: bool, words: Option<&str>| {
        button.class_list().toggle_with_force("copied", ticked).expect("a valid class");
        button.set_text_content(words);
    };
    tick(true, Some(words::COPIED));
    after(CONFIRM_MS, move || tick(false, label.as_deref()));
}
