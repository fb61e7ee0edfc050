//! Objects as the API answers them and the command line prints them.

use domain::{
    key::{ApiKey, Owner, SecretVersion},
    time::Timestamp,
};
use serde_json::{Value, json};

/// A key without its secret, in the state it has at `now`.
#[must_use]
pub fn key(key: &ApiKey, now: Timestamp) -> Value {
    json!({
        "id": key.id,
        "client_id": key.client_id,
        "name": key.name,
        "description": key.description,
        "environment": key.environment,
        "kind": key.kind,
        "owner": owner(&key.owner),
        "scopes": key.scopes.iter().collect::<Vec<_>>(),
        "access_token_format": key.access_token_format,
        "status": key.status(now),
        "status_reason": key.status_reason(now),
        "expires_at": key.expires_at,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "updated_at": key.updated_at,
        "last_used_at": key.last_used_at,
        "last_used_ip": key.last_used_ip,
        "secrets": key.good_secrets(now).map(secret).collect::<Vec<_>>(),
        "personal": key.personal,
    })
}

fn secret(secret: &SecretVersion) -> Value {
    json!({
        "version": secret.version,
        "created_at": secret.created_at,
        "last_used_at": secret.last_used_at,
        "ends_at": secret.ends_at,
    })
}

fn owner(owner: &Owner) -> Value {
    match owner {
        Owner::Organization => json!({ "type": "organization" }),
        Owner::User(user) => json!({ "type": "user", "id": user }),
    }
}
