//! Behaviour for markup the server rendered: the only views that reach the browser, and they draw
//! nothing. Each listens at the document, so that replaced content needs no second start, and finds
//! its elements by id or `data-` attribute. Every page works without them.

#[cfg(feature = "hydrate")]
mod bulk;
#[cfg(feature = "hydrate")]
mod copy;
#[cfg(feature = "hydrate")]
mod create_dialog;
#[cfg(feature = "hydrate")]
mod dialog;
#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod form;
#[cfg(feature = "hydrate")]
mod frame;
#[cfg(feature = "hydrate")]
mod key_list;
#[cfg(feature = "hydrate")]
mod newer;
#[cfg(feature = "hydrate")]
mod palette;
#[cfg(feature = "hydrate")]
mod password_step;
#[cfg(feature = "hydrate")]
mod question_dialog;
#[cfg(feature = "hydrate")]
mod refresh;
#[cfg(feature = "hydrate")]
mod row_menu;
#[cfg(feature = "hydrate")]
mod secret_page;
#[cfg(feature = "hydrate")]
mod secret_panel;
#[cfg(feature = "hydrate")]
mod shown;
#[cfg(feature = "hydrate")]
mod tabs;
#[cfg(feature = "hydrate")]
mod zone;

use leptos::prelude::*;

/// What the frame of every page has: its menus, the command palette, and a proposal of the browser's time zone.
#[island]
pub fn FrameParts() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        frame::listen();
        palette::listen();
        zone::propose();
    }
}

/// The Activity Log: says when there is more of it.
#[island]
pub fn ActivityPage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    newer::listen();
}

/// The list of keys: row menus, ticked rows, copying, search as you type, creating in a dialog, and
/// questions about keys in another.
#[island]
pub fn KeyList() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        copy::listen();
        row_menu::listen();
        shown::listen();
        key_list::listen();
        bulk::listen();
        secret_panel::listen();
        create_dialog::listen();
        question_dialog::listen();
    }
}

/// A page about one key: its menu, copying, and questions about it in a dialog.
#[island]
pub fn KeyPage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        copy::listen();
        row_menu::listen();
        shown::listen();
        secret_panel::listen();
        question_dialog::listen();
    }
}

/// Pages about people: menus of rows, and copying one-time links.
#[island]
pub fn PeoplePages() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        row_menu::listen();
        copy::listen_to_fields();
    }
}

/// Buttons that copy a text which is no secret.
#[island]
pub fn Copying() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    copy::listen();
}

/// The page that shows a secret: copying, hiding, and a guard against leaving too early.
#[island]
pub fn SecretPage() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    {
        copy::listen();
        secret_page::listen();
    }
}
