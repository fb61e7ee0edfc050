//! The objects of the API.

use domain::{
    activity::{ActorKind, Event},
    key::{AccessTokenFormat, Kind, Status, StatusReason},
    organization::{Kinds, OrganizationState, Plan, SelfService},
};
use serde_json::{Value, json};

use super::operation::{named, object, words};

/// The words of an enum of the domain.
macro_rules! words_of {
    ($enum:ty) => {
        words(&<$enum>::ALL.iter().map(|value| value.as_str()).collect::<Vec<_>>())
    };
}
pub(super) use words_of;

/// Every named schema.
pub fn all() -> Value {
    json!({
        "Key": key(),
        "IssuedKey": issued("Key", &["client_secret"]),
        "RotatedKey": issued("Key", &[]),
        "KeyPage": page("Key"),
        "Credential": credential(),
        "IssuedCredential": issued("Credential", &["client_secret"]),
        "CredentialPage": object(&["data", "has_more"], json!({ "data": list("Credential"), "has_more": { "type": "boolean" } })),
        "Usage": usage(),
        "Activity": activity(),
        "ActivityPage": page("Activity"),
        "Environment": environment(),
        "EnvironmentList": object(&["data"], json!({ "data": list("Environment") })),
        "Organization": organization(),
        "Problem": problem(),
        "OAuthError": oauth_error(),
        "AccessToken": access_token(),
        "Introspection": introspection(),
    })
}

/// An instant.
pub fn instant() -> Value {
    json!({ "type": "string", "format": "date-time", "examples": ["2027-01-31T00:00:00.000Z"] })
}

/// An instant, or none.
pub fn instant_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time", "examples": ["2027-01-31T00:00:00.000Z"] })
}

/// The slug of an environment.
pub fn environment_slug() -> Value {
    json!({ "type": "string", "pattern": "^[a-z0-9]{1,12}$" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn text_or_null() -> Value {
    json!({ "type": ["string", "null"] })
}

fn whole_number() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn list(name: &str) -> Value {
    json!({ "type": "array", "items": named(name) })
}

fn page(name: &str) -> Value {
    object(&["data", "next_cursor"], json!({ "data": list(name), "next_cursor": text_or_null() }))
}

fn id(prefix: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^{prefix}_[0-9A-Z]{{26}}$") })
}

/// All members of an object are always there.
fn whole(properties: Value) -> Value {
    let names: Vec<_> = properties.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn owner() -> Value {
    whole(json!({ "type": words(&["organization", "user"]), "id": text() }))
}

fn secret_version() -> Value {
    whole(json!({
        "version": { "type": "integer", "minimum": 1 },
        "created_at": instant(),
        "last_used_at": instant_or_null(),
        "ends_at": instant_or_null(),
    }))
}

fn nullable(mut words: Value) -> Value {
    words["type"] = json!(["string", "null"]);
    words["enum"].as_array_mut().expect("words are a list").push(Value::Null);
    words
}

fn key() -> Value {
    whole(json!({
        "id": id("key"),
        "client_id": text(),
        "name": text(),
        "description": text(),
        "environment": text(),
        "kind": words_of!(Kind),
        "owner": owner(),
        "scopes": { "type": "array", "items": text() },
        "access_token_format": words_of!(AccessTokenFormat),
        "status": words_of!(Status),
        "status_reason": nullable(words_of!(StatusReason)),
        "expires_at": instant_or_null(),
        "created_at": instant(),
        "created_by": text(),
        "updated_at": instant(),
        "last_used_at": instant_or_null(),
        "last_used_ip": text_or_null(),
        "secrets": { "type": "array", "items": secret_version() },
        "personal": { "type": "boolean" },
    }))
}

/// An object with the secret, which is there where `required` says so.
fn issued(name: &str, required: &[&str]) -> Value {
    let secret = json!({ "type": "string", "description": "Shown this once; store it securely." });
    json!({ "allOf": [named(name), { "type": "object", "required": required, "properties": { "client_secret": secret } }] })
}

fn credential() -> Value {
    whole(json!({
        "id": id("key"),
        "client_id": text(),
        "name": text(),
        "status": words(&["active", "revoked"]),
        "expires_at": instant_or_null(),
        "created_at": instant(),
        "updated_at": instant(),
        "last_used_at": instant_or_null(),
    }))
}

fn usage() -> Value {
    let count = whole(json!({ "at": instant(), "count": whole_number() }));
    whole(json!({
        "client_id": text(),
        "by": words(&["day", "hour"]),
        "total": whole_number(),
        "data": { "type": "array", "items": count },
    }))
}

fn activity() -> Value {
    whole(json!({
        "id": id("evt"),
        "at": instant(),
        "event": words_of!(Event),
        "actor": whole(json!({ "type": words_of!(ActorKind), "id": text(), "name": text() })),
        "target": whole(json!({ "id": text(), "name": text() })),
        "environment": text_or_null(),
        "address": text(),
        "request_id": text(),
        "details": { "type": "object" },
    }))
}

fn environment() -> Value {
    whole(json!({
        "id": id("env"),
        "slug": text(),
        "name": text(),
        "live_keys": whole_number(),
        "max_keys": whole_number(),
    }))
}

fn organization() -> Value {
    whole(json!({
        "id": id("org"),
        "slug": text(),
        "name": text(),
        "time_zone": text(),
        "plan": words_of!(Plan),
        "state": words_of!(OrganizationState),
        "api_keys": { "type": "boolean" },
        "max_keys_per_environment": whole_number(),
        "max_keys_per_environment_ceiling": whole_number(),
        "own_max_keys_per_environment": { "type": ["integer", "null"] },
        "max_keys_per_user": whole_number(),
        "max_keys_per_user_ceiling": whole_number(),
        "own_max_keys_per_user": { "type": ["integer", "null"] },
        "self_service": words_of!(SelfService),
        "kinds": words_of!(Kinds),
        "access_token_format": words_of!(AccessTokenFormat),
        "token_lifetime_s": whole_number(),
        "max_key_lifetime_days": { "type": ["integer", "null"] },
        "allow_no_expiration": { "type": "boolean" },
        "require_description": { "type": "boolean" },
        "key_notices": { "enum": ["admins", "nobody"] },
        "expiry_reminders": { "type": "boolean" },
        "support_contact": text(),
        "scopes": { "type": "array", "items": text() },
        "created_at": instant(),
        "updated_at": instant(),
    }))
}

fn problem() -> Value {
    let error = whole(json!({ "param": text(), "detail": text(), "code": text() }));
    json!({
        "type": "object",
        "description": "RFC 9457.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": text(), "title": text(), "status": { "type": "integer" }, "detail": text(), "code": text(),
            "param": text(), "errors": { "type": "array", "items": error },
        },
    })
}

fn oauth_error() -> Value {
    whole(json!({ "error": text(), "error_description": text() }))
}

fn access_token() -> Value {
    whole(json!({
        "access_token": text(),
        "token_type": words(&["Bearer"]),
        "expires_in": { "type": "integer", "minimum": 1, "maximum": 3600 },
        "scope": text(),
    }))
}

fn introspection() -> Value {
    json!({
        "type": "object",
        "required": ["active"],
        "properties": {
            "active": { "type": "boolean" }, "client_id": text(), "sub": text(), "iss": text(), "aud": text(),
            "exp": { "type": "integer" }, "iat": { "type": "integer" }, "jti": text(), "scope": text(),
            "token_type": text(),
        },
    })
}

/// Names an owner in a request.
pub fn wanted_owner() -> Value {
    object(&["type"], owner()["properties"].clone())
}
