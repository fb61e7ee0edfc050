//! The server from outside: real sockets, real files, the real program.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod activity_log;
mod api;
mod appearance;
mod assets;
mod backup;
mod bulk;
mod command_line;
mod config;
mod confirm;
mod credentials;
mod cross_site;
mod deletions;
mod demo;
mod exposed;
mod foreign_client;
mod harness;
mod help;
mod introspection;
mod kept;
mod key_verbs;
mod keys;
mod listen;
mod mail;
mod master_key;
mod organizations;
mod own_keys;
mod own_pages;
mod people;
mod profile;
mod program;
mod refusals;
mod retention;
mod routes;
mod search;
mod sections;
mod serve;
mod sessions;
mod settings;
mod telemetry;
mod token;
mod upgrade;
mod users;
