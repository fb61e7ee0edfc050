//! Markup without behaviour, rendered on the server.

pub mod activity;
pub mod appearance;
pub mod check_box;
pub mod create_form;
pub mod expiration;
pub mod first_token;
pub mod form;
pub mod icon;
pub mod key_mark;
pub mod key_verbs;
pub mod moment;
pub mod once;
pub mod password_step;
pub mod question;
pub mod scopes;
pub mod secret_panel;
pub mod session_dialog;
pub mod status;
pub mod tiles;
pub mod usage;
