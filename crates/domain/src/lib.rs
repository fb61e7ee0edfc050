//! The rules of Keyline as pure types: no input or output, no clock, no randomness.
//!
//! Without the feature `rules` only what the browser needs is here; with it, the rules that
//! need tables of Unicode and of time zones.

pub mod field;

/// For [`text_enum`] in other crates.
#[doc(hidden)]
pub use serde;

#[cfg(feature = "rules")]
pub mod activity;
#[cfg(feature = "rules")]
pub mod email;
#[cfg(feature = "rules")]
pub mod expiration;
#[cfg(feature = "rules")]
pub mod id;
#[cfg(feature = "rules")]
pub mod key;
#[cfg(feature = "rules")]
pub mod name;
#[cfg(feature = "rules")]
pub mod new_key;
#[cfg(feature = "rules")]
pub mod organization;
#[cfg(feature = "rules")]
pub mod scope;
#[cfg(feature = "rules")]
pub mod secret;
#[cfg(feature = "rules")]
pub mod settings;
#[cfg(feature = "rules")]
pub mod slug;
#[cfg(feature = "rules")]
mod text;
#[cfg(feature = "rules")]
pub mod time;
#[cfg(feature = "rules")]
pub mod token;
#[cfg(feature = "rules")]
pub mod user;
#[cfg(feature = "rules")]
pub mod zone;
