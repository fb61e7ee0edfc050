//! One operation: what it takes, what it answers. Everything that describes the API is made from these.

use serde_json::{Value, json};

/// An operation of the API.
pub struct Operation {
    /// HTTP method, in capitals.
    pub method: &'static str,
    /// Address, with its parameters in braces.
    pub path: &'static str,
    /// Name in generated clients, and of its page.
    pub id: &'static str,
    /// What it is about.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What one line does not say.
    pub description: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What stands in the address, the query and the headers.
    pub parameters: Vec<Parameter>,
    /// What stands in the body.
    pub body: Option<Body>,
    /// What it answers.
    pub answers: Vec<Answer>,
}

/// Who may call an operation.
#[derive(Clone, Copy)]
pub enum Access {
    /// Everybody.
    Open,
    /// A client that authenticates itself.
    Client,
    /// The holder of a bearer credential with this scope.
    Scope(&'static str),
}

/// One parameter.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// `path`, `query` or `header`.
    pub place: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What it looks like.
    pub schema: Value,
}

/// A body.
pub struct Body {
    /// Whether it must be there.
    pub required: bool,
    /// Its media types.
    pub media_types: &'static [&'static str],
    /// An object, written out.
    pub schema: Value,
}

/// Names a request, so that it can be sent again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// What it means.
    pub description: &'static str,
    /// Media type and schema of its body, where it has one.
    pub body: Option<(&'static str, Value)>,
}

impl Operation {
    /// An operation about `tag`; everything else follows.
    pub fn new(
        tag: &'static str,
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            method,
            path,
            id,
            tag,
            summary,
            description: "",
            access: Access::Open,
            parameters: Vec::new(),
            body: None,
            answers: Vec::new(),
        }
    }

    /// Says what one line does not.
    pub fn says(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Only for clients that authenticate themselves.
    pub fn for_clients(mut self) -> Self {
        self.access = Access::Client;
        self
    }

    /// Only for bearer credentials with a scope. Whatever such a request is refused for comes with it.
    pub fn needs(mut self, scope: &'static str) -> Self {
        self.access = Access::Scope(scope);
        self.refuses(400, "The request cannot be read, or has two Authorization headers.")
            .refuses(401, "There is no good bearer credential.")
            .refuses(403, "The scope is missing (`insufficient_scope`), API keys are turned off (`feature_off`), or it is not for this \
                caller (`not_owner`, `not_administrator`, `own_key`).")
            .refuses(422, "A parameter is unknown, repeated or cannot be read (`validation_failed`).")
            .refuses(503, "The database does not answer; `Retry-After` says when to try again.")
    }

    fn takes(mut self, place: &'static str, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.parameters.push(Parameter { name, place, description, schema });
        self
    }

    /// Takes the `client_id` of a key in its address.
    pub fn about_a_key(self) -> Self {
        self.takes("path", "client_id", json!({ "type": "string" }), "The public identifier of the key.")
            .refuses(404, "There is no such key, or it is not yours.")
    }

    /// Takes a parameter in the query.
    pub fn query(self, name: &'static str, schema: Value, description: &'static str) -> Self {
        self.takes("query", name, schema, description)
    }

    /// Takes `If-Match`.
    pub fn conditional(self) -> Self {
        let description = "The `ETag` that the decision is based on.";
        self.takes("header", "If-Match", json!({ "type": "string" }), description)
            .refuses(412, "Somebody changed the key meanwhile (`changed`).")
    }

    /// Takes `If-None-Match`.
    pub fn cached(self) -> Self {
        let description = "The `ETag` of an answer that the client has kept.";
        self.takes("header", "If-None-Match", json!({ "type": "string" }), description)
            .answers_nothing(304, "It is what the client has kept.")
    }

    /// Takes `Idempotency-Key`.
    pub fn once(self) -> Self {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" });
        let description = "Makes sending the same request again harmless for 24 hours.";
        self.takes("header", IDEMPOTENCY_KEY, schema, description)
    }

    /// Whether it takes `Idempotency-Key`.
    pub fn is_idempotent(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == IDEMPOTENCY_KEY)
    }

    /// Takes a JSON body.
    pub fn body(mut self, required: bool, schema: Value) -> Self {
        self.body = Some(Body { required, media_types: &["application/json"], schema });
        self.refuses(413, "The body is larger than 64 KiB.")
            .refuses(415, "The body is not `application/json`.")
            .refuses(422, "Members and parameters that must be mended; `errors` names each (`validation_failed`).")
    }

    /// Takes a form, or one of other media types.
    pub fn form(mut self, required: bool, media_types: &'static [&'static str], schema: Value) -> Self {
        self.body = Some(Body { required, media_types, schema });
        self
    }

    /// Answers with JSON.
    pub fn answers(mut self, status: u16, description: &'static str, schema: Value) -> Self {
        self.answers.push(Answer { status, description, body: Some(("application/json", schema)) });
        self
    }

    /// Answers without a body.
    pub fn answers_nothing(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push(Answer { status, description, body: None });
        self
    }

    /// Refuses with a problem. What is said last of a status counts.
    pub fn refuses(mut self, status: u16, description: &'static str) -> Self {
        self.answers.retain(|answer| answer.status != status);
        self.answers.push(Answer { status, description, body: Some(("application/problem+json", named("Problem"))) });
        self
    }
}

/// A schema by name.
pub fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object in which these members are required; no others are known.
pub fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// An object in which these members are required; others are ignored (RFC 6749 §3.2).
pub fn open_object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

/// Text that is not empty.
pub fn filled() -> Value {
    json!({ "type": "string", "minLength": 1 })
}

/// One of a set of words.
pub fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}
