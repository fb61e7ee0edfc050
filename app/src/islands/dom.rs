//! The few words of the DOM the islands speak.

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, EventTarget, HtmlElement, HtmlInputElement};

/// From the moment a region is there until what is put into it is heard, milliseconds.
const HEARD_AFTER_MS: i32 = 100;

/// What a region says, or is about to.
const SAID: &str = "data-said";

/// Calls `handler` for every `event` that reaches the document, before the element it happened at:
/// so also for events that do not bubble.
pub fn on(event: &str, handler: impl FnMut(Event) + 'static) {
    listen(&document(), event, Box::new(handler));
}

/// Calls `handler` for every `event` at the window.
pub fn on_window(event: &str, handler: impl FnMut(Event) + 'static) {
    listen(&window(), event, Box::new(handler));
}

/// A page has its listeners for as long as it lives.
fn listen(target: &EventTarget, event: &str, handler: Box<dyn FnMut(Event)>) {
    let closure = Closure::wrap(handler);
    let added = target.add_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), true);
    added.expect("adding a listener does not fail");
    closure.forget();
}

/// The first element that matches, in the document.
pub fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The first element that matches, inside another.
pub fn find_in<T: JsCast>(root: &Element, selector: &str) -> Option<T> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Every element that matches.
pub fn find_all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(nodes) = root.query_selector_all(selector) else { return Vec::new() };
    (0..nodes.length()).filter_map(|index| nodes.item(index)?.dyn_into().ok()).collect()
}

/// Where an event happened: the nearest element that matches, outwards.
pub fn at(event: &Event, selector: &str) -> Option<HtmlElement> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()??.dyn_into().ok()
}

/// Puts text into every slot of that name.
pub fn fill(root: &Element, slot: &str, text: &str) {
    for element in find_all(root, &format!("[data-slot={slot}]")) {
        element.set_text_content(Some(text));
    }
}

/// Shows or hides what matches.
pub fn show(root: &Element, selector: &str, visible: bool) {
    for element in find_all(root, selector) {
        element.set_hidden(!visible);
    }
}

/// Moves the focus to what matches, if it is there.
pub fn focus(root: &Element, selector: &str) -> bool {
    find_in::<HtmlElement>(root, selector).is_some_and(|element| element.focus().is_ok())
}

/// Sets an attribute.
pub fn set(element: &Element, attribute: &str, value: &str) {
    element.set_attribute(attribute, value).expect("attribute names of this crate are valid");
}

/// What is typed in the field of that name.
pub fn value_of(form: &Element, name: &str) -> String {
    let checked = find_in::<HtmlInputElement>(form, &format!("input[name={name}]:checked"));
    if let Some(radio) = checked {
        return radio.value();
    }
    if let Some(area) = find_in::<web_sys::HtmlTextAreaElement>(form, &format!("textarea[name={name}]")) {
        return area.value();
    }
    find_in::<HtmlInputElement>(form, &format!("input[name={name}]:not([type=radio], [type=checkbox])"))
        .map(|input| input.value())
        .unwrap_or_default()
}

/// What follows `prefix` in the names of the boxes that are ticked.
pub fn ticked(form: &Element, prefix: &str) -> Vec<String> {
    let boxes = find_all(form, &format!("input[name^='{prefix}']:checked"));
    boxes.iter().filter_map(|ticked| Some(ticked.get_attribute("name")?.strip_prefix(prefix)?.to_owned())).collect()
}

/// Says something to people who use a screen reader, when they next pause.
pub fn announce(text: &str) {
    say("polite", text);
}

/// Says something at once: what they have just asked for did not happen.
pub fn announce_now(text: &str) {
    say("assertive", text);
}

/// An open dialog makes the rest of the page inert, and its regions silent: it gets one of its own.
fn say(how: &str, text: &str) {
    if let Some(region) = find::<HtmlElement>(&format!("[data-testid=announcer-{how}]")) {
        region.set_text_content(Some(text));
    }
    let body = document().body().expect("a page has a body");
    let Some(dialog) = find_all(&body, "dialog[open]").pop() else { return };
    let own = format!("[data-announcer={how}]");
    if let Some(region) = find_in::<HtmlElement>(&dialog, &own) {
        set(&region, SAID, text);
        region.set_text_content(Some(text));
        return;
    }
    let region = document().create_element("div").expect("a valid name");
    set(&region, "class", "sr-only");
    set(&region, "aria-live", how);
    set(&region, "data-announcer", how);
    set(&region, SAID, text);
    dialog.append_child(&region).expect("an element takes another");
    after(HEARD_AFTER_MS, move || region.set_text_content(region.get_attribute(SAID).as_deref()));
}

/// A text as it stands in a query.
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// What the bar says that shows while the browser has no connection; `None` while it has one.
pub fn offline() -> Option<String> {
    find::<HtmlElement>("[data-testid=offline-bar]").filter(|bar| !bar.hidden())?.text_content()
}

/// Runs `action` after `millis` milliseconds; gives what cancels it.
pub fn after(millis: i32, action: impl FnOnce() + 'static) -> i32 {
    let callback = Closure::once_into_js(action);
    window()
        .set_timeout_with_callback_and_timeout_and_arguments_0(callback.unchecked_ref(), millis)
        .expect("setting a timer does not fail")
}
