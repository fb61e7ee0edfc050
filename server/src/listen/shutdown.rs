use std::{future::Future, io, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// From the first signal to the end, whatever still runs.
const SHUTDOWN: Duration = Duration::from_secs(28);

/// How the server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every request it received was answered.
    Complete,
    /// Requests were cut: they took too long, or a second signal came.
    Cut,
}

/// The server's last phases: *draining*, in which it accepts as ever but is not ready and closes
/// connections after their next answer; and *closed*, in which it accepts no more.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    closed: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Whether the server is on its way out.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Returns when no more connections are accepted. Background work ends here too.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Goes through the last phases: accepts for the length of `window`, then answers what was
    /// received.
    pub async fn wind_down(&self, window: Duration) -> Ending {
        self.draining.cancel();
        tracing::info!(window_s = window.as_secs(), "shutting down");
        let end = async {
            sleep(window).await;
            self.closed.cancel();
            self.tasks.close();
            self.tasks.wait().await;
        };
        match timeout(SHUTDOWN, end).await {
            Ok(()) => Ending::Complete,
            Err(_) => {
                tracing::error!(tasks = self.tasks.len(), "shutdown took too long");
                Ending::Cut
            }
        }
    }

    /// Whether whoever has much to do should come to an end.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Begins work that the last phases wait for.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }
}

/// The signals that end the server. The drain window is for load balancers, whose orchestrators send SIGTERM; a
/// person at a terminal (SIGINT) has none. SIGHUP is ignored: there is nothing to read again.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    _hang_up: Signal,
}

impl Signals {
    /// From here on the signals no longer end the process by themselves.
    ///
    /// # Errors
    /// The system refuses signal handlers.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            _hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for a signal.
    pub async fn first(&mut self) {
        self.next(Duration::ZERO).await;
    }

    /// Waits for the first signal, winds down and does what is `last`; `None` where that took too long, or was cut short by
    /// a second signal.
    pub async fn wind_down<T>(
        mut self,
        lifecycle: &Lifecycle,
        window: Duration,
        last: impl Future<Output = T>,
    ) -> Option<T> {
        let window = self.next(window).await;
        let end = async {
            match lifecycle.wind_down(window).await {
                Ending::Complete => Some(last.await),
                Ending::Cut => None,
            }
        };
        tokio::select! {
            ended = timeout(SHUTDOWN, end) => ended.ok().flatten(),
            _ = self.next(window) => {
                lifecycle.closed.cancel();
                None
            }
        }
    }

    /// The drain window that suits the next signal.
    async fn next(&mut self, window: Duration) -> Duration {
        tokio::select! {
            _ = self.terminate.recv() => window,
            _ = self.interrupt.recv() => Duration::ZERO,
        }
    }
}
