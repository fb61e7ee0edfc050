//! Server functions the islands call. Each takes the caller's authority, parses with the rules of
//! `domain`, and calls one use case.

#[cfg(feature = "ssr")]
mod caller;
mod error;
mod keys;
mod strict;

#[cfg(feature = "ssr")]
pub use caller::Caller;
pub use error::{ALREADY_CREATED, RpcError};
pub use keys::{KeyFields, KeyIssued, SCOPE_PREFIX, acknowledge_key, create_key};
