use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, anyhow};
use axum::Router;
use service::{Service, authority::Operator, set_up::SET_UP_LINK_S, signing::RELOAD_S};
use tokio::{
    net::TcpListener,
    time::{Interval, MissedTickBehavior},
};

use super::{Failure, Output, demo, open};
use crate::{
    assets,
    client_address::TrustedProxies,
    config::{Config, PublicUrl},
    health::{self, Health},
    listen::{self, Deadlines, Lifecycle, Limits, Signals},
    mail, master_key_file, passage, router,
    state::{AppState, PRODUCT, Site},
    telemetry::Metrics,
};

/// Uses of keys are lost for at most this long if the process is killed.
const FLUSH: Duration = Duration::from_secs(1);

/// How old a process's view of the signing keys may be.
const RELOAD: Duration = Duration::from_secs(RELOAD_S.unsigned_abs());

/// What has ended lies about for at most this long.
const CLEAN_UP: Duration = Duration::from_secs(60);

/// Serves until a signal ends it.
pub(super) async fn run(config: &Config, demo: bool, output: Output) -> Result<(), Failure> {
    if demo {
        let place = demo::Place::prepare(config)?;
        return serve(&place.config, true, output).await;
    }
    serve(config, false, output).await
}

async fn serve(config: &Config, demo: bool, output: Output) -> Result<(), Failure> {
    let mut signals = Signals::catch().context("signals")?;
    let server = tokio::select! {
        started = begin(config, demo, output) => started?,
        // It may wait for long, for another process that migrates. Nothing has been promised to anybody yet.
        () = signals.first() => return Err(anyhow!("ended by a signal before it served").into()),
    };
    server.until_the_end(signals, config.drain_window).await
}

/// What runs once it serves.
struct Server {
    service: Service,
    lifecycle: Lifecycle,
}

impl Server {
    async fn until_the_end(self, signals: Signals, drain_window: Duration) -> Result<(), Failure> {
        match signals.wind_down(&self.lifecycle, drain_window, self.service.close()).await {
            Some(closed) => Ok(closed?),
            None => Err(anyhow!("work was cut off").into()),
        }
    }
}

async fn begin(config: &Config, demo: bool, output: Output) -> Result<Server, Failure> {
    let metrics = Metrics::start().context("metrics")?;
    let public = bind("listen", config.listen).await?;
    let operations = bind("ops_listen", config.ops_listen).await?;
    let public_url = config.public_url(public.local_addr().context("listen")?);
    if demo {
        demo::fill(config, &public_url, output).await?;
    }
    let service = open::service(config, &public_url).await?;
    service.provide_signing_key().await?;
    if config.public_url.is_none() && !config.listen.ip().is_loopback() {
        tracing::warn!(%public_url, "public_url is not set: links and tokens name an address that only this machine has");
    }
    show_set_up_link(&service, &public_url, output).await?;

    let lifecycle = Lifecycle::default();
    let health = Health { service: service.clone(), lifecycle: lifecycle.clone(), metrics: metrics.clone() };
    let limits = Limits::public(config.max_connections);
    let mailer = mail::mailer(config, &public_url);
    start("public", public, public_router(config, public_url, &service), limits, &lifecycle)?;
    start("operations", operations, health::router(health), Limits::operations(), &lifecycle)?;
    lifecycle.spawn(mail::deliver(service.clone(), mailer, lifecycle.clone()));
    lifecycle.spawn(keep_house(service.clone(), lifecycle.clone(), metrics, config.master_key_file.clone()));
    lifecycle.spawn(clean_up(service.clone(), lifecycle.clone()));
    Ok(Server { service, lifecycle })
}

async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await;
    Ok(listener.with_context(|| format!("setting {setting}: {address} cannot be listened on"))?)
}

