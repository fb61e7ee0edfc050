//! `POST /oauth/revoke` (RFC 7009).

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use serde_json::json;
use service::{Service, access_tokens::RevokeRefused};

use super::{
    client_auth::authenticate,
    error::{NO_STORE, OAuthError},
    parameters::Parameters,
};
use crate::origin::RequestOrigin;

/// Ends a token of the calling client. A token that is unknown or over is as good as revoked; the hint is not needed.
///
/// # Errors
/// As RFC 6749 §5.2 says them; `invalid_grant` for a token of another client.
pub async fn revoke(
    State(service): State<Service>,
    RequestOrigin(origin): RequestOrigin,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, OAuthError> {
    let parameters = Parameters::read_form(&uri, &headers, body).await?;
    let client = authenticate(&service, &headers, &parameters, &origin, false).await?;
    let token = parameters.get("token").ok_or(OAuthError::InvalidRequest("token is missing."))?;
    service.revoke_token(&client, token, &origin).await?.map_err(|refused| match refused {
        RevokeRefused::OtherClient => OAuthError::InvalidGrant,
    })?;
    // RFC 7009 asks for no body, and clients that expect JSON of every endpoint for one.
    Ok((NO_STORE, Json(json!({}))).into_response())
}
