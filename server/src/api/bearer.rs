//! Who calls: the bearer credential of a request (RFC 6750 §2.1), and nothing else. No cookie is read here.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Uri, header, request::Parts},
};
use service::{Service, access_tokens::BearerRefused, authority::ApiClient};

use super::{input::Input, problem::ApiError};
use crate::origin::RequestOrigin;

/// A client whose credential is good, and the query it has sent. What it may do is known only once a scope is asked for.
pub struct Caller {
    client: ApiClient,
    uri: Uri,
}

impl Caller {
    /// The client, if its credential holds `scope`, and has sent no parameters in the query.
    ///
    /// # Errors
    /// [`ApiError::InsufficientScope`], [`ApiError::Invalid`].
    pub fn with_scope(self, scope: &'static str) -> Result<ApiClient, ApiError> {
        let (client, query) = self.with_query(scope)?;
        query.finish(Some(client))
    }

    /// The client, if its credential holds `scope`, and the parameters of the query.
    ///
    /// # Errors
    /// [`ApiError::InsufficientScope`], or a query that is not well-formed.
    pub fn with_query(self, scope: &'static str) -> Result<(ApiClient, Input), ApiError> {
        if !self.client.may(scope) {
            return Err(ApiError::InsufficientScope(scope.to_owned()));
        }
        Ok((self.client, Input::from_query(&self.uri)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Service: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Ok(RequestOrigin(origin)) = RequestOrigin::from_request_parts(parts, state).await;
        let credential = credential(&parts.headers)?;
        match Service::from_ref(state).api_client(credential, origin).await? {
            Ok(client) => Ok(Self { client, uri: parts.uri.clone() }),
            Err(BearerRefused::FeatureOff) => Err(ApiError::FeatureOff),
            Err(BearerRefused::Invalid | BearerRefused::Secret(..)) => Err(ApiError::InvalidToken),
        }
    }
}

fn credential(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let authorization = authorizations.next().ok_or(ApiError::NoCredentials)?;
    if authorizations.next().is_some() {
        return Err(ApiError::Unreadable("There are two Authorization headers."));
    }
    let text = authorization.to_str().map_err(|_| ApiError::InvalidToken)?;
    let (scheme, credential) = text.split_once(' ').unwrap_or((text, ""));
    if scheme.eq_ignore_ascii_case("bearer") { Ok(credential.trim_matches(' ')) } else { Err(ApiError::NoCredentials) }
}
