//! OAuth 2.0: tokens, what is to be known of them, and their end. One file per endpoint.

mod client_auth;
mod error;
mod introspect;
mod metadata;
mod parameters;
mod revoke;
mod token;

pub use error::OAuthError;
pub use introspect::introspect;
pub use metadata::{key_set, server_metadata};
pub use revoke::revoke;
pub use token::token;

/// Largest body of a request here, bytes.
const BODY_MAX_BYTES: usize = 16 * 1024;
