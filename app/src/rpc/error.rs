//! How a server function refuses.

use std::fmt;

use domain::field::FieldError;
use serde::{Deserialize, Serialize};
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

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
        let words = match self {
            Self::Fields(errors) => errors.first().map_or("", |error| &error.message),
            Self::Refused { message, .. } => message,
            Self::Denied => "Your role can't do this here.",
            Self::NotFound => "This key isn't here any more.",
            Self::Unreadable => "We couldn't read this request. Reload the page and try again.",
            Self::PasswordNeeded => "It's a while since you signed in. Enter your password to carry on.",
            Self::SessionEnded => "Your session ended. Sign in again to carry on.",
            Self::Failed { reference } => {
                return write!(f, "Something went wrong on our side. Nothing was changed. Reference {reference}.");
            }
            Self::Busy => "We're busy right now. Nothing was changed. Try again in a few seconds.",
            Self::Unheard => "We didn't hear back. Try again: it's safe, it won't happen twice.",
        };
        f.write_str(words)
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
