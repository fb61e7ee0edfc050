//! The operations on keys.

use domain::key::{AccessTokenFormat, Kind};
use serde_json::{Value, json};
use service::keys::GRACE_MAX_S;

use super::{
    operation::{Operation, filled, named, object, words},
    schemas::{environment_slug, instant_or_null, wanted_owner, words_of},
};
use crate::api::page;

const TAG: &str = "Keys";

/// What every access token of a key does when the key is stopped.
const ISSUED_TOKENS: &str = "What becomes of access tokens already issued. `run_out`: they remain valid until they expire \
     (maximum 1 hour). `stop`: introspection and this API refuse them at once; whoever verifies them offline learns of it \
     only when they expire.";

/// The parameters that page through a list.
pub fn paged(operation: Operation) -> Operation {
    operation
        .query("cursor", filled(), "`next_cursor` of the page before, with the same filters and order.")
        .query("limit", limit(), "Most objects in a page.")
        .cached()
}

/// The parameter `limit`.
pub fn limit() -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": page::LIMIT_MAX, "default": page::LIMIT })
}

fn issued_tokens() -> Value {
    json!({ "type": "string", "enum": ["run_out", "stop"], "default": "run_out", "description": ISSUED_TOKENS })
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    vec![list(), create(), get(), edit(), revoke(), suspend(), reapprove(), rotate(), end_previous_secret(), usage()]
}

fn list() -> Operation {
    let orders =
        ["created_at", "-created_at", "name", "-name", "expires_at", "-expires_at", "last_used_at", "-last_used_at"];
    let owner = "`organization`, the id of a user, or `me` for the owner of the calling key.";
    let operation = Operation::new(TAG, "GET", "/api/v1/keys", "listKeys", "List keys")
        .says("Every key within your reach in every state, newest first, unless you ask otherwise.")
        .query("q", json!({ "type": "string", "maxLength": 256 }), "Part of a name, or the beginning of a client id.")
        .query("status", words(&["active", "suspended", "expired", "revoked"]), "Only keys in this state.")
        .query("environment", environment_slug(), "Only keys of the environment with this slug.")
        .query("owner", filled(), owner)
        .query("sort", words(&orders), "The order; `-` turns it round.")
        .answers(200, "A page of keys.", named("KeyPage"))
        .needs("keys:read");
    paged(operation)
}

fn create() -> Operation {
    let body = json!({
        "name": with_note(filled(), "1 to 64 characters, unique among the live keys of the environment."),
        "environment": with_note(environment_slug(), "Slug of an environment."),
        "description": { "type": "string", "description": "At most 500 characters." },
        "kind": with_note(words_of!(Kind), "How it is used: `client` secrets are exchanged for access tokens, `token` ones are sent as they are."),
        "owner": with_note(wanted_owner(), "Left out, the owner of the calling key."),
        "scopes": { "type": "array", "items": { "type": "string" }, "description": "Left out, none." },
        "access_token_format": with_note(words_of!(AccessTokenFormat), "Left out, as the organization says."),
        "expires_at": with_note(instant_or_null(), "Left out or null: no end. `422 expiry_required` where policy forbids that."),
    });
    Operation::new(TAG, "POST", "/api/v1/keys", "createKey", "Create a key")
        .says(
            "The secret stands in this answer and in no other. A key gets at most the scopes of the calling credential, and \
             never outlives the calling key, which must not be suspended or revoked itself.",
        )
        .once()
        .answers(201, "The key with its secret; `Location` and `ETag`.", named("IssuedKey"))
        .answers(200, "The same request was sent before: the key without its secret, `Idempotent-Replayed: true`.", named("Key"))
        .needs("keys:write")
        .body(true, object(&["name", "environment"], body))
        .refuses(409, "`name_taken`, `limit_reached` or `user_limit_reached`.")
}

