//! Reading, and beginning to write, over a connection that may be broken.

use crate::postgres;

/// Most connections that a database which was started again has left broken in the pool.
const BROKEN: u32 = 16;

/// Runs a statement that only reads, or begins a transaction: it changes nothing. Where the connection it got was broken it
/// runs again on another, so that a database which is started again fails nobody who can wait for it as long as for a
/// connection.
pub(crate) async fn steadily<T, F>(begin: impl Fn() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    for _ in 0..BROKEN {
        match begin().await {
            Err(error) if postgres::is_broken(&error) => {}
            done => return done,
        }
    }
    begin().await
}
