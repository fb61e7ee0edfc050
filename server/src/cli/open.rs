use std::{fs, path::Path, sync::Arc};

use anyhow::Context;
use service::{
    Service, Settings, StartError,
    clock::{Clock, SystemClock, SystemRandom},
    master_key::MasterKey,
};
use store::Store;

use super::Failure;
use crate::{
    config::{Config, PublicUrl},
    master_key_file::{self, MasterKeyError},
};

/// Connects to the database and brings its schema up to this version.
pub(super) async fn database(config: &Config) -> Result<Arc<dyn Store>, Failure> {
    if config.database.is_sqlite() {
        let directory = &config.data_dir;
        fs::create_dir_all(directory).with_context(|| format!("data directory {}", directory.display()))?;
    }
    let store = store::connect(config.database.expose(), &store::Options::default()).await?;
    store.migrate().await?;
    Ok(store)
}

/// Refuses what is about a database that has been there, where there is none: it would be made, and found to be in order.
pub(super) fn must_exist(config: &Config) -> Result<(), Failure> {
    match config.database.sqlite_file().filter(|database| !database.exists()) {
        Some(missing) => Err(Failure::refused(format!("there is no database {}", missing.display()))),
        None => Ok(()),
    }
}

/// Opens the database and starts the use cases over it.
pub(super) async fn service(config: &Config, public_url: &PublicUrl) -> Result<Service, Failure> {
    service_at(config, public_url, Arc::new(SystemClock)).await
}

/// The same, at another time.
pub(super) async fn service_at(
    config: &Config,
    public_url: &PublicUrl,
    clock: Arc<dyn Clock>,
) -> Result<Service, Failure> {
    let store = database(config).await?;
    loop {
        let before = store.master_key_fingerprint().await?;
        let opened = match master_key(config, &*store).await {
            Ok(master_key) => start(config, public_url, Arc::clone(&clock), Arc::clone(&store), master_key).await,
            Err(refused) => Err(refused),
        };
        match opened {
            // Another process has replaced the master key meanwhile.
            Err(Failure::MasterKey(_)) if store.master_key_fingerprint().await? != before => {}
            opened => return opened,
        }
    }
}

/// Starts the use cases over a database whose schema is up to date.
pub(super) async fn start(
    config: &Config,
    public_url: &PublicUrl,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    master_key: MasterKey,
) -> Result<Service, Failure> {
    let settings = Settings {
        issuer: public_url.origin().to_owned(),
        token_audience: config.token_audience.clone(),
        signing_algorithm: config.signing_algorithm,
        key_prefix: config.key_prefix.clone(),
        session_absolute_s: config.session_absolute.as_secs().cast_signed(),
        session_idle_s: config.session_idle.as_secs().cast_signed(),
        sends_mail: config.mail.is_some(),
        activity_retention_days: config.activity_retention_days,
    };
    Service::start(store, settings, master_key, clock, Arc::new(SystemRandom)).await.map_err(|error| match error {
        StartError::WrongMasterKey | StartError::SigningKey(_) => {
            Failure::MasterKey(format!("{}: {error}", config.master_key_file.display()))
        }
        StartError::Store(error) => error.into(),
    })
}

/// Reads the master key. A new SQLite database gets one; on PostgreSQL other processes must have the same,
/// so a person makes it.
async fn master_key(config: &Config, store: &dyn Store) -> Result<MasterKey, Failure> {
    let path: &Path = &config.master_key_file;
    if let Some(fingerprint) = store.master_key_fingerprint().await? {
        return Ok(master_key_file::read_fitting(path, fingerprint)?);
    }
    match master_key_file::read(path) {
        Err(MasterKeyError::Missing(_)) if config.database.is_sqlite() => {
            match master_key_file::create(path) {
                Ok(()) | Err(MasterKeyError::Exists(_)) => {}
                Err(error) => return Err(error.into()),
            }
            tracing::info!(file = %path.display(), "made a master key; keep a copy of it apart from the database");
            Ok(master_key_file::read(path)?)
        }
        result => Ok(result?),
    }
}
