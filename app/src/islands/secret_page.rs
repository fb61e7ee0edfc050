//! The page that answered a plain form post, once the script is there.

use leptos::prelude::window;

use super::{
    dom::{at, on},
    secret_panel,
};

/// Guards the way out until the secret is saved.
pub fn listen() {
    secret_panel::listen();
    on("click", |event| {
        if at(&event, "[data-done]").is_some() && secret_panel::is_at_stake() {
            event.prevent_default();
            secret_panel::show_guard();
        } else if at(&event, "[data-keep]").is_some() {
            secret_panel::hide_guard();
        } else if at(&event, "[data-leave]").is_some() {
            secret_panel::wipe();
            if let Some(done) = super::dom::find::<web_sys::HtmlAnchorElement>("[data-done]") {
                drop(window().location().assign(&done.href()));
            }
        }
    });
}