fn public_router(config: &Config, public_url: PublicUrl, service: &Service) -> Router {
    let site = Site {
        public_url,
        product: PRODUCT.to_owned(),
        support_contact: config.support_contact.clone(),
        assets: assets::urls(),
    };
    let routes = router::router(AppState { service: service.clone(), site: Arc::new(site) });
    passage::before(routes, TrustedProxies::new(&config.trusted_proxies), Deadlines::default())
}

/// Starts to accept, and says at which address: the system has chosen the port for port 0.
fn start(
    name: &str,
    listener: TcpListener,
    router: Router,
    limits: Limits,
    lifecycle: &Lifecycle,
) -> Result<(), Failure> {
    let address = listener.local_addr().context("listening")?;
    listen::serve(listener, router, limits, lifecycle);
    tracing::info!(listener = name, %address, "listening");
    Ok(())
}

/// Goes to standard output, not to the log: whoever opens it first owns the console.
async fn show_set_up_link(service: &Service, public_url: &PublicUrl, output: Output) -> Result<(), Failure> {
    let Some(token) = service.set_up_link(Operator::at_the_command_line()).await? else {
        return Ok(());
    };
    let url = public_url.join(&format!("/setup/{}", *token));
    output.write(&serde_json::json!({ "set_up_url": url }), || {
        format!("Make the first organization within {} minutes: {url}", SET_UP_LINK_S / 60)
    })
}

/// What the process does beside answering. Work that has begun is finished.
async fn keep_house(service: Service, lifecycle: Lifecycle, metrics: Metrics, master_key_file: PathBuf) {
    let (mut flush, mut reload) = (ticks(FLUSH), ticks(RELOAD));
    loop {
        tokio::select! {
            _ = flush.tick() => {
                if !service.has_master_key() {
                    warn_of(follow_master_key(&service, &master_key_file).await, "no token is signed or verified");
                }
                warn_of(service.flush_uses().await, "uses of keys are kept for the next attempt");
                warn_of(service.flush_refusals().await, "refusals are kept for the next attempt");
                // Also where nobody ever asks for them.
                metrics.upkeep();
            }
            _ = reload.tick() => {
                warn_of(follow_master_key(&service, &master_key_file).await, "no token is signed or verified");
                warn_of(service.reload_signing_keys().await, "the signing keys stay as they were");
            }
            () = service.master_key_missed() => {
                warn_of(follow_master_key(&service, &master_key_file).await, "no token is signed or verified");
            }
            () = lifecycle.closed() => return,
        }
    }
}

/// What may take long, apart from what happens every second.
async fn clean_up(service: Service, lifecycle: Lifecycle) {
    let mut look = ticks(CLEAN_UP);
    loop {
        tokio::select! {
            _ = look.tick() => {
                warn_of(service.remind_of_expiry().await, "reminders wait for the next attempt");
                warn_of(service.clean_up(|| !lifecycle.is_closed()).await, "clean-up waits for the next attempt");
            }
            () = lifecycle.closed() => return,
        }
    }
}

/// Goes on with the master key that has taken the place of the one this process began with. Until its file is there, the
/// process is not ready: it could not read what others sign with.
async fn follow_master_key(service: &Service, file: &Path) -> anyhow::Result<()> {
    let Some(fingerprint) = service.succeeding_master_key().await? else {
        service.keep_master_key();
        return Ok(());
    };
    let file = file.to_owned();
    let read = tokio::task::spawn_blocking(move || master_key_file::read_fitting(&file, fingerprint)).await?;
    let adopted = match read {
        Ok(master_key) => service.adopt_master_key(master_key).await.map_err(anyhow::Error::from),
        Err(error) => Err(error.into()),
    };
    match &adopted {
        Ok(()) => tracing::info!("went on with the new master key"),
        Err(_) => service.forsake_signing_keys(),
    }
    adopted
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn warn_of(result: Result<(), impl Into<anyhow::Error>>, consequence: &'static str) {
    if let Err(error) = result {
        let error: anyhow::Error = error.into();
        tracing::warn!(error = AsRef::<dyn std::error::Error>::as_ref(&error), "{consequence}");
    }
}
