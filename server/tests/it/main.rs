//! The server from outside: real sockets, real files, the real program.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod activity_log;
mod api;
mod appearance;
mod assets;
mod command_line;
mod config;
mod confirm;
mod credentials;
mod harness;
mod introspection;
mod key_verbs;
mod keys;
mod listen;
mod own_keys;
mod own_pages;
mod people;
mod program;
mod routes;
mod serve;
mod sessions;
mod telemetry;
mod token;
