//! The HTTP server and the command line of Keyline.

mod admission;
pub mod api;
pub mod assets;
pub mod body;
pub mod cli;
pub mod client_address;
pub mod config;
pub mod console;
pub mod form_body;
pub mod health;
pub mod listen;
pub mod mail;
pub mod master_key_file;
pub mod oauth;
pub mod origin;
pub mod passage;
pub mod representation;
pub mod router;
pub mod state;
pub mod telemetry;
