//! The OpenAPI 3.1 document.

use serde_json::{Map, Value, json};

use super::{
    operation::{Access, Answer, Body, Operation, Parameter},
    schemas,
};

/// All operations of the deployment at `origin`.
pub fn document(operations: &[Operation], origin: &str) -> Value {
    let mut paths = Map::new();
    for operation in operations {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = described(operation);
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Keyline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "API keys and access tokens. Every object and list of the management API has an `ETag`. Its refusals are \
                problems (RFC 9457) with a stable `code`; those of the OAuth endpoints are RFC 6749 §5.2.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": origin }],
        "paths": paths,
        "components": { "schemas": schemas::all(), "securitySchemes": security_schemes(origin) },
    })
}

fn security_schemes(origin: &str) -> Value {
    let scopes: Map<_, _> =
        domain::scope::OWN.iter().map(|scope| ((*scope).to_owned(), json!(meaning(scope)))).collect();
    json!({
        "accessToken": {
            "type": "oauth2",
            "flows": { "clientCredentials": { "tokenUrl": format!("{origin}/oauth/token"), "scopes": scopes } },
        },
        "tokenKey": {
            "type": "http", "scheme": "bearer",
            "description": "A key of kind `token`, sent as it is; its scopes are those of the key.",
        },
        "clientBasic": { "type": "http", "scheme": "basic", "description": "Client id and secret (RFC 6749 §2.3.1)." },
        "clientBearer": {
            "type": "http", "scheme": "bearer",
            "description": "The secret of a key alone, at the token endpoint only.",
        },
    })
}

fn meaning(scope: &str) -> &'static str {
    match scope {
        "keys:read" => "Read keys, environments and the organization",
        "keys:write" => "Create and change keys",
        "activity:read" => "Read the Activity Log",
        _ => "Ask whether tokens are good",
    }
}

fn described(operation: &Operation) -> Value {
    let answers: Map<_, _> =
        operation.answers.iter().map(|answer| (answer.status.to_string(), answered(operation, answer))).collect();
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": security(operation),
        "responses": answers,
    });
    if !operation.description.is_empty() {
        described["description"] = json!(operation.description);
    }
    if !operation.parameters.is_empty() {
        described["parameters"] = operation.parameters.iter().map(parameter).collect();
    }
    if let Some(body) = &operation.body {
        described["requestBody"] = request_body(body);
    }
    described
}

fn security(operation: &Operation) -> Value {
    match operation.access {
        Access::Open => json!([]),
        Access::Client if operation.path.ends_with("/token") => {
            json!([{ "clientBasic": [] }, { "clientBearer": [] }, {}])
        }
        Access::Client if operation.path.ends_with("/revoke") => json!([{ "clientBasic": [] }, {}]),
        Access::Client => json!([{ "clientBasic": [] }, { "tokenKey": [] }, {}]),
        Access::Scope(scope) => json!([{ "accessToken": [scope] }, { "tokenKey": [scope] }]),
    }
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.place == "path",
        "description": parameter.description,
        "schema": parameter.schema,
    })
}

fn request_body(body: &Body) -> Value {
    let content: Map<_, _> = body
        .media_types
        .iter()
        .map(|media_type| ((*media_type).to_owned(), json!({ "schema": body.schema })))
        .collect();
    json!({ "required": body.required, "content": content })
}

fn answered(operation: &Operation, answer: &Answer) -> Value {
    let more = match answer.status {
        409 if operation.is_idempotent() => {
            " `request_still_running`: the first of this `Idempotency-Key` is not answered yet."
        }
        422 if operation.is_idempotent() => {
            " `idempotency_key_reused`: this `Idempotency-Key` came with another body before."
        }
        _ => "",
    };
    let mut answered = json!({ "description": format!("{}{more}", answer.description) });
    if let Some((media_type, schema)) = &answer.body {
        answered["content"] = json!({ *media_type: { "schema": schema } });
    }
    let headers = headers(operation, answer.status);
    if !headers.is_empty() {
        let described = |(name, means): (&str, &str)| {
            (name.to_owned(), json!({ "description": means, "schema": { "type": "string" } }))
        };
        answered["headers"] = Value::Object(headers.into_iter().map(described).collect());
    }
    answered
}

/// Headers that a client of an operation may need, beside those of every answer.
fn headers(operation: &Operation, status: u16) -> Vec<(&'static str, &'static str)> {
    let mut headers = Vec::new();
    match status {
        401 => headers.push(("WWW-Authenticate", "How to authenticate (RFC 9110 §11.6.1, RFC 6750 §3).")),
        429 | 503 => headers.push(("Retry-After", "Seconds to wait.")),
        200 | 201 | 304 if matches!(operation.access, Access::Scope(_)) => {
            headers.push(("ETag", "What this answer is recognised by."));
        }
        _ => {}
    }
    match status {
        200 if operation.is_idempotent() => {
            headers.push(("Idempotent-Replayed", "`true` where the same request was sent before."));
        }
        201 => headers.push(("Location", "The address of what was made.")),
        _ => {}
    }
    headers
}
