//! How a server function refuses.

use std::fmt;

use domain::field::FieldError;
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::words::rpc as words;

/// The code of a refusal that the same form was sent before.
pub const ALREADY_CREATED: &str = "already_created";

/// A refusal, in words for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RpcError {
    /// Fields to mend.
    Fields(Vec<FieldError>),
    /// A rule is against it, or somebody was quicker.
    Refused {
        /// Stable, `snake_case`.
        code: String,
        /// What is the matter and what to do.
        message: String,
    },
    /// The person may not do this.
    Denied,
    /// There is no such thing, or none the person may know of.
    NotFound,
    /// The arguments could not be read.
    Unreadable,
    /// Nobody is signed in any more.
    SessionEnded,
    /// It is a while since the person proved who they are: the form's own page asks for the password.
    PasswordNeeded,
    /// Something broke on our side.
    Failed {
        /// Id of the request, for support.
        reference: String,
    },
    /// The server has too much to do; nothing was changed.
    Busy,
    /// No answer came: what became of the request is not known.
    Unheard,
}

impl RpcError {
    /// HTTP status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Fields(_) | Self::Unreadable => 422,
            Self::Refused { .. } => 409,
            Self::Denied => 403,
            Self::NotFound => 404,
            Self::SessionEnded | Self::PasswordNeeded => 401,
            Self::Busy => 503,
            Self::Failed { .. } | Self::Unheard => 500,
        }
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = match self {
            Self::Fields(errors) => errors.first().map_or("", |error| &error.message),
            Self::Refused { message, .. } => message,
            Self::Denied => words::DENIED,
            Self::NotFound => words::NOT_FOUND,
            Self::Unreadable => words::UNREADABLE,
            Self::PasswordNeeded => words::PASSWORD_NEEDED,
            Self::SessionEnded => words::SESSION_ENDED,
            Self::Failed { reference } => return f.write_str(&words::failed(reference)),
            Self::Busy => words::BUSY,
            Self::Unheard => words::UNHEARD,
        };
        f.write_str(said)
    }
}

impl FromServerFnError for RpcError {
    type Encoder = JsonEncoding;

    /// In the browser, no answer or one that makes no sense; on the server, arguments that make none.
    fn from_server_fn_error(_error: ServerFnErrorErr) -> Self {
        #[cfg(feature = "ssr")]
        {
            super::caller::refuse(Self::Unreadable)
        }
        #[cfg(not(feature = "ssr"))]
        {
            Self::Unheard
        }
    }
}
