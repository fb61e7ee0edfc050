//! What an address names.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use domain::secret::ClientId;

use super::problem::ApiError;

/// The key in the address. Whether it can be one is told only to who may know.
pub struct NamedKey(Option<ClientId>);

impl NamedKey {
    /// The client id.
    ///
    /// # Errors
    /// [`ApiError::NotFound`] when it cannot be one.
    pub fn client_id(self) -> Result<ClientId, ApiError> {
        self.0.ok_or(ApiError::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NamedKey {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let parameters = RawPathParams::from_request_parts(parts, state).await.ok();
        let named = parameters.and_then(|parameters| {
            parameters.iter().find(|(name, _)| *name == "client_id").and_then(|(_, text)| ClientId::parse(text))
        });
        Ok(Self(named))
    }
}
