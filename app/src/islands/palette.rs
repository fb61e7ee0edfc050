//! The command palette: a combobox over what the frame links to and, from the second character on, the keys that the
//! search page finds.

use std::cell::{Cell, RefCell};

use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

use super::{
    dialog,
    dom::{after, announce, at, encode, find, find_all, find_in, on, set},
    refresh::load,
};
use crate::words::palette as words;

const ID: &str = "palette";
const BUTTON: &str = "[data-palette]";
const GROUPS: [&str; 3] = [words::PAGES, words::ACTIONS, words::KEYS];

/// How long typing must pause before keys are looked for, milliseconds.
const PAUSE_MS: i32 = 200;

/// Something to choose.
#[derive(Clone)]
struct Choice {
    group: usize,
    label: String,
    detail: String,
    link: HtmlElement,
}

thread_local! {
    /// What is on screen, in its order.
    static CHOICES: RefCell<Vec<Choice>> = const { RefCell::new(Vec::new()) };
    /// Keys that were found last.
    static FOUND: RefCell<Vec<Choice>> = const { RefCell::new(Vec::new()) };
    static CURRENT: Cell<usize> = const { Cell::new(0) };
    static SEARCH: Cell<i32> = const { Cell::new(0) };
}

/// Opens it by its button and by keys, and follows what is typed in it.
pub fn listen() {
    let Some(button) = find::<HtmlElement>(BUTTON) else { return };
    set(&button, "role", "button");
    set(&button, "aria-haspopup", "dialog");
    on("click", |event| {
        if at(&event, BUTTON).is_some() && dialog::is_plain_click(&event) {
            event.prevent_default();
            open();
        } else if let Some(option) = at(&event, "#palette [role=option]") {
            choose(option.get_attribute("data-index").and_then(|index| index.parse().ok()));
        } else if let Some(element) = dialog::get(ID).filter(|element| dialog::is_backdrop(&event, element)) {
            element.close();
        }
    });
    on("keydown", |event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let pressed = key.key();
        let with_others = key.shift_key() || key.alt_key();
        let shortcut = (key.meta_key() || key.ctrl_key()) && !with_others && pressed.eq_ignore_ascii_case("k");
        let handled = if shortcut || (pressed == " " && at(&event, BUTTON).is_some()) {
            open();
            true
        } else {
            at(&event, "#palette input").is_some() && !key.is_composing() && press(&pressed)
        };
        if handled {
            event.prevent_default();
        }
    });
    on("input", |event| {
        if at(&event, "#palette input").is_some() {
            typed();
        }
    });
}

/// Nothing opens over a question or a secret.
fn open() {
    let busy = find::<HtmlDialogElement>("dialog[open]").is_some();
    let Some(element) = dialog::get(ID).filter(|_| !busy) else { return };
    if let Some(input) = input() {
        input.set_value("");
    }
    FOUND.take();
    element.show_modal().expect("a closed dialog in the document opens");
    render("", true);
}

fn input() -> Option<HtmlInputElement> {
    find("#palette input")
}

fn press(key: &str) -> bool {
    let count = CHOICES.with_borrow(Vec::len);
    let current = CURRENT.get();
    match key {
        "ArrowDown" if count > 0 => mark((current + 1) % count),
        "ArrowUp" if count > 0 => mark((current + count - 1) % count),
        "Enter" => choose(Some(current)),
        _ => return false,
    }
    true
}

fn typed() {
    let Some(query) = input().map(|input| input.value().trim().to_owned()) else { return };
    window().clear_timeout_with_handle(SEARCH.get());
    let is_short = query.chars().count() < 2;
    if is_short {
        FOUND.take();
    } else {
        let wanted = query.clone();
        SEARCH.set(after(PAUSE_MS, move || spawn_local(async move { look_for(wanted).await })));
    }
    render(&query, is_short);
}

/// Keys, from the page that people without script search on.
async fn look_for(query: String) {
    let Some(page) = find::<HtmlElement>(BUTTON).and_then(|button| button.get_attribute("href")) else { return };
    // Whoever may not search still finds what the frame links to.
    let found = load(&format!("{page}?q={}", encode(&query))).await.ok();
    if input().is_none_or(|input| input.value().trim() != query) {
        return;
    }
    let list = found.and_then(|found| found.query_selector("[data-found]").ok().flatten());
    let entries = list.map(|list| find_all(&list, "li")).unwrap_or_default();
    let keys = entries.into_iter().filter_map(|entry| {
        let link = find_in::<HtmlElement>(&entry, "a")?;
        let detail = find_in::<HtmlElement>(&entry, ".hint")?.text_content()?;
        Some(Choice { group: 2, label: link.text_content()?, detail, link })
    });
    FOUND.set(keys.collect());
    render(&query, true);
}

