//! The list itself: search as you type, and showing it anew after a change.

use std::cell::Cell;

use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FormData, HtmlAnchorElement, HtmlElement, HtmlFormElement, UrlSearchParams};

use super::{
    dialog,
    dom::{after, announce, at, fill, find, find_all, find_in, offline, on, set, show},
    form,
    refresh::{Unloaded, go, load, put, refresh, replace},
    shown,
};
use crate::words::key_list as words;

/// How long typing must pause before a search starts, milliseconds.
const PAUSE_MS: i32 = 200;

const FILTERS: &str = "form[data-filters]";

/// Links to the same list in another order, from another place on, or without its filters.
const LISTS: &str = "#results .sort, #results .pages a, #results .empty a";

/// Where it is said that the list did not come.
const FAILURE: &str = "[data-load-error]";

thread_local! {
    /// Timer of the search to come.
    static SEARCH: Cell<i32> = const { Cell::new(0) };
    /// How many searches have begun.
    static ASKED: Cell<u32> = const { Cell::new(0) };
}

/// Searches while people type.
pub fn listen() {
    arrive();
    on("input", |event| later(&event, PAUSE_MS));
    // The search field has said so already; once more would take away what the focus moves on to.
    on("change", |event| {
        if at(&event, "select").is_some() {
            later(&event, 0);
        }
    });
    on("click", |event| {
        let link = at(&event, LISTS).filter(|_| dialog::is_plain_click(&event));
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
            event.prevent_default();
            spawn_local(async move { follow(&link).await });
        }
    });
    on("click", |event| {
        let failure = at(&event, "[data-try-again]").and_then(|_| find::<Element>(FAILURE));
        if let Some(address) = failure.and_then(|failure| failure.get_attribute("data-address")) {
            event.prevent_default();
            spawn_local(async move { search(&address).await });
        }
    });
    on("submit", |event| {
        if at(&event, FILTERS).is_some() {
            event.prevent_default();
            later(&event, 0);
        }
    });
}

/// Came from the page that showed a new key: its row takes the focus.
fn arrive() -> Option<()> {
    let fragment = window().location().hash().ok().filter(|hash| hash.starts_with("#key-"))?;
    let row = find::<Element>(&fragment)?;
    let name = find_in::<HtmlElement>(&row, ".key-name a")?;
    name.focus().ok()?;
    let env_name = find::<HtmlElement>("[data-env-name]")?.text_content()?;
    announce(&words::added(&name.text_content()?, &env_name));
    dialog::replace_address(&dialog::address());
    Some(())
}

fn later(event: &Event, millis: i32) {
    let Some(form) = at(event, FILTERS).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
    window().clear_timeout_with_handle(SEARCH.get());
    SEARCH.set(after(millis, move || {
        if let Some(address) = address_of(&form) {
            spawn_local(async move { search(&address).await });
        }
    }));
}

/// The address the form leads to, empty fields left out.
fn address_of(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    if data.get("q").as_string().is_some_and(|q| q.trim().is_empty()) {
        data.delete("q");
    }
    let query = UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?;
    Some(format!("{}?{}", form.get_attribute("action")?, String::from(query.to_string())))
}

/// Shows the list that a link leads to. The focus stays on the link, or goes to the one beside it where it led to an end,
/// or to the search. Another page is seen from its beginning.
async fn follow(link: &HtmlAnchorElement) {
    let label = link.text_content();
    set_busy(true);
    let address = link.pathname() + &link.search();
    if let Err(unloaded) = replace(&address, "main").await {
        return not_shown(unloaded, &address);
    }
    dialog::visit(&address);
    shown::is(address);
    let Some(results) = find::<Element>("#results") else { return };
    let same = find_all(&results, ".sort, .pages a").into_iter().find(|link| link.text_content() == label);
    if let Some(next) = same.or_else(|| find_in(&results, ".pages a")).or_else(|| find("#q")) {
        drop(next.focus());
    }
    if link.rel() == "" {
        say_total(&results);
    } else {
        results.scroll_into_view();
        let range = find_in::<Element>(&results, ".pages p").and_then(|range| range.text_content());
        announce(&range.unwrap_or_default());
    }
}

async fn search(address: &str) {
    set_busy(true);
    let asked = ASKED.get() + 1;
    ASKED.set(asked);
    let page = load(address).await;
    // What was asked for since is what the person wants.
    if ASKED.get() != asked {
        return;
    }
    let results = match page.and_then(|page| put(&page, "#results")) {
        Ok(results) => results,
        Err(unloaded) => return not_shown(unloaded, address),
    };
    show_failure(false);
    dialog::replace_address(address);
    shown::is(address.to_owned());
    say_total(&results);
}

fn say_total(results: &Element) {
    let total = find_in::<Element>(results, "[data-total]").and_then(|element| element.get_attribute("data-total"));
    let total = total.or_else(|| results.get_attribute("data-total")).unwrap_or_default();
    announce(&words::matches(&total));
}

fn not_shown(why: Unloaded, address: &str) {
    match why {
        Unloaded::SessionEnded => {
            set_busy(false);
            dialog::replace_address(address);
            form::session_ended();
        }
        Unloaded::Elsewhere => go(address),
        Unloaded::Failed(reference) => fail(address, reference),
    }
}

/// Says that the list did not come. What is on screen stays, and with it what was typed.
fn fail(address: &str, reference: Option<String>) {
    set_busy(false);
    if let Some(words) = offline() {
        return dialog::toast(&words);
    }
    let Some(failure) = find::<Element>(FAILURE) else { return };
    show(&failure, "[data-known]", reference.is_some());
    fill(&failure, "reference", &reference.unwrap_or_default());
    set(&failure, "data-address", address);
    show_failure(true);
}

fn set_busy(busy: bool) {
    if let Some(table) = find::<Element>(".keys") {
        set(&table, "aria-busy", if busy { "true" } else { "false" });
    }
}

fn show_failure(visible: bool) {
    if let Some(failure) = find::<HtmlElement>(FAILURE) {
        failure.set_hidden(!visible);
    }
}

/// Shows the list as it was, with a key that was just created also where its filters hide it.
pub async fn show_created(client_id: &str) {
    let list = shown::address();
    dialog::replace_address(&list);
    let joint = if list.contains('?') { '&' } else { '?' };
    refresh(&format!("{list}{joint}created={client_id}"), "main").await;
}
