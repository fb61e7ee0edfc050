//! OAuth 2.0: the token endpoint and what clients need to find and verify it. One file per endpoint.

mod client_auth;
mod error;
mod metadata;
mod parameters;
mod token;

pub use metadata::{key_set, server_metadata};
pub use parameters::decode;
pub use token::token;

/// Largest body of a request here, bytes.
const BODY_MAX_BYTES: usize = 16 * 1024;
