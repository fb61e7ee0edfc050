//! Connections: accepting them, their limits, and letting go of them in order.
//!
//! The limits nest, so that each has time to answer before the next one cuts: a request head 10 s, its
//! body 20 s, its handler 25 s, the whole shutdown 28 s, and an orchestrator that waits 30 s.

mod connection;
mod deadlines;
mod shutdown;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

pub use self::{
    deadlines::{Deadlines, with_deadlines},
    shutdown::{Ending, Lifecycle, Signals},
};

/// Connections of the operations listener: a few probes and one scraper.
const OPS_CONNECTIONS: usize = 64;

/// Where a connection comes from. In the extensions of every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// What one connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at once; more wait in the system's queue.
    pub connections: usize,
    /// From the connection to the end of the first request's head.
    pub first_head: Duration,
    /// Between two requests, and while nobody takes the answer. Longer than the minute for which
    /// common proxies keep connections, so that they close first.
    pub idle: Duration,
}

impl Limits {
    /// The limits of the public listener.
    #[must_use]
    pub fn public(connections: usize) -> Self {
        Self { connections, first_head: Duration::from_secs(10), idle: Duration::from_secs(75) }
    }

    /// The limits of the operations listener.
    #[must_use]
    pub fn operations() -> Self {
        Self::public(OPS_CONNECTIONS)
    }
}

/// Accepts connections and answers their requests until `lifecycle` closes the door, then takes what
/// the system has already accepted and returns. Connections go on in tasks of the lifecycle.
pub async fn accept(listener: TcpListener, router: Router, limits: Limits, lifecycle: Lifecycle) {
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("nobody closes it"),
            () = lifecycle.closed() => return,
        };
        let (stream, peer) = tokio::select! {
            biased;
            accepted = accept_one(&listener) => accepted,
            () = lifecycle.closed() => return,
        };
        let connection = connection::serve(stream, Peer(peer), router.clone(), limits, lifecycle.clone());
        lifecycle.spawn(async move {
            metrics::gauge!("keyline_http_connections").increment(1);
            connection.await;
            metrics::gauge!("keyline_http_connections").decrement(1);
            drop(place);
        });
    }
}

async fn accept_one(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                // No file descriptor is left: trying again at once would only spin.
                tracing::error!(%error, "accepting a connection failed");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionReset
    )
}
