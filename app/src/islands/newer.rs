//! Says that there are newer events in the Activity Log. It asks only while somebody is there: a page that is left open
//! must not keep its session alive.

use std::cell::Cell;

use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Response};

use super::dom::{after, at, find, on};
use crate::words::newer as words;

/// How often it asks, and how long after the last key or touch somebody counts as there, milliseconds.
const PACE_MS: i32 = 30_000;
const THERE_MS: f64 = 300_000.0;

thread_local! {
    static LAST_SEEN: Cell<f64> = const { Cell::new(0.0) };
}

/// Begins to ask.
pub fn listen() {
    seen();
    on("keydown", |_| seen());
    on("pointerdown", |_| seen());
    on("click", |event| {
        if let Some(list) = at(&event, "[data-newer]").and_then(|button| button.get_attribute("data-list")) {
            window().location().assign(&list).expect("an address of this site");
        }
    });
    next();
}

fn seen() {
    LAST_SEEN.set(js_sys::Date::now());
}

fn next() {
    after(PACE_MS, || {
        let there = js_sys::Date::now() - LAST_SEEN.get() < THERE_MS && !document().hidden();
        spawn_local(async move {
            if there {
                ask().await;
            }
            next();
        });
    });
}

async fn ask() -> Option<()> {
    let button = find::<HtmlElement>("[data-newer]")?;
    let response = JsFuture::from(window().fetch_with_str(&button.get_attribute("data-newer")?)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() || response.redirected() {
        return None;
    }
    let count = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    if count != "0" {
        button.set_text_content(Some(&words::events(&count)));
        button.set_hidden(false);
    }
    Some(())
}
