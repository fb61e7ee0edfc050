//! The operations beside those on keys.

use domain::activity::Event;
use serde_json::{Value, json};

use super::{
    keys::{limit, paged},
    operation::{Operation, filled, named, object, open_object, words},
    schemas::{environment_slug, instant, instant_or_null, words_of},
};

/// `/auth/credentials`.
pub fn credentials() -> Vec<Operation> {
    const TAG: &str = "Credentials";
    let end = json!({ "name": filled(), "expires_at": instant_or_null() });
    let create = Operation::new(TAG, "POST", "/auth/credentials", "createCredential", "Create a pair")
        .says(
            "A pair of client id and secret with the environment, the owner and the scopes of the calling credential; left \
             out, its end too. The `client_secret` is displayed only once, in this answer: store it securely.",
        )
        .once()
        .answers(201, "The pair with its secret.", named("IssuedCredential"))
        .answers(200, "The same request was sent before: without the secret, `Idempotent-Replayed: true`.", named("Credential"))
        .needs("keys:write")
        .body(true, object(&["name"], end))
        .refuses(409, "`name_taken`, `limit_reached` or `user_limit_reached`.");
    let list = Operation::new(TAG, "GET", "/auth/credentials", "listCredentials", "List pairs")
        .says("Newest first. `revoked` is everything that does not work now.")
        .query("limit", limit(), "Most pairs in a page.")
        .query("starting_after", filled(), "The last `client_id` of the page before.")
        .answers(200, "A page of pairs.", named("CredentialPage"))
        .needs("keys:read")
        .cached();
    let revoke = Operation::new(TAG, "DELETE", "/auth/credentials/{client_id}", "revokeCredential", "Revoke a pair")
        .says(
            "Immediate and irreversible. Revoke when an environment is taken down or a secret has leaked. Tokens already \
             issued before revocation remain valid until they expire (maximum 1 hour).",
        )
        .answers_nothing(204, "It is revoked.")
        .needs("keys:write")
        .about_a_key()
        .refuses(409, "It was revoked before (`key_revoked`).");
    vec![create, list, revoke]
}

/// Organization, environments, Activity Log.
pub fn organization() -> Vec<Operation> {
    const TAG: &str = "Organization";
    let organization = Operation::new(TAG, "GET", "/api/v1/organization", "getOrganization", "Read your organization")
        .answers(200, "The organization with its settings.", named("Organization"))
        .needs("keys:read")
        .cached();
    let environments = Operation::new(TAG, "GET", "/api/v1/environments", "listEnvironments", "List environments")
        .answers(
            200,
            "Its environments, each with its number of live keys and the most there may be.",
            named("EnvironmentList"),
        )
        .needs("keys:read")
        .cached();
    let actor = "The id of a user, a client id, or `operator` for the command line.";
    let activity = Operation::new(TAG, "GET", "/api/v1/activity", "listActivity", "Read the Activity Log")
        .says("Newest first. A member's credential sees what that member and their keys did and met.")
        .query("actor", filled(), actor)
        .query("event", words_of!(Event), "Only this event.")
        .query("key", filled(), "Only what was done to the key with this client id.")
        .query("environment", environment_slug(), "Only what concerns the environment with this slug.")
        .query("from", instant(), "Only what happened at this time or later.")
        .query("until", instant(), "Only what happened before this time.")
        .answers(200, "A page of the log.", named("ActivityPage"))
        .needs("activity:read");
    vec![organization, environments, paged(activity)]
}

/// The OAuth endpoints.
pub fn oauth() -> Vec<Operation> {
    const TAG: &str = "OAuth 2.0";
    const FORM: &[&str] = &["application/x-www-form-urlencoded"];
    let text = || json!({ "type": "string" });
    let token = |path: &'static str, id: &'static str, summary: &'static str| {
        let body = json!({
            "grant_type": words(&["client_credentials"]),
            "client_id": text(),
            "client_secret": text(),
            "scope": { "type": "string", "description": "Left out, all scopes of the key." },
            "expires_in": { "type": "integer", "minimum": 30, "maximum": 3600, "description": "Seconds; left out, as the organization says." },
        });
        refusals(Operation::new(TAG, "POST", path, id, summary).for_clients())
            .says(
                "RFC 6749 §4.4. The client authenticates by Basic, by `client_id` and `client_secret` in the form or in JSON \
                 (where `grant_type` may be left out), or by `Authorization: Bearer {client_secret}` alone: exactly one of \
                 these.",
            )
            .form(false, &["application/x-www-form-urlencoded", "application/json"], open_object(&[], body))
            .answers(200, "An access token.", named("AccessToken"))
    };
    let about_token = |path: &'static str, id: &'static str, summary: &'static str| {
        let body =
            json!({ "token": filled(), "token_type_hint": text(), "client_id": text(), "client_secret": text() });
        let operation = Operation::new(TAG, "POST", path, id, summary).for_clients();
        refusals(operation).form(true, FORM, open_object(&["token"], body))
    };
    vec![
        token("/oauth/token", "createToken", "Exchange a key for an access token"),
        token("/auth/token", "createTokenAtAuth", "Exchange a key at /auth/token"),
        token("/api/oauth/token", "createTokenAtApi", "Exchange a key at /api/oauth/token"),
        about_token("/oauth/introspect", "introspectToken", "Ask whether a token is good")
            .says("RFC 7662, for keys with the scope `tokens:introspect`; for any other, every token is inactive.")
            .answers(200, "What is known of the token.", named("Introspection")),
        about_token("/oauth/revoke", "revokeToken", "End an access token")
            .says("RFC 7009. Only its own client ends a token; one that is unknown or over is as good as revoked.")
            .answers(200, "It is no longer good.", json!({ "type": "object" })),
        open(
            TAG,
            "/.well-known/oauth-authorization-server",
            "getServerMetadata",
            "Read the server's metadata (RFC 8414)",
        ),
        open(TAG, "/.well-known/jwks.json", "getKeySet", "Read the keys that verify access tokens (RFC 7517)"),
    ]
}

fn refusals(operation: Operation) -> Operation {
    let error = || named("OAuthError");
    operation
        .answers(400, "The request cannot be granted; `error` says why (RFC 6749 §5.2).", error())
        .answers(401, "The client is not authenticated, for whatever reason.", error())
        .answers(413, "The body is larger than 16 KiB.", error())
        .answers(429, "Too many failed attempts; `Retry-After` says when to try again.", error())
        .answers(503, "The database does not answer; `Retry-After` says when to try again.", error())
}

fn open(tag: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    let object: Value = json!({ "type": "object" });
    Operation::new(tag, "GET", path, id, summary).answers(200, "Good for five minutes.", object)
}
