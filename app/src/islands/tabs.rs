//! Figures under one another become tabs.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::dom::{at, find_all, find_in, on, set};
use crate::words::secret_panel::snippets as words;

const TABS: &str = "[role=tab]";

/// Keys and clicks of every tab on the page.
pub fn listen() {
    on("click", |event| {
        if let Some(tab) = at(&event, TABS) {
            select(&tab);
        }
    });
    on("keydown", |event| {
        let Some(tab) = at(&event, TABS) else { return };
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let neighbour = match key.key().as_str() {
            "ArrowRight" | "ArrowDown" => {
                tab.next_element_sibling().or_else(|| tab.parent_element()?.first_element_child())
            }
            "ArrowLeft" | "ArrowUp" => {
                tab.previous_element_sibling().or_else(|| tab.parent_element()?.last_element_child())
            }
            _ => None,
        };
        if let Some(neighbour) = neighbour.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            select(&neighbour);
            drop(neighbour.focus());
        }
    });
}

/// Turns the figures inside `root` into tabs, once, and selects the one that says so.
pub fn prepare(root: &Element) -> Option<()> {
    let list = document().create_element("div").ok()?;
    set(&list, "role", "tablist");
    set(&list, "aria-label", words::LABEL);
    let mut selected = None;
    for (index, panel) in find_all(root, "[data-tab]").into_iter().enumerate() {
        let tab = document().create_element("button").ok()?;
        let caption = find_in::<HtmlElement>(&panel, "figcaption")?;
        panel.set_id(&format!("use-{index}"));
        set(&panel, "role", "tabpanel");
        set(&panel, "aria-labelledby", &format!("use-tab-{index}"));
        tab.set_id(&format!("use-tab-{index}"));
        tab.set_text_content(caption.text_content().as_deref());
        caption.remove();
        if panel.has_attribute("data-selected") {
            selected = Some(tab.clone());
        }
        set(&tab, "type", "button");
        set(&tab, "role", "tab");
        set(&tab, "aria-controls", &panel.id());
        list.append_child(&tab).ok()?;
    }
    root.prepend_with_node_1(&list).ok()?;
    select(&selected?.dyn_into().ok()?);
    Some(())
}

fn select(tab: &HtmlElement) {
    let Some(list) = tab.parent_element() else { return };
    for other in find_all(&list, TABS) {
        let selected = other == *tab;
        set(&other, "aria-selected", if selected { "true" } else { "false" });
        set(&other, "tabindex", if selected { "0" } else { "-1" });
        let panel = other.get_attribute("aria-controls").and_then(|id| document().get_element_by_id(&id));
        if let Some(panel) = panel.and_then(|panel| panel.dyn_into::<HtmlElement>().ok()) {
            panel.set_hidden(!selected);
        }
    }
}
