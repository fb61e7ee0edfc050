//! Dialogs that have an address: opening one adds its page to the history, so that Back closes it
//! and reloading shows the page.

use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, HtmlDialogElement, HtmlElement, KeyboardEvent, MouseEvent};

use super::dom;

/// Whether a click asks to follow the link here, not in another tab or window.
pub fn is_plain_click(event: &Event) -> bool {
    event.dyn_ref::<MouseEvent>().is_some_and(|mouse| {
        mouse.button() == 0 && !mouse.meta_key() && !mouse.ctrl_key() && !mouse.shift_key() && !mouse.alt_key()
    })
}

/// The link an event happened at, if it opens the dialog of that name here.
pub fn opener(event: &Event, name: &str) -> Option<HtmlAnchorElement> {
    let link = dom::at(event, &format!("a[data-opens={name}]"))?;
    is_plain_click(event).then_some(link)?.dyn_into().ok()
}

/// Whether a click hit the ground around an open dialog, and not the dialog's own edge.
pub fn is_backdrop(event: &Event, dialog: &HtmlDialogElement) -> bool {
    let on_dialog = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_some_and(|target| target.id() == dialog.id());
    let edge = dialog.get_bounding_client_rect();
    on_dialog
        && event.dyn_ref::<MouseEvent>().is_some_and(|mouse| {
            let (x, y) = (f64::from(mouse.client_x()), f64::from(mouse.client_y()));
            x < edge.left() || x > edge.right() || y < edge.top() || y > edge.bottom()
        })
}

/// Lets what is a link on a page, and a button in a dialog, be pressed like one.
pub fn listen() {
    dom::on("keydown", |event| {
        let pressed = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == " ");
        if let Some(link) = dom::at(&event, "dialog a[role=button]").filter(|_| pressed) {
            event.prevent_default();
            link.click();
        }
    });
}

/// Says of the links that a dialog has in the place of buttons that they are such.
pub fn name_buttons(dialog: &Element) {
    for link in dom::find_all(dialog, "a[data-cancel], a[data-done]") {
        dom::set(&link, "role", "button");
    }
}

/// The dialog with that id.
pub fn get(id: &str) -> Option<HtmlDialogElement> {
    dom::find(&format!("#{id}"))
}

/// Opens a dialog over the page, under an address of its own.
pub fn open(dialog: &HtmlDialogElement, address: &str) {
    if dialog.open() {
        return;
    }
    visit(address);
    dialog.show_modal().expect("a closed dialog in the document opens");
}

/// Adds an address to the history without leaving the page.
pub fn visit(address: &str) {
    let history = window().history().expect("a window has a history");
    history.push_state_with_url(&JsValue::NULL, "", Some(address)).expect("an address of this site");
}

/// Puts an address in the place of the present one.
pub fn replace_address(address: &str) {
    let history = window().history().expect("a window has a history");
    history.replace_state_with_url(&JsValue::NULL, "", Some(address)).expect("an address of this site");
}

/// Goes back to the address the dialog was opened from.
pub fn back() {
    window().history().expect("a window has a history").back().expect("going back does not fail");
}

/// The path and query in the address bar.
pub fn address() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// A short message at the edge of the page, also read out.
pub fn toast(text: &str) {
    dom::announce(text);
    let Some(toast) = dom::find::<HtmlElement>("[data-toast]") else { return };
    dom::set(&toast, "data-testid", "toast");
    toast.set_text_content(Some(text));
    if toast.show_popover().is_ok() {
        dom::after(6_000, move || {
            // Hiding one that is hidden already is an error without meaning.
            drop(toast.hide_popover());
        });
    }
}
