//! What people see: pages and components rendered on the server, and the islands of behaviour that
//! also run in the browser.
//!
//! Only `islands`, `rpc`, `snippet` and what they say of `words` reach the browser; the rest exists under the feature `ssr`.

pub mod islands;
pub mod routes;
pub mod rpc;
pub mod snippet;
pub mod words;

#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod frame;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod shell;
