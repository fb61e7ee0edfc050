//! Where a request comes from, as the use cases record it.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
};
use service::authority::{Origin, USER_AGENT_MAX};

use crate::{client_address::ClientAddress, telemetry::RequestId};

/// The origin of the request at hand.
pub struct RequestOrigin(pub Origin);

impl<S: Sync> FromRequestParts<S> for RequestOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get().unwrap_or(&ClientAddress::UNKNOWN).to_string();
        let request_id = parts.extensions.get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let user_agent = parts.headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
        let user_agent = String::from_utf8_lossy(user_agent);
        let end = user_agent.char_indices().nth(USER_AGENT_MAX).map_or(user_agent.len(), |(end, _)| end);
        let user_agent = user_agent[..end].to_owned();
        Ok(Self(Origin { address, request_id, user_agent }))
    }
}
