//! Ticked keys: how many there are, all of a page at once, and none again. The style sheet shows the bar.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::{
    dialog,
    dom::{announce, at, find, find_all, find_in, on, on_window, show},
};
use crate::words::key_list::selected;

const FORM: &str = "[data-bulk]";
const ALL: &str = "[data-select-all]";

/// Follows what is ticked.
pub fn listen() {
    count();
    // A page that comes back as it was left has its boxes as they were.
    on_window("pageshow", |_| {
        count();
    });
    on("change", |event| {
        if let Some(all) = at(&event, ALL).and_then(|all| all.dyn_into::<HtmlInputElement>().ok()) {
            tick_every(all.checked());
        } else if at(&event, ".select").is_none() {
            return;
        }
        say(count());
    });
    on("keydown", |event| {
        let entered = event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Enter");
        if entered && at(&event, "[data-bulk] .select").is_some() {
            event.prevent_default();
        }
    });
    on("click", |event| {
        let clears = at(&event, "[data-clear]").is_some() && dialog::is_plain_click(&event);
        let of_page = clears && find::<Element>("[name=matching]").is_none();
        if of_page {
            event.prevent_default();
            tick_every(false);
            say(count());
            if let Some(all) = find::<HtmlElement>(ALL) {
                drop(all.focus());
            }
        }
    });
}

fn boxes() -> Vec<HtmlInputElement> {
    let Some(body) = document().body() else { return Vec::new() };
    find_all(&body, "[data-bulk] [name=ids]").into_iter().filter_map(|tick| tick.dyn_into().ok()).collect()
}

fn tick_every(ticked: bool) {
    for tick in boxes() {
        tick.set_checked(ticked);
    }
}

/// Shows how many are ticked and what the heading's box says of them.
fn count() -> Option<usize> {
    let form = find::<Element>(FORM).filter(|form| find_in::<Element>(form, "[name=matching]").is_none())?;
    let boxes = boxes();
    let ticked = boxes.iter().filter(|tick| tick.checked()).count();
    let every = ticked == boxes.len();
    let all = find::<HtmlInputElement>(ALL)?;
    all.set_checked(every);
    all.set_indeterminate(ticked > 0 && !every);
    find_in::<HtmlElement>(&form, "[data-selected]")?.set_text_content(Some(&selected(&ticked.to_string())));
    show(&form, "[data-select-matching]", every);
    Some(ticked)
}

fn say(ticked: Option<usize>) {
    if let Some(ticked) = ticked {
        announce(&selected(&ticked.to_string()));
    }
}
