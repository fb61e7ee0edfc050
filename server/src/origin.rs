//! Where a request comes from, as the use cases record it.

use std::convert::Infallible;

use axum::{extract::FromRequestParts, http::request::Parts};
use service::authority::Origin;

use crate::{client_address::ClientAddress, telemetry::RequestId};

/// The origin of the request at hand.
pub struct RequestOrigin(pub Origin);

impl<S: Sync> FromRequestParts<S> for RequestOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get().unwrap_or(&ClientAddress::UNKNOWN).to_string();
        let request_id = parts.extensions.get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        Ok(Self(Origin { address, request_id }))
    }
}
