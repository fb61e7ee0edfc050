//! Proposes the browser's time zone to somebody who has not been asked for theirs.

use leptos::prelude::window;
use web_sys::{HtmlElement, HtmlInputElement};

use super::dom;

/// Shows the notice where the browser is in another zone than the page.
pub fn propose() {
    let notice = dom::find::<HtmlElement>("[data-zone]");
    let Some((notice, zone)) = notice.zip(browser_zone()) else { return };
    if notice.get_attribute("data-zone").as_deref() == Some(&zone) {
        return;
    }
    dom::fill(&notice, "zone", &zone);
    let location = window().location();
    let here = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    for (name, value) in [("time_zone", zone), ("return_to", here)] {
        if let Some(input) = dom::find_in::<HtmlInputElement>(&notice, &format!("[name={name}]")) {
            input.set_value(&value);
        }
    }
    notice.set_hidden(false);
}

fn browser_zone() -> Option<String> {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into()).ok()?.as_string()
}
