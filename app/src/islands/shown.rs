//! Which page is on screen under whatever dialog is open over it, and showing it anew.

use std::cell::RefCell;

use leptos::{prelude::window, task::spawn_local};

use super::{dialog, dom::on_window, refresh::refresh};

thread_local! {
    static SHOWN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Follows Back and Forward.
pub fn listen() {
    is(dialog::address());
    on_window("popstate", |_| {
        let (address, shown) = (dialog::address(), address());
        if path_of(&address) != path_of(&shown) {
            // Forward to the address of a dialog: its page.
            drop(window().location().reload());
        } else if address != shown {
            spawn_local(async move { show_at(&address).await });
        }
    });
}

/// Its path and query.
pub fn address() -> String {
    SHOWN.with_borrow(String::clone)
}

/// Remembers what is shown now.
pub fn is(address: String) {
    SHOWN.set(address);
}

/// Shows the page at `address`, which is in the address bar already.
pub async fn show_at(address: &str) {
    if refresh(address, "main").await.is_some() {
        is(address.to_owned());
    }
}

/// Shows what is on screen again, after a change.
pub async fn show_again() {
    show_at(&address()).await;
}

/// An address without its query.
pub fn path_of(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}