/// What the frame links to, in its words or those of `data-jump`, each address once.
fn on_page() -> Vec<Choice> {
    let Some(frame) = find::<Element>(".frame") else { return Vec::new() };
    let mut seen = Vec::new();
    let links = find_all(&frame, ".rail .menu a, .rail .sections a, .rail [data-jump]");
    let choice = |link: HtmlElement| {
        let label = link.get_attribute("data-jump").or_else(|| link.first_child()?.text_content())?;
        let href = link.get_attribute("href");
        if href.is_some() && seen.contains(&href) {
            return None;
        }
        let acts = href.is_none() || link.has_attribute("data-new");
        seen.push(href);
        Some(Choice { group: usize::from(acts), label, detail: String::new(), link })
    };
    links.into_iter().filter_map(choice).collect()
}

/// Shows what there is; whether that is all is known only once the server has answered.
fn render(query: &str, is_all: bool) {
    let wanted = query.to_lowercase();
    let mut choices: Vec<_> =
        on_page().into_iter().filter(|choice| choice.label.to_lowercase().contains(&wanted)).collect();
    choices.extend(FOUND.with_borrow(Clone::clone));
    choices.sort_by_key(|choice| choice.group);
    let Some(list) = find::<Element>("#palette [role=listbox]") else { return };
    list.set_text_content(None);
    for (group, heading) in GROUPS.into_iter().enumerate() {
        let of_group = choices.iter().enumerate().filter(|(_, choice)| choice.group == group);
        draw_group(&list, heading, of_group);
    }
    let results = words::results(query, choices.len());
    if let Some(empty) = find::<HtmlElement>("#palette [data-empty]") {
        empty.set_text_content(Some(&results));
        empty.set_hidden(!choices.is_empty() || !is_all);
    }
    if !query.is_empty() && is_all {
        announce(&results);
    }
    CHOICES.set(choices);
    mark(0);
}

fn draw_group<'a>(list: &Element, heading: &str, choices: impl Iterator<Item = (usize, &'a Choice)>) -> Option<()> {
    let mut choices = choices.peekable();
    choices.peek()?;
    let group = element("div", "", None)?;
    set(&group, "role", "group");
    set(&group, "aria-label", heading);
    let title = element("p", "eyebrow", Some(heading))?;
    set(&title, "aria-hidden", "true");
    group.append_child(&title).ok()?;
    for (index, choice) in choices {
        let option = element("div", "menu-item", None)?;
        set(&option, "role", "option");
        set(&option, "id", &format!("palette-{index}"));
        set(&option, "data-index", &index.to_string());
        option.append_child(&element("span", "", Some(&choice.label))?.into()).ok()?;
        if !choice.detail.is_empty() {
            option.append_child(&element("span", "menu-note", Some(&choice.detail))?.into()).ok()?;
        }
        group.append_child(&option).ok()?;
    }
    list.append_child(&group).ok()?;
    Some(())
}

fn element(name: &str, class: &str, text: Option<&str>) -> Option<Element> {
    let element = document().create_element(name).ok()?;
    element.set_class_name(class);
    if text.is_some() {
        element.set_text_content(text);
    }
    Some(element)
}

/// Marks the one that Enter chooses.
fn mark(index: usize) {
    CURRENT.set(index);
    let Some(list) = find::<Element>("#palette [role=listbox]") else { return };
    let Some(input) = input() else { return };
    input.remove_attribute("aria-activedescendant").expect("a valid name");
    for option in find_all(&list, "[role=option]") {
        let current = option.get_attribute("data-index") == Some(index.to_string());
        set(&option, "aria-selected", if current { "true" } else { "false" });
        if current {
            set(&input, "aria-activedescendant", &option.id());
            let (edge, shown) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
            let (above, below) = (edge.top() - shown.top(), edge.bottom() - shown.bottom());
            list.scroll_by_with_x_and_y(0.0, above.min(0.0) + below.max(0.0));
        }
    }
}

fn choose(index: Option<usize>) {
    let choice = index.and_then(|index| CHOICES.with_borrow(|choices| choices.get(index).cloned()));
    let Some(choice) = choice else { return };
    if let Some(element) = dialog::get(ID) {
        element.close();
    }
    // Later, because a click within this one would come back to the listener that is at work.
    after(0, move || follow(&choice));
}

fn follow(choice: &Choice) {
    let href = choice.link.get_attribute("href");
    let creates = choice.link.has_attribute("data-new");
    if let Some(opener) = find::<HtmlElement>("a[data-opens=create]").filter(|_| creates) {
        opener.click();
    } else if let Some(href) = href {
        drop(window().location().assign(&href));
    } else {
        choice.link.click();
    }
}
