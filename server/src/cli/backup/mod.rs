//! Backups: a consistent copy of the database in one file, and a database made from one.

mod draft;
mod postgres;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use clap::Args;
use domain::{id::OrganizationId, key::ApiKey, time::Timestamp};
use serde_json::{Value, json};
use service::{
    Service,
    authority::Operator,
    clock::{Clock, SystemClock},
    master_key::MasterKey,
};
use store::{Restored, Store};

use self::draft::Draft;
use super::{Failure, Output, open};
use crate::{config::Config, master_key_file, representation};

#[derive(Args)]
pub(super) struct Backup {
    /// File to write; one that exists is never overwritten
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// File that `keyline backup` has written
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(&self, config: &Config, output: Output) -> Result<(), Failure> {
        open::must_exist(config)?;
        let draft = Draft::beside(&self.file)?;
        let store = open::database(config).await?;
        let taken_at = SystemClock.now();
        store.mark_backup(taken_at).await?;
        store.close().await;
        match config.database.sqlite_file() {
            Some(database) => store::copy_sqlite(database, draft.path()).await?,
            None => postgres::dump(&config.database, draft.path()).await?,
        }
        draft.publish(&self.file)?;
        output.write(&json!({ "file": self.file, "taken_at": taken_at }), || {
            format!("Made {}. It needs the master key, which is not in it.", self.file.display())
        })
    }
}

impl Restore {
    pub(super) async fn run(&self, config: &Config, output: Output) -> Result<(), Failure> {
        // Found missing before anything is done.
        master_key_file::read(&config.master_key_file)?;
        let (service, restored) = match config.database.sqlite_file() {
            Some(database) => self.restore_sqlite(config, database).await?,
            None => self.restore_postgres(config).await?,
        };
        let organizations = service.organizations(Operator::at_the_command_line()).await?;
        let slug = |id: &OrganizationId| {
            let found = organizations.iter().find(|organization| organization.id == *id);
            found.map(|organization| organization.slug.to_string()).unwrap_or_default()
        };
        let now = service.now();
        let held: Vec<_> =
            restored.held.iter().map(|(id, key)| (slug(id), key, shown(key, id, &slug(id), now))).collect();
        let data: Vec<_> = held.iter().map(|(_, _, shown)| shown).collect();
        output.write(&json!({ "backup_of": restored.taken_at, "data": data }), || {
            let taken_at = restored.taken_at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
            let lines = held.iter().map(|(organization, key, _)| {
                format!("{organization}\t{}\t{}\t{}\n", key.environment, key.client_id, key.name)
            });
            let lines: String = lines.collect();
            format!("Restored from a backup of {taken_at}. Keys that wait until somebody re-approves them:\n{lines}")
        })?;
        Ok(service.close().await?)
    }

    /// The database appears under its name when it may be served, not before.
    async fn restore_sqlite(&self, config: &Config, database: &Path) -> Result<(Service, Restored), Failure> {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let file = PathBuf::from(format!("{}{suffix}", database.display()));
            if file.exists() {
                return Err(Failure::refused(format!("{} is there already; restore into a new place", file.display())));
            }
        }
        fs::create_dir_all(draft::directory_of(database)).context("the directory of the database")?;
        let draft = Draft::beside(database)?;
        store::copy_sqlite(&self.file, draft.path()).await.map_err(|_| self.no_backup())?;
        let url = format!("sqlite:{}", draft.path().display());
        let store = store::connect(&url, &store::Options::default()).await?;
        let fingerprint = store.master_key_fingerprint().await.ok().flatten().ok_or_else(|| self.no_backup())?;
        let master_key = master_key_file::read_fitting(&config.master_key_file, fingerprint)?;
        let (service, restored) = finish(config, store, master_key).await?;
        service.close().await?;
        draft.check_whole()?;
        draft.publish(database)?;
        let service = open::service(config, &config.public_url(config.listen)).await?;
        Ok((service, restored))
    }

    async fn restore_postgres(&self, config: &Config) -> Result<(Service, Restored), Failure> {
        let store = store::connect(config.database.expose(), &store::Options::default()).await?;
        if !store.is_empty().await? {
            return Err(Failure::refused("the database holds tables already; restore into an empty one"));
        }
        let fingerprint = postgres::fingerprint_in(&self.file).await?.ok_or_else(|| self.no_backup())?;
        let master_key = master_key_file::read_fitting(&config.master_key_file, fingerprint)?;
        store.begin_restore().await?;
        postgres::load(&config.database, &self.file).await?;
        finish(config, store, master_key).await
    }

    fn no_backup(&self) -> Failure {
        Failure::refused(format!("{} is no whole backup of Keyline for this kind of database", self.file.display()))
    }
}

async fn finish(config: &Config, store: Arc<dyn Store>, master_key: MasterKey) -> Result<(Service, Restored), Failure> {
    store.migrate_copy().await?;
    let public_url = config.public_url(config.listen);
    let service = open::start(config, &public_url, Arc::new(SystemClock), store, master_key).await?;
    let operator = Operator::at_the_command_line();
    // One that was retired since would sign again, for whoever has it.
    service.rotate_signing_key(operator, true).await?;
    let restored = service.finish_restore(operator).await?;
    Ok((service, restored))
}

fn shown(key: &ApiKey, organization: &OrganizationId, slug: &str, now: Timestamp) -> Value {
    let mut shown = representation::key(key, organization, now);
    shown["organization"] = Value::from(slug);
    shown
}
