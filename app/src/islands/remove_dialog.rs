//! The question before a key is removed, in a dialog over the list.

use leptos::{prelude::document, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement, HtmlDialogElement, HtmlElement, HtmlFormElement};

use super::{
    dialog,
    dom::{at, fill, find, find_in, focus, on, on_window, set, show, value_of},
    form, key_list,
};
use crate::rpc::{RpcError, remove_key};

const ID: &str = "remove-dialog";
const FORM: &str = "form[data-remove]";

/// Opens and closes the dialog, and sends its form.
pub fn listen() {
    on("click", |event| {
        if let Some(link) = dialog::opener(&event, "remove") {
            event.prevent_default();
            open(&link);
        } else if at(&event, &format!("#{ID} [data-cancel]")).is_some()
            || get().is_some_and(|element| dialog::is_backdrop(&event, &element))
        {
            event.prevent_default();
            close();
        }
    });
    on("cancel", |event| {
        if at(&event, &format!("#{ID}")).is_some() {
            event.prevent_default();
            close();
        }
    });
    on("submit", |event| {
        let form = at(&event, &format!("#{ID} {FORM}")).and_then(|form| form.dyn_into().ok());
        if let Some(form) = form {
            event.prevent_default();
            submit(form);
        }
    });
    on_window("popstate", |_| {
        if let Some(element) = get().filter(HtmlDialogElement::open) {
            element.close();
        }
    });
}

fn get() -> Option<HtmlDialogElement> {
    dialog::get(ID)
}

fn open(link: &HtmlAnchorElement) -> Option<()> {
    let element = get()?;
    let form: HtmlFormElement = find_in(&element, FORM)?;
    let text = |name: &str| link.get_attribute(name).unwrap_or_default();
    let confirm = link.has_attribute("data-confirm");
    form.reset();
    form::clear_errors(&form);
    set(&form, "action", &link.get_attribute("href")?);
    set(&element, "data-client-id", &text("data-client-id"));
    fill(&element, "name", &text("data-name"));
    fill(&element, "client_id", &text("data-client-id"));
    fill(&element, "evidence", &text("data-evidence"));
    show(&form, "[data-confirm]", confirm);
    let mark =
        row(&text("data-client-id")).and_then(|row| find_in::<Element>(&row, ".mark")?.clone_node_with_deep(true).ok());
    if let (Some(mark), Some(place)) = (mark, find_in::<Element>(&form, ".mark")) {
        place.replace_with_with_node_1(&mark).ok()?;
    }
    if let Some(menu) = link.closest("[popover]").ok().flatten().and_then(|menu| menu.dyn_into::<HtmlElement>().ok()) {
        drop(menu.hide_popover());
    }
    dialog::open(&element, &link.href());
    focus(&element, if confirm { "#confirm_name" } else { "[data-focus]" }).then_some(())
}

fn close() {
    if let Some(element) = get().filter(HtmlDialogElement::open) {
        element.close();
        dialog::back();
        focus_row(&element.get_attribute("data-client-id").unwrap_or_default());
    }
}

fn submit(form: HtmlFormElement) -> Option<()> {
    let element = get()?;
    let client_id = element.get_attribute("data-client-id")?;
    let org = form.get_attribute("action")?.split('/').nth(2)?.to_owned();
    if !form::begin(&form) {
        return None;
    }
    let name = find_in::<HtmlElement>(&form, "[data-slot=name]")?.text_content()?;
    let (hidden, typed) = (value_of(&form, "form"), value_of(&form, "confirm_name"));
    spawn_local(async move {
        let answer = remove_key(org, client_id.clone(), hidden, typed).await;
        form::end(&form);
        match answer {
            Ok(()) => removed(&element, &client_id, &name).await,
            Err(error @ RpcError::Fields(_)) => {
                show(&form, "[data-confirm]", true);
                form::refuse(&form, &error);
            }
            Err(error) => form::refuse(&form, &error),
        }
    });
    Some(())
}

async fn removed(element: &HtmlDialogElement, client_id: &str, name: &str) {
    let neighbour =
        row(client_id).and_then(|row| row.next_element_sibling().or_else(|| row.previous_element_sibling()));
    let neighbour = neighbour.and_then(|row| row.get_attribute("data-key-id")).unwrap_or_default();
    element.close();
    dialog::back();
    key_list::show_again().await;
    dialog::toast(&format!("{name} was removed."));
    focus_row(&neighbour);
}

fn row(client_id: &str) -> Option<Element> {
    find(&format!("[data-key-id=\"{client_id}\"]"))
}

/// The row's menu button, or the heading where there is no row.
fn focus_row(client_id: &str) {
    let focused = row(client_id).is_some_and(|row| focus(&row, ".menu-button"));
    if !focused && let Some(body) = document().body() {
        focus(&body, "h1");
    }
}
