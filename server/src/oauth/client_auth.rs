//! Client authentication (RFC 6749 §2.3): exactly one method per request.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::key::Kind;
use service::{
    Service,
    authority::Origin,
    tokens::{AuthenticatedClient, AuthenticationRefused, Presented},
};
use zeroize::Zeroizing;

use super::{
    error::OAuthError,
    parameters::{Format, Parameters},
};
use crate::form_body::decode;

/// How a client has presented its secret.
pub struct ClientAuth {
    /// What it presented.
    pub presented: Presented,
    /// A bearer secret: it alone is the whole request, and needs no grant type.
    pub bearer: bool,
}

/// Finds the one method a request uses.
///
/// # Errors
/// [`OAuthError::InvalidRequest`] for two methods at once, [`OAuthError::InvalidClient`] for none or a broken one.
pub fn client_auth(headers: &HeaderMap, parameters: &Parameters) -> Result<ClientAuth, OAuthError> {
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let authorization = authorizations.next();
    if authorizations.next().is_some() {
        return Err(two_methods());
    }
    let Some(authorization) = authorization else {
        return from_body(parameters);
    };
    if parameters.get("client_secret").is_some() {
        return Err(two_methods());
    }
    let text = authorization.to_str().map_err(|_| OAuthError::InvalidClient)?;
    let (scheme, value) = text.split_once(' ').ok_or(OAuthError::InvalidClient)?;
    match scheme.to_ascii_lowercase().as_str() {
        // Only a secret that is the whole request needs no body.
        "basic" if parameters.format == Format::Empty => {
            Err(OAuthError::InvalidRequest("The body must be a form or JSON."))
        }
        "basic" => from_basic(value.trim_start_matches(' '), parameters),
        "bearer" if parameters.get("client_id").is_some() => Err(two_methods()),
        "bearer" => Ok(ClientAuth {
            presented: Presented { client_id: None, secret: Zeroizing::new(value.trim_start_matches(' ').to_owned()) },
            bearer: true,
        }),
        _ => Err(OAuthError::InvalidClient),
    }
}

/// Authenticates the client of a revocation, or of an introspection: a pair of id and secret. Where `token_keys` may ask
/// as well, a key that is sent as it is stands alone, as bearer; the secret of a client is one at the token endpoint
/// alone. Where API keys are turned off a client may still ask, and finds every token over.
///
/// # Errors
/// As [`client_auth`]; [`OAuthError::InvalidClient`] for a secret that is no good.
pub async fn authenticate(
    service: &Service,
    headers: &HeaderMap,
    parameters: &Parameters,
    origin: &Origin,
    token_keys: bool,
) -> Result<AuthenticatedClient, OAuthError> {
    let ClientAuth { presented, bearer } = client_auth(headers, parameters)?;
    let client = service.authenticate(&presented, origin).await??;
    let is_at_home = match client.kind() {
        Kind::Client => !bearer,
        Kind::Token => bearer && token_keys,
    };
    if !is_at_home {
        return Err(OAuthError::InvalidClient);
    }
    service.count_use(&client, origin);
    Ok(client)
}

impl From<AuthenticationRefused> for OAuthError {
    fn from(refused: AuthenticationRefused) -> Self {
        match refused {
            AuthenticationRefused::Invalid(_) => Self::InvalidClient,
            AuthenticationRefused::Throttled(throttled) => Self::Throttled(throttled),
        }
    }
}

fn two_methods() -> OAuthError {
    OAuthError::InvalidRequest("Use exactly one way to authenticate the client.")
}

fn from_body(parameters: &Parameters) -> Result<ClientAuth, OAuthError> {
    match (parameters.get("client_id"), parameters.get("client_secret")) {
        (Some(id), Some(secret)) => Ok(pair(id.to_owned(), Zeroizing::new(secret.to_owned()))),
        _ => Err(OAuthError::InvalidClient),
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749 §2.3.1). Our alphabets make that no change.
fn from_basic(value: &str, parameters: &Parameters) -> Result<ClientAuth, OAuthError> {
    let decoded = Zeroizing::new(STANDARD.decode(value).map_err(|_| OAuthError::InvalidClient)?);
    let colon = decoded.iter().position(|byte| *byte == b':').ok_or(OAuthError::InvalidClient)?;
    let (id, secret) = (decode(&decoded[..colon]), decode(&decoded[colon + 1..]));
    let (Some(id), Some(secret)) = (id, secret) else {
        return Err(OAuthError::InvalidClient);
    };
    match parameters.get("client_id") {
        Some(other) if other != id.as_str() => Err(two_methods()),
        _ => Ok(pair(id.to_string(), secret)),
    }
}

fn pair(client_id: String, secret: Zeroizing<String>) -> ClientAuth {
    ClientAuth { presented: Presented { client_id: Some(client_id), secret }, bearer: false }
}
