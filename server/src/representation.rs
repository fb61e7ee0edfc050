//! Objects as the API answers them and the command line prints them.

use domain::{
    activity::Entry,
    id::OrganizationId,
    key::{ApiKey, Owner, SecretVersion, Status},
    time::Timestamp,
};
use serde_json::{Value, json};

/// A key of `organization` without its secret, in the state it has at `now`.
#[must_use]
pub fn key(key: &ApiKey, organization: &OrganizationId, now: Timestamp) -> Value {
    json!({
        "id": key.id,
        "client_id": key.client_id,
        "name": key.name,
        "description": key.description,
        "environment": key.environment,
        "kind": key.kind,
        "owner": owner(&key.owner, organization),
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

fn owner(owner: &Owner, organization: &OrganizationId) -> Value {
    match owner {
        Owner::Organization => json!({ "type": "organization", "id": organization }),
        Owner::User(user) => json!({ "type": "user", "id": user }),
    }
}

/// A key in the shape of `/auth/credentials`: it works or it does not.
#[must_use]
pub fn credential(key: &ApiKey, now: Timestamp) -> Value {
    let works = key.status(now) == Status::Active;
    json!({
        "id": key.id,
        "client_id": key.client_id,
        "name": key.name,
        "status": if works { "active" } else { "revoked" },
        "expires_at": key.expires_at,
        "created_at": key.created_at,
        "updated_at": key.updated_at,
        "last_used_at": key.last_used_at,
    })
}

/// A row of the Activity Log.
///
/// # Panics
/// When the particulars are not JSON, which every entry is made with.
#[must_use]
pub fn activity(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "actor": { "type": entry.actor.kind, "id": entry.actor.id, "name": entry.actor.name },
        "target": { "id": entry.target.id, "name": entry.target.name },
        "environment": entry.environment,
        "address": entry.address,
        "request_id": entry.request_id,
        "details": serde_json::from_str::<Value>(&entry.details).expect("entries are made with JSON"),
    })
}
