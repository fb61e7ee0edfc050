//! The frame of every page: the skip link, and menus that the focus leaves.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    dialog,
    dom::{at, find, find_all, on},
};

/// Follows clicks and the focus.
pub fn listen() {
    // Without a fragment in the address: going back to it would move the focus there once more.
    on("click", |event| {
        let skips = at(&event, ".skip").is_some() && dialog::is_plain_click(&event);
        if let Some(main) = find::<HtmlElement>("main").filter(|_| skips) {
            event.prevent_default();
            drop(main.focus());
        }
    });
    // An open menu would lie over what has the focus now.
    on("focusin", |event| {
        let focused = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(body) = document().body() else { return };
        for menu in find_all(&body, ".menu:popover-open") {
            let opener = format!("[popovertarget=\"{}\"]", menu.id());
            let within = menu.contains(focused.as_deref()) || at(&event, &opener).is_some();
            if !within {
                drop(menu.hide_popover());
            }
        }
    });
}
