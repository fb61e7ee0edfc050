//! Strict input. Every member of a body and every parameter of a query is known, said once and of its type; all that is
//! wrong is told at once.

use std::fmt;

use axum::{
    body::Body,
    http::{HeaderMap, Uri, header},
};
use domain::field::{FieldError, Refusal};
use serde::{
    Deserialize,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::{BODY_MAX_BYTES, problem::ApiError};
use crate::{
    body::{self, NoBody},
    form_body,
};

/// Most refusals in one answer: whoever sends more has not made a typing mistake.
const ERRORS_MAX: usize = 20;

/// Longest name that is repeated in a refusal, characters.
const NAME_MAX: usize = 64;

/// A JSON value that keeps repeated members, so that they can be refused by name.
#[derive(Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// A number, where it is a whole one from 0 on.
    Number(Option<u64>),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
    /// `true` or `false`, which nothing here takes.
    Bool,
}

/// Members that are taken out one by one; what is left at the end is unknown.
pub struct Input {
    members: Vec<(String, Value)>,
    errors: Vec<FieldError>,
}

impl Input {
    /// Reads a body, which must be a JSON object.
    ///
    /// # Errors
    /// When it is too large, of another media type or malformed.
    pub async fn from_body(headers: &HeaderMap, body: Body) -> Result<Self, ApiError> {
        let bytes = read(body).await?;
        check_media_type(headers)?;
        Self::from_json(&bytes)
    }

    /// Reads a body that may be left out.
    ///
    /// # Errors
    /// As [`Input::from_body`].
    pub async fn from_optional_body(headers: &HeaderMap, body: Body) -> Result<Self, ApiError> {
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(Self { members: Vec::new(), errors: Vec::new() });
        }
        check_media_type(headers)?;
        Self::from_json(&bytes)
    }

    fn from_json(bytes: &[u8]) -> Result<Self, ApiError> {
        let value = serde_json::from_slice::<Value>(bytes)
            .map_err(|_| ApiError::Unreadable("The body is not well-formed JSON."))?;
        value.object().map_err(|error| ApiError::Invalid(vec![FieldError { param: "body".to_owned(), ..error }]))
    }

    /// Reads the parameters of a query.
    ///
    /// # Errors
    /// When it is not well-formed.
    pub fn from_query(uri: &Uri) -> Result<Self, ApiError> {
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let members = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decode = |text: &str| form_body::decode(text.as_bytes()).map(|text| text.to_string());
            Some((decode(name)?, Value::Text(decode(value)?)))
        });
        let members = members.collect::<Option<Vec<_>>>();
        let members = members.ok_or(ApiError::Unreadable("The query is not well-formed."))?;
        Ok(Self { members, errors: Vec::new() })
    }

    /// All that was sent, in one order.
    pub fn said(&self) -> String {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        format!("{members:?}")
    }

    /// Takes a member that must be there. `None` when it is not, or `read` refuses it, which is remembered.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, FieldError>) -> Option<T> {
        if !self.members.iter().any(|(member, _)| member == name) {
            self.refuse(FieldError::new(name, "required", "This is required."));
        }
        self.optional(name, read)
    }

    /// Takes a member that may be left out. `None` when it is, or `read` refuses it, which is remembered.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, FieldError>) -> Option<T> {
        let mut values = self.members.extract_if(.., |(member, _)| member == name).map(|(_, value)| value);
        let value = values.next()?;
        let repeated = values.count() > 0;
        if repeated {
            self.refuse(FieldError::new(name, "repeated", "Say this once."));
            return None;
        }
        match read(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let param = if error.param.is_empty() { name.to_owned() } else { format!("{name}.{}", error.param) };
                self.refuse(FieldError { param, ..error });
                None
            }
        }
    }

    /// Remembers what is wrong.
    pub fn refuse(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// What was made of the members, if nothing was wrong and none is left.
    ///
    /// # Errors
    /// [`ApiError::Invalid`] with all that is wrong.
    pub fn finish<T>(self, made: Option<T>) -> Result<T, ApiError> {
        self.finish_within(made).map_err(ApiError::Invalid)
    }

    /// As [`Input::finish`], for an object inside another.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish_within<T>(mut self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        let mut unknown: Vec<String> =
            self.members.into_iter().map(|(name, _)| name.chars().take(NAME_MAX).collect()).collect();
        unknown.dedup();
        let unknown = unknown.iter().map(|name| FieldError::new(name, "unknown", "There is no such thing here."));
        self.errors.extend(unknown);
        self.errors.truncate(ERRORS_MAX);
        if self.errors.is_empty() { made.ok_or(self.errors) } else { Err(self.errors) }
    }
}

async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
    body::read(body, BODY_MAX_BYTES).await.map_err(|error| match error {
        NoBody::TooLarge => ApiError::TooLarge,
        NoBody::Incomplete => ApiError::Unreadable("The body did not arrive."),
    })
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, more) = (types.next(), types.next());
    let text = first.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    let mut encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let plain = encodings.all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if more.is_none() && plain && essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::MediaType)
    }
}

/// A refusal whose place is not known yet: whoever takes the member adds it.
pub fn refused(error: impl Refusal) -> FieldError {
    error.of("")
}

fn wrong_type(expected: &str) -> FieldError {
    FieldError::new("", "wrong_type", format!("This must be {expected}."))
}

impl Value {
    /// A text.
    ///
    /// # Errors
    /// When it is something else.
    pub fn text(self) -> Result<String, FieldError> {
        if let Self::Text(text) = self { Ok(text) } else { Err(wrong_type("a text")) }
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn whole_number(self) -> Result<u64, FieldError> {
        if let Self::Number(Some(number)) = self { Ok(number) } else { Err(wrong_type("a whole number")) }
    }

    /// A list of texts.
    ///
    /// # Errors
    /// When it is something else.
    pub fn texts(self) -> Result<Vec<String>, FieldError> {
        let Self::List(values) = self else { return Err(wrong_type("a list of texts")) };
        values.into_iter().map(|value| value.text().map_err(|_| wrong_type("a list of texts"))).collect()
    }

    /// An object.
    ///
    /// # Errors
    /// When it is something else.
    pub fn object(self) -> Result<Input, FieldError> {
        if let Self::Object(members) = self {
            Ok(Input { members, errors: Vec::new() })
        } else {
            Err(wrong_type("an object"))
        }
    }

    /// One of a set of words.
    ///
    /// # Errors
    /// When it is something else; names the words.
    pub fn word<T>(self, parse: impl FnOnce(&str) -> Option<T>, words: &str) -> Result<T, FieldError> {
        let text = self.text()?;
        parse(&text).ok_or_else(|| FieldError::new("", "unknown", format!("Use {words}.")))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Bool)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(Some(number)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(u64::try_from(number).ok()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number(None))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Value::Object(object))
    }
}
