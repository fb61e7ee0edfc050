//! Menus of rows: native popovers with links, made menu buttons as the ARIA practices describe them.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, ToggleEvent};

use super::dom::{at, find, find_all, on, set};

const MENU: &str = "[data-row-menu]";

/// Keys and focus of every menu on the page.
pub fn listen() {
    if let Some(body) = document().body() {
        prepare(&body);
    }
    on("keydown", |event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let handled = match at(&event, MENU) {
            Some(menu) => move_in(&menu, &key.key()),
            None => at(&event, ".menu-button").is_some_and(|button| open_from(&button, &key.key())),
        };
        if handled {
            event.prevent_default();
        }
    });
    on("toggle", |event| {
        let Some(menu) = at(&event, MENU) else { return };
        let opened = event.dyn_ref::<ToggleEvent>().is_some_and(|toggle| toggle.new_state() == "open");
        let items = items(&menu);
        if let Some(button) = button_of(&menu) {
            set(&button, "aria-expanded", if opened { "true" } else { "false" });
        }
        let inside = document().active_element().is_some_and(|focused| menu.contains(Some(&focused)));
        if opened
            && !inside
            && let Some(first) = items.first()
        {
            drop(first.focus());
        }
    });
}

/// Gives the menus inside `root` their roles: without this script they are lists of links.
pub fn prepare(root: &Element) {
    for menu in find_all(root, MENU) {
        for list in find_all(&menu, "ul") {
            set(&list, "role", "menu");
        }
        for entry in find_all(&menu, "li") {
            set(&entry, "role", "none");
        }
        for item in items(&menu) {
            set(&item, "role", "menuitem");
            set(&item, "tabindex", "-1");
        }
        if let Some(button) = button_of(&menu) {
            set(&button, "aria-haspopup", "menu");
            set(&button, "aria-expanded", "false");
        }
    }
}

fn items(menu: &Element) -> Vec<HtmlElement> {
    find_all(menu, ".menu-item")
}

fn button_of(menu: &Element) -> Option<HtmlElement> {
    find(&format!("[popovertarget=\"{}\"]", menu.id()))
}

fn move_in(menu: &HtmlElement, key: &str) -> bool {
    let items = items(menu);
    let focused = document().active_element();
    let here = items.iter().position(|item| focused.as_ref() == Some(item.as_ref()));
    let Some(last) = items.len().checked_sub(1) else { return false };
    let target = match (key, here) {
        ("ArrowDown", Some(index)) if index < last => index + 1,
        ("ArrowDown" | "Home", _) => 0,
        ("ArrowUp", Some(index)) if index > 0 => index - 1,
        ("ArrowUp" | "End", _) => last,
        ("Tab", _) => {
            drop(menu.hide_popover());
            return false;
        }
        _ => return false,
    };
    items[target].focus().is_ok()
}

fn open_from(button: &HtmlElement, key: &str) -> bool {
    let menu = button.get_attribute("popovertarget").and_then(|id| document().get_element_by_id(&id));
    let Some(menu) = menu.and_then(|menu| menu.dyn_into::<HtmlElement>().ok()) else { return false };
    let to = match key {
        "ArrowDown" | "Home" => "Home",
        "ArrowUp" | "End" => "End",
        _ => return false,
    };
    // Someone is faster than the focus that moves into an open menu.
    if !menu.matches(":popover-open").unwrap_or_default() {
        if key == to {
            return false;
        }
        // Opened by its button, so that it knows where to stand and where the focus goes back to.
        button.click();
    }
    move_in(&menu, to)
}
