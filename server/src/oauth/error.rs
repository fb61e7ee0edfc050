//! The one way an OAuth endpoint refuses (RFC 6749 §5.2).

use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use service::{Failure, Throttled};

/// A refusal at an OAuth endpoint. Descriptions are constants of the program, so that they hold only the characters
/// that RFC 6749 allows.
#[derive(Debug)]
pub enum OAuthError {
    /// The request is malformed; what is wrong with it.
    InvalidRequest(&'static str),
    /// The body is larger than the endpoint reads.
    TooLarge,
    /// Client authentication failed, for whatever reason: always the same answer.
    InvalidClient,
    /// The client may not use this grant.
    UnauthorizedClient,
    /// Another grant than client credentials.
    UnsupportedGrantType,
    /// A scope the client does not hold.
    InvalidScope,
    /// A token of another client.
    InvalidGrant,
    /// Too many failures; try again later.
    Throttled(Throttled),
    /// Something broke on our side.
    Failed(Failure),
    /// No handler came to an answer: 408, 500 or 503.
    Unanswered(StatusCode),
}

/// What every answer with a token, or about one, carries (RFC 6749 §5.1).
pub const NO_STORE: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
];

/// Seconds after which a failed request may be tried again.
const RETRY_AFTER_S: u32 = 1;

impl From<Failure> for OAuthError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl OAuthError {
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::InvalidRequest(description) => (StatusCode::BAD_REQUEST, "invalid_request", description),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "The body is too large."),
            Self::InvalidClient => {
                (StatusCode::UNAUTHORIZED, "invalid_client", "The client id or the secret is not valid.")
            }
            Self::UnauthorizedClient => {
                (StatusCode::BAD_REQUEST, "unauthorized_client", "This client may not request access tokens.")
            }
            Self::UnsupportedGrantType => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "Use grant_type=client_credentials.")
            }
            Self::InvalidScope => {
                (StatusCode::BAD_REQUEST, "invalid_scope", "A requested scope is malformed or not held by the client.")
            }
            Self::InvalidGrant => (StatusCode::BAD_REQUEST, "invalid_grant", "The token was issued to another client."),
            Self::Throttled(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", "Too many failed attempts.")
            }
            Self::Failed(failure) if failure.is_temporary() => {
                (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "Try again shortly.")
            }
            Self::Unanswered(status @ StatusCode::SERVICE_UNAVAILABLE) => {
                (*status, "temporarily_unavailable", "Try again shortly.")
            }
            Self::Unanswered(status @ StatusCode::REQUEST_TIMEOUT) => {
                (*status, "invalid_request", "The body did not arrive in time.")
            }
            Self::Failed(_) | Self::Unanswered(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Something went wrong on our side.")
            }
        }
    }

    fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Throttled(throttled) => Some(throttled.retry_after_s),
            Self::Failed(failure) if failure.is_temporary() => Some(RETRY_AFTER_S),
            _ => None,
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        if let Self::Failed(failure) = &self {
            crate::telemetry::log_failure(failure);
        }
        let (status, error, error_description) = self.parts();
        let body = Json(json!({ "error": error, "error_description": error_description }));
        let mut response = (status, NO_STORE, body).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(r#"Basic realm="Keyline""#));
        }
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_hold_only_allowed_characters() {
        let throttled = Throttled { retry_after_s: 1 };
        let errors = [
            OAuthError::TooLarge,
            OAuthError::InvalidClient,
            OAuthError::UnauthorizedClient,
            OAuthError::UnsupportedGrantType,
            OAuthError::InvalidScope,
            OAuthError::InvalidGrant,
            OAuthError::Throttled(throttled),
            OAuthError::Failed(Failure::Overloaded),
            OAuthError::Failed(Failure::Password(String::new())),
        ];
        for error in errors {
            let (_, code, description) = error.parts();
            let allowed = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            assert!(code.bytes().chain(description.bytes()).all(allowed), "{description}");
        }
    }
}
