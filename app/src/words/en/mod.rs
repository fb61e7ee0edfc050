//! English.

#[cfg(feature = "ssr")]
pub mod organization_settings;