fn with_note(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

fn get() -> Operation {
    Operation::new(TAG, "GET", "/api/v1/keys/{client_id}", "getKey", "Read a key")
        .says("Also one that is revoked. Its `ETag` is for `If-Match`: it changes when somebody changes the key, not when it is used.")
        .answers(200, "The key.", named("Key"))
        .needs("keys:read")
        .about_a_key()
}

fn edit() -> Operation {
    let body = json!({ "name": filled(), "description": { "type": "string" } });
    changes("PATCH", "/api/v1/keys/{client_id}", "editKey", "Change name or description")
        .says("A new expiration comes with a rotation.")
        .answers(200, "The key as it is now.", named("Key"))
        .body(true, object(&[], body))
        .refuses(409, "`name_taken` or `key_revoked`.")
}

fn changes(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(TAG, method, path, id, summary).needs("keys:write").about_a_key().conditional()
}

fn revoke() -> Operation {
    changes("DELETE", "/api/v1/keys/{client_id}", "revokeKey", "Revoke a key")
        .says(
            "Immediate and irreversible: no new access tokens. Revoke when an environment is taken down or a secret has \
             leaked. Tokens already issued remain valid until they expire (maximum 1 hour), unless `issued_tokens=stop`. The \
             key stays readable.",
        )
        .query("issued_tokens", words(&["run_out", "stop"]), ISSUED_TOKENS)
        .answers_nothing(204, "It is revoked.")
        .refuses(409, "It was revoked before (`key_revoked`).")
}

fn suspend() -> Operation {
    let reason = json!({ "type": "string", "description": "A note for the Activity Log, at most 500 characters." });
    changes("POST", "/api/v1/keys/{client_id}/suspend", "suspendKey", "Suspend a key")
        .says("Refuses new use at once. Re-approving takes it back, until the key expires.")
        .answers(200, "The key as it is now.", named("Key"))
        .body(false, object(&[], json!({ "reason": reason, "issued_tokens": issued_tokens() })))
        .refuses(409, "`already_suspended`, `key_expired` or `key_revoked`.")
}

fn reapprove() -> Operation {
    changes("POST", "/api/v1/keys/{client_id}/reapprove", "reapproveKey", "Re-approve a suspended key")
        .says("It works again with the secret it had. A key does not re-approve itself where somebody else has suspended it.")
        .answers(200, "The key as it is now.", named("Key"))
        .body(false, object(&[], json!({})))
        .refuses(409, "`not_suspended`, `owner_deactivated`, `exposed`, `key_expired` or `key_revoked`.")
}

fn rotate() -> Operation {
    let grace = json!({
        "type": "integer", "minimum": 0, "maximum": GRACE_MAX_S, "default": 0,
        "description": "Seconds for which the present secret goes on working. One that was found in public, and that of \
            personal credentials, ends at once.",
    });
    let end = "A new end; null for none. Left out, the end stays.";
    let body =
        json!({ "grace_s": grace, "issued_tokens": issued_tokens(), "expires_at": with_note(instant_or_null(), end) });
    changes("POST", "/api/v1/keys/{client_id}/rotate", "rotateKey", "Give a key a new secret")
        .says(
            "The client id stays. At most two secrets work at once: rotating again ends the previous one. Only the owner \
             rotates a user's key, and only a credential that holds the key's scopes of this API. An end that is set is no later \
             than that of the calling key.",
        )
        .once()
        .answers(200, "The key with its new secret; without it, with `Idempotent-Replayed: true`, where the same request was sent before.", named("RotatedKey"))
        .body(false, object(&[], body))
        .refuses(409, "`key_expired` or `key_revoked`.")
}

fn end_previous_secret() -> Operation {
    let path = "/api/v1/keys/{client_id}/end-previous-secret";
    changes("POST", path, "endPreviousSecret", "End the previous secret now")
        .says("After a rotation with a grace, before the grace is over.")
        .answers(200, "The key as it is now.", named("Key"))
        .body(false, object(&[], json!({})))
        .refuses(409, "`no_previous_secret` or `key_revoked`.")
}

fn usage() -> Operation {
    Operation::new(TAG, "GET", "/api/v1/keys/{client_id}/usage", "getKeyUsage", "Read how often a key is used")
        .says(
            "Counts of the last 30 days or of the last 24 hours, the present one included, oldest first and without a gap. \
             Days are those of UTC. An access token is one use; so is each request with a key of kind `token`, and each \
             introspection or revocation by the key.",
        )
        .query("by", json!({ "type": "string", "enum": ["day", "hour"], "default": "day" }), "What is counted by.")
        .answers(200, "The counts.", named("Usage"))
        .needs("keys:read")
        .about_a_key()
        .cached()
}
