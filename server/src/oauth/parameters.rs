//! The parameters of a request: one parser for form and JSON bodies that refuses repeats (RFC 6749 §3.2).

use std::{collections::BTreeMap, fmt};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Uri, header},
};
use serde::{
    Deserialize,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use zeroize::Zeroizing;

use super::{BODY_MAX_BYTES, error::OAuthError};
use crate::{
    body::{self, NoBody},
    form_body::{self, Malformed},
};

/// Parameters that must never stand in a query, where logs and histories keep them.
const NEVER_IN_QUERY: [&str; 7] =
    ["client_id", "client_secret", "grant_type", "scope", "expires_in", "token", "token_type_hint"];

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`, an object.
    Json,
    /// Nothing was sent.
    Empty,
}

/// The parameters of a request, each at most once. One without a value counts as left out (RFC 6749 §3.1).
pub struct Parameters {
    /// How they were written.
    pub format: Format,
    values: BTreeMap<String, Zeroizing<String>>,
}

impl Parameters {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// When parameters stand in the query, the media type is another, or the body is malformed or too large.
    pub async fn read(uri: &Uri, headers: &HeaderMap, body: Body) -> Result<Self, OAuthError> {
        refuse_in_query(uri)?;
        let media_type = media_type(headers)?;
        let bytes = Zeroizing::new(body::read(body, BODY_MAX_BYTES).await.map_err(|error| match error {
            NoBody::TooLarge => OAuthError::TooLarge,
            NoBody::Incomplete => OAuthError::InvalidRequest("The body did not arrive."),
        })?);
        match media_type.as_deref() {
            Some("application/x-www-form-urlencoded") => Self::from_form(&bytes),
            // A secret alone as a bearer is a whole request.
            _ if bytes.is_empty() && has_bearer(headers) => Ok(Self { format: Format::Empty, values: BTreeMap::new() }),
            Some("application/json") => Self::from_json(&bytes),
            _ => Err(OAuthError::InvalidRequest("The body must be a form or JSON.")),
        }
    }

    /// Reads the body of a request that only has a form (RFC 7662 §2.1, RFC 7009 §2.1).
    ///
    /// # Errors
    /// As [`Parameters::read`], and for JSON.
    pub async fn read_form(uri: &Uri, headers: &HeaderMap, body: Body) -> Result<Self, OAuthError> {
        let parameters = Self::read(uri, headers, body).await?;
        match parameters.format {
            Format::Form => Ok(parameters),
            Format::Json | Format::Empty => Err(OAuthError::InvalidRequest("The body must be a form.")),
        }
    }

    fn from_form(body: &[u8]) -> Result<Self, OAuthError> {
        let fields = form_body::parse(body).map_err(|malformed| {
            OAuthError::InvalidRequest(match malformed {
                Malformed::Encoding => "The form is malformed.",
                Malformed::TooMany => "The form has too many parameters.",
                Malformed::Repeated => "A parameter is repeated.",
            })
        })?;
        Ok(Self { format: Format::Form, values: fields.into_iter().collect() })
    }

    fn from_json(body: &[u8]) -> Result<Self, OAuthError> {
        let members: Members = serde_json::from_slice(body)
            .map_err(|_| OAuthError::InvalidRequest("The JSON is malformed, repeats a member or has a wrong type."))?;
        Ok(Self { format: Format::Json, values: members.0 })
    }

    /// Whether a parameter was sent, be it without a value.
    pub fn is_sent(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The value of a parameter; an empty one counts as left out.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty())
    }
}

fn refuse_in_query(uri: &Uri) -> Result<(), OAuthError> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let forbidden = form_urlencoded::parse(query).any(|(name, _)| NEVER_IN_QUERY.contains(&name.as_ref()));
    if forbidden { Err(OAuthError::InvalidRequest("Send parameters in the body, never in the query.")) } else { Ok(()) }
}

fn has_bearer(headers: &HeaderMap) -> bool {
    let scheme =
        |value: &HeaderValue| value.as_bytes().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "));
    headers.get(header::AUTHORIZATION).is_some_and(scheme)
}

/// The media type in lower case without its parameters.
fn media_type(headers: &HeaderMap) -> Result<Option<String>, OAuthError> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let first = types.next();
    if types.next().is_some() {
        return Err(OAuthError::InvalidRequest("There are two content types."));
    }
    let text = first.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase());
    Ok(text.map(|text| text.split(';').next().unwrap_or_default().trim().to_owned()))
}

/// The members of a JSON object. Those we know hold text, `expires_in` may be a whole number; others are ignored, but
/// none may be repeated.
struct Members(BTreeMap<String, Zeroizing<String>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut values = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = match name.as_str() {
                "expires_in" => Zeroizing::new(map.next_value::<u64>()?.to_string()),
                "client_id" | "client_secret" | "grant_type" | "scope" => Zeroizing::new(map.next_value::<String>()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    Zeroizing::default()
                }
            };
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom("a repeated member"));
            }
        }
        Ok(Members(values))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json() {
        let read = |body: &str| Parameters::from_json(body.as_bytes()).ok();
        let good = read(r#"{"client_id":"a","client_secret":"b","expires_in":900,"more":{"x":[1]}}"#).expect("valid");
        assert_eq!((good.get("client_id"), good.get("expires_in"), good.get("more")), (Some("a"), Some("900"), None));
        for malformed in [
            "",
            "[]",
            "null",
            "{",
            r#"{"client_id":1}"#,
            r#"{"client_id":null}"#,
            r#"{"client_id":"a","expires_in":"900"}"#,
            r#"{"client_id":"a"} x"#,
            r#"{"client_id":"a","client_id":"a"}"#,
            r#"{"more":1,"more":2}"#,
            r#"{"expires_in":30.0}"#,
            r#"{"expires_in":3e2}"#,
            r#"{"expires_in":-1}"#,
            r#"{"expires_in":true}"#,
        ] {
            assert!(read(malformed).is_none(), "{malformed}");
        }
        let deep = format!(r#"{{"client_id":{}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
        assert!(read(&deep).is_none());
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parameters::from_form(&body);
            let _ = Parameters::from_json(&body);
        }
    }
}
