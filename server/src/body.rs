//! The body of a request, read whole up to a limit.

use axum::body::{Body, HttpBody};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::sync::Semaphore;

/// Why there is no body to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// It is longer than the limit.
    TooLarge,
    /// It broke off, or is not framed as it says.
    Incomplete,
}

/// What bodies that are on their way may take together, KiB. Clients of HTTP/1.1 cannot fill it with the connections that a
/// server has by default; those that send many bodies over one connection wait for each other.
const ROOM_KIB: u32 = 128 * 1024;
static ROOM: Semaphore = Semaphore::const_new(ROOM_KIB as usize);

/// Reads a body of `max` bytes at most. One that says it is longer is not waited for.
///
/// # Errors
/// See [`NoBody`].
pub async fn read(body: Body, max: usize) -> Result<Vec<u8>, NoBody> {
    let length = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if length > max {
        return Err(NoBody::TooLarge);
    }
    let length = body.size_hint().upper().and_then(|length| usize::try_from(length).ok()).unwrap_or(max);
    let needed = u32::try_from(length.min(max).div_ceil(1024)).unwrap_or(u32::MAX);
    let _room = ROOM.acquire_many(needed).await.map_err(|_| NoBody::Incomplete)?;
    match Limited::new(body, max).collect().await {
        Ok(collected) => Ok(collected.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(NoBody::TooLarge),
        Err(_) => Err(NoBody::Incomplete),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_body_waits_for_room() {
        let taken = ROOM.acquire_many(ROOM_KIB).await.expect("open");
        assert_eq!(read(Body::from("x"), 10).now_or_never(), None, "there is none");
        drop(taken);
        assert_eq!(read(Body::from("x"), 10).await, Ok(b"x".to_vec()));
    }
}
