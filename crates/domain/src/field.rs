//! What is wrong with one field of an input, said once for a person and once for a machine.

use serde::{Deserialize, Serialize};

/// A refused field: its name in forms and in the API, a stable code, and a sentence a person can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the form field or JSON member.
    pub param: String,
    /// Stable machine-readable code, `snake_case`.
    pub code: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl FieldError {
    /// A refusal of `param`.
    pub fn new(param: &str, code: &str, message: impl Into<String>) -> Self {
        Self { param: param.to_owned(), code: code.to_owned(), message: message.into() }
    }
}

/// A reason to refuse a value, which knows its own words; the caller adds the field's name.
pub trait Refusal: std::fmt::Display {
    /// Stable machine-readable code, `snake_case`.
    fn code(&self) -> &'static str;

    /// This refusal, said of the field `param`.
    fn of(&self, param: &str) -> FieldError {
        FieldError::new(param, self.code(), self.to_string())
    }
}

/// Takes what was read, or puts the refusal with the others, so that a person can mend all of them at once.
pub fn keep<T>(read: Result<T, FieldError>, refused: &mut Vec<FieldError>) -> Option<T> {
    read.map_err(|error| refused.push(error)).ok()
}
