//! English.

#[cfg(feature = "ssr")]
pub mod first_token;
#[cfg(feature = "ssr")]
pub mod organization_settings;
