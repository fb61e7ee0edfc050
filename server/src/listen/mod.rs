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
    sync::{OwnedSemaphorePermit, Semaphore},
};

pub(crate) use self::deadlines::Arrival;
pub use self::{
    deadlines::Deadlines,
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

/// Accepts connections and answers their requests, in tasks of `lifecycle`, until that closes the door.
pub fn serve(listener: TcpListener, router: Router, limits: Limits, lifecycle: &Lifecycle) {
    let door = Door { router, limits, lifecycle: lifecycle.clone() };
    lifecycle.spawn(async move {
        tokio::select! {
            () = door.hold_open(&listener) => {}
            () = door.lifecycle.closed() => {}
        }
        if let Err(error) = door.close(listener) {
            tracing::warn!(%error, "the last connections were lost");
        }
    });
}

struct Door {
    router: Router,
    limits: Limits,
    lifecycle: Lifecycle,
}

impl Door {
    async fn hold_open(&self, listener: &TcpListener) {
        let places = Arc::new(Semaphore::new(self.limits.connections));
        loop {
            let place = Arc::clone(&places).acquire_owned().await.expect("nobody closes it");
            let (stream, peer) = accept_one(listener).await;
            self.let_in(stream, peer, Some(place));
        }
    }

    /// Takes what the system has accepted on our behalf: dropping the listener would reset it, with requests that
    /// were sent already. Whoever comes later is refused before it can send anything.
    fn close(&self, listener: TcpListener) -> io::Result<()> {
        let listener = listener.into_std()?;
        rustix::net::listen(&listener, 0)?;
        loop {
            match listener.accept() {
                Ok((stream, peer)) => {
                    stream.set_nonblocking(true)?;
                    self.let_in(TcpStream::from_std(stream)?, peer, None);
                }
                Err(error) if is_of_the_client(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn let_in(&self, stream: TcpStream, peer: SocketAddr, place: Option<OwnedSemaphorePermit>) {
        let lifecycle = self.lifecycle.clone();
        let connection = connection::serve(stream, Peer(peer), self.router.clone(), self.limits, lifecycle);
        self.lifecycle.spawn(async move {
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
