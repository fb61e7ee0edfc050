//! What clients and verifiers need to know: server metadata (RFC 8414) and the key set (RFC 7517).

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;
use service::Service;

/// How long verifiers keep both, seconds; a new signing key is published at least this long before its first use.
const CACHE_CONTROL: &str = "public, max-age=300";

/// The registered ones; a JSON body and a bearer secret are our own.
const AUTH_METHODS: [&str; 2] = ["client_secret_basic", "client_secret_post"];

/// `GET /.well-known/oauth-authorization-server`.
pub async fn server_metadata(State(service): State<Service>) -> Response {
    let issuer = &service.settings().issuer;
    let metadata = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/oauth/token"),
        "introspection_endpoint": format!("{issuer}/oauth/introspect"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "introspection_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "scopes_supported": domain::scope::OWN,
    });
    ([(header::CACHE_CONTROL, CACHE_CONTROL)], Json(metadata)).into_response()
}

/// `GET /.well-known/jwks.json`.
pub async fn key_set(State(service): State<Service>) -> Response {
    let headers = [(header::CACHE_CONTROL, CACHE_CONTROL), (header::CONTENT_TYPE, "application/json")];
    (headers, service.key_set().await).into_response()
}
