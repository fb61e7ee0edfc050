//! The body of a request, read whole up to a limit.

use axum::body::{Body, HttpBody};
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Why there is no body to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// It is longer than the limit.
    TooLarge,
    /// It broke off, or is not framed as it says.
    Incomplete,
}

/// Reads a body of `max` bytes at most. One that says it is longer is not waited for.
///
/// # Errors
/// See [`NoBody`].
pub async fn read(body: Body, max: usize) -> Result<Vec<u8>, NoBody> {
    let length = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if length > max {
        return Err(NoBody::TooLarge);
    }
    match Limited::new(body, max).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(NoBody::TooLarge),
        Err(_) => Err(NoBody::Incomplete),
    }
}
