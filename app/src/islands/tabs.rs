//! Folded parts under one another become tabs.

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
        let forwards = if matches!(tab.closest("[dir=rtl]"), Ok(Some(_))) { "ArrowLeft" } else { "ArrowRight" };
        let neighbour = match key.key().as_str() {
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" => {
                match [forwards, "ArrowDown"].contains(&&*key.key()) {
                    true => tab.next_element_sibling().or_else(|| tab.parent_element()?.first_element_child()),
                    false => tab.previous_element_sibling().or_else(|| tab.parent_element()?.last_element_child()),
                }
            }
            "Home" => tab.parent_element().and_then(|list| list.first_element_child()),
            "End" => tab.parent_element().and_then(|list| list.last_element_child()),
            _ => None,
        };
        if let Some(neighbour) = neighbour.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            select(&neighbour);
            drop(neighbour.focus());
        }
    });
}

/// Turns the folded parts inside `root` into tabs, once, and selects the one that is open.
pub fn prepare(root: &Element) -> Option<()> {
    let list = document().create_element("div").ok()?;
    set(&list, "role", "tablist");
    set(&list, "aria-label", words::LABEL);
    let mut selected = None;
    for (index, folded) in find_all(root, "[data-tab]").into_iter().enumerate() {
        let tab = document().create_element("button").ok()?;
        let caption = find_in::<HtmlElement>(&folded, "summary")?;
        caption.remove();
        let panel = document().create_element("div").ok()?;
        while let Some(child) = folded.first_child() {
            panel.append_child(&child).ok()?;
        }
        folded.replace_with_with_node_1(&panel).ok()?;
        panel.set_id(&format!("use-{index}"));
        set(&panel, "role", "tabpanel");
        set(&panel, "aria-labelledby", &format!("use-tab-{index}"));
        tab.set_id(&format!("use-tab-{index}"));
        tab.set_text_content(caption.text_content().as_deref());
        if folded.has_attribute("open") {
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
