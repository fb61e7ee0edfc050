//! Mail: where it goes, and the task that sends it.

mod log;
mod smtp;

use std::{sync::Arc, time::Duration};

use app::mail::{Letterhead, Text};
use service::{
    Failure, Service,
    mail::{Letter, Mailer},
};

pub use self::{
    log::Log,
    smtp::{Server, Smtp},
};
use crate::{
    config::{Config, PublicUrl},
    listen::Lifecycle,
    state::PRODUCT,
};

/// How long a mail waits at most before it is tried.
const LOOK: Duration = Duration::from_secs(1);

/// The mail server where one is set, otherwise the log.
pub fn mailer(config: &Config, public_url: &PublicUrl) -> Arc<dyn Mailer> {
    match &config.mail {
        Some(server) => Arc::new(Smtp::new(server, public_url)),
        None => Arc::new(Log),
    }
}

/// Sends what is due until the server has closed. A mail that is under way is finished; the others wait for the next
/// start, or for another process.
pub async fn deliver(service: Service, mailer: Arc<dyn Mailer>, lifecycle: Lifecycle) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = look.tick(), if !lifecycle.is_draining() => {
                if let Err(error) = send_due(&service, &*mailer, &lifecycle).await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "mail waits for the next attempt");
                }
            }
            () = lifecycle.closed() => return,
        }
    }
}

async fn send_due(service: &Service, mailer: &dyn Mailer, lifecycle: &Lifecycle) -> Result<(), Failure> {
    while service.send_mails(mailer, || lifecycle.is_draining()).await? && !lifecycle.is_draining() {}
    Ok(())
}

fn words(letter: &Letter, url: &str) -> Text {
    app::mail::text(&Letterhead { product: PRODUCT, url, now: letter.at }, letter)
}
