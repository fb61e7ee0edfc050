//! `POST /oauth/token`: the client-credentials grant (RFC 6749 §4.4).

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use service::{
    Service,
    tokens::{IssueRefused, IssuedToken, Wanted},
};

use super::{
    client_auth::{ClientAuth, client_auth},
    error::{NO_STORE, OAuthError},
    parameters::{Format, Parameters},
};
use crate::origin::RequestOrigin;

/// RFC 6749 §5.1.
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u32,
    scope: String,
}

/// Exchanges a key for an access token. Checks run in this order: query, media type, parsing, authentication methods,
/// authentication, grant type, gates, lifetime, scope.
///
/// # Errors
/// As RFC 6749 §5.2 says them.
pub async fn token(
    State(service): State<Service>,
    RequestOrigin(origin): RequestOrigin,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, OAuthError> {
    let parameters = Parameters::read(&uri, &headers, body).await?;
    let ClientAuth { presented, bearer } = client_auth(&headers, &parameters)?;
    let (client, ring) = tokio::join!(service.authenticate(&presented, &origin), service.ring());
    let client = client??;
    check_grant_type(&parameters, bearer)?;
    let parameter = |name: &str| parameters.get(name).map(str::to_owned);
    let wanted = Wanted { scope: parameter("scope"), expires_in: parameter("expires_in") };
    let issued = service.issue_token(&client, &wanted, &origin, ring).await?.map_err(|refused| match refused {
        IssueRefused::UnauthorizedClient => OAuthError::UnauthorizedClient,
        IssueRefused::Lifetime => OAuthError::InvalidRequest("expires_in must be a whole number from 30 to 3600."),
        IssueRefused::Scope => OAuthError::InvalidScope,
        IssueRefused::Expired => OAuthError::InvalidClient,
    })?;
    Ok((NO_STORE, Json(TokenResponse::from(issued))).into_response())
}

/// A JSON body and a bearer secret may leave the grant type out; a form may not.
fn check_grant_type(parameters: &Parameters, bearer: bool) -> Result<(), OAuthError> {
    match parameters.get("grant_type") {
        Some("client_credentials") => Ok(()),
        Some(_) => Err(OAuthError::UnsupportedGrantType),
        None if bearer => Ok(()),
        None if parameters.format == Format::Json && !parameters.is_sent("grant_type") => Ok(()),
        None => Err(OAuthError::InvalidRequest("grant_type is missing.")),
    }
}

impl From<IssuedToken> for TokenResponse {
    fn from(issued: IssuedToken) -> Self {
        Self {
            access_token: issued.access_token,
            token_type: "Bearer",
            expires_in: issued.expires_in,
            scope: issued.scope.to_string(),
        }
    }
}
