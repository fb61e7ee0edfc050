//! Every method of the store, every case, on both databases.

mod accounts;
mod activity;
mod backups;
mod cancellation;
mod clients;
mod deployment;
mod environments;
mod invitations;
mod key_list;
mod key_list_pages;
mod key_races;
mod keys;
mod links;
mod mails;
mod memberships;
mod organizations;
mod personal;
mod profile;
mod scene;
mod schema;
mod sessions;
mod settings;
mod signing_keys;
mod tokens;
mod upgrade;
mod users;
