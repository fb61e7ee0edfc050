//! Markup without behaviour, rendered on the server.

pub mod create_form;
pub mod form;
pub mod icon;
pub mod key_mark;
pub mod moment;
pub mod remove_form;
pub mod secret_panel;
pub mod status;
