//! `POST /oauth/introspect` (RFC 7662).

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, Uri},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use service::{Service, access_tokens::Bearer};

use super::{
    client_auth::authenticate,
    error::{NO_STORE, OAuthError},
    parameters::Parameters,
};
use crate::origin::RequestOrigin;

/// RFC 7662 §2.2. Anything that is not a good credential of the caller's own organization is only not active.
#[derive(Default, Serialize)]
struct Introspection {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
}

/// Says whether a token is good, to a client with the scope `tokens:introspect`.
///
/// # Errors
/// As RFC 6749 §5.2 says them.
pub async fn introspect(
    State(service): State<Service>,
    RequestOrigin(origin): RequestOrigin,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, OAuthError> {
    let parameters = Parameters::read_form(&uri, &headers, body).await?;
    let client = authenticate(&service, &headers, &parameters, &origin, true);
    let Some(token) = parameters.get("token") else {
        client.await?;
        return Err(OAuthError::InvalidRequest("token is missing."));
    };
    let found = service.introspect(client, token).await?;
    let answer = found.map_or_else(Introspection::default, |bearer| active(bearer, &service.settings().issuer));
    Ok((NO_STORE, Json(answer)).into_response())
}

fn active(bearer: Bearer, issuer: &str) -> Introspection {
    let token_type = bearer.access_token.is_some().then_some("Bearer");
    let (jti, aud) = bearer.access_token.map(|token| (token.jti, token.audience)).unzip();
    Introspection {
        active: true,
        client_id: Some(bearer.client_id.to_string()),
        sub: Some(bearer.client_id.to_string()),
        iss: Some(issuer.to_owned()),
        aud,
        exp: bearer.expires_at,
        iat: Some(bearer.issued_at),
        jti,
        scope: Some(bearer.scope.to_string()),
        token_type,
    }
}
