//! Taking backups and bringing them back.

use async_trait::async_trait;
use domain::{
    id::OrganizationId,
    key::{ApiKey, StatusReason},
    time::Timestamp,
};

use super::{
    super::{RESTORING, TABLES, migrate},
    Backend, Connection, Db,
    activity::Chain,
    columns::Columns,
    deployment, key_changes,
    keys::{api_key, select_keys},
    organizations,
};
use crate::{Backups, Error, FinishRestore, IssuedTokens, KeyChange, Restored};

const MARK: &str = "UPDATE deployment SET backed_up_at = $1 WHERE id = 1";

const BEGIN_RESTORE: &str = "CREATE TABLE restore_in_progress (id BIGINT NOT NULL PRIMARY KEY)";

const END_RESTORE: &str = "DROP TABLE IF EXISTS restore_in_progress";

const TAKEN_AT: &str =
    "SELECT COALESCE(backed_up_at, (SELECT MAX(at) FROM activity)) AS taken_at FROM deployment WHERE id = 1";

const RAISE_GENERATION: &str = "UPDATE organizations SET gen = gen + $2 WHERE id = $1";

const LIVE: &str = concat!(select_keys!(), " WHERE k.org_id = $1 AND ", live!("$2"), " ORDER BY k.id");

/// Whoever had one of these may not have had it any more when the database was lost; and what waited to be mailed may have
/// been sent since.
const END: [&str; 6] = [
    "DELETE FROM sessions",
    "DELETE FROM links",
    "DELETE FROM password_resets",
    "DELETE FROM invitations",
    "DELETE FROM mails",
    "UPDATE deployment SET clean_up_until = 0",
];

/// Refuses a copy that is not finished.
pub(super) async fn check_finished(readers: &sqlx::Pool<Db>) -> Result<(), Error> {
    if count(readers, RESTORING).await? == 0 {
        return Ok(());
    }
    Err(Error::Schema(
        "A restore into this database was cut off. Make an empty database and restore into that.".to_owned(),
    ))
}

async fn count(readers: &sqlx::Pool<Db>, statement: &'static str) -> Result<i64, Error> {
    sqlx::query(statement).fetch_one(readers).await?.get("tables")
}

#[async_trait]
impl Backups for Backend {
    async fn mark_backup(&self, at: Timestamp) -> Result<(), Error> {
        self.change(sqlx::query(MARK).bind(at.as_millis())).await?;
        Ok(())
    }

    async fn is_empty(&self) -> Result<bool, Error> {
        Ok(count(&self.readers, TABLES).await? == 0)
    }

    async fn begin_restore(&self) -> Result<(), Error> {
        self.change(sqlx::query(BEGIN_RESTORE)).await?;
        Ok(())
    }

    async fn migrate_copy(&self) -> Result<(), Error> {
        migrate(&self.writers).await
    }

    async fn finish_restore(&self, mut finish: FinishRestore) -> Result<Restored, Error> {
        self.write(async move |mut tx| {
            deployment::lock(&mut tx).await?;
            let taken_at = sqlx::query(TAKEN_AT).fetch_one(&mut *tx).await?.time_if_any("taken_at")?;
            let mut held = Vec::new();
            for organization in organizations::all(&mut tx).await? {
                let keys = hold(&mut tx, &organization, taken_at, &mut finish).await?;
                held.extend(keys.into_iter().map(|key| (organization.clone(), key)));
            }
            for statement in END {
                sqlx::query(statement).execute(&mut *tx).await?;
            }
            sqlx::query(END_RESTORE).execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(Restored { taken_at, held })
        })
        .await
    }
}

/// Stops the tokens of an organization and holds its live keys, which are returned.
async fn hold(
    connection: &mut Connection,
    organization: &OrganizationId,
    taken_at: Option<Timestamp>,
    finish: &mut FinishRestore,
) -> Result<Vec<ApiKey>, Error> {
    let Some(mut chain) = Chain::lock(connection, organization).await? else { return Ok(Vec::new()) };
    let raise = sqlx::query(RAISE_GENERATION).bind(organization.as_str()).bind(finish.generation_step);
    raise.execute(&mut *connection).await?;
    let live = sqlx::query(LIVE).bind(organization.as_str()).bind(finish.at.as_millis());
    let mut keys: Vec<_> = live.fetch_all(&mut *connection).await?.iter().map(api_key).collect::<Result<_, _>>()?;
    // What waits for an administrator already goes on waiting, for the reason it has.
    keys.retain(|key: &ApiKey| key.suspended.is_none() || key.is_held_by_its_own());
    chain.append(connection, &(finish.restored)(organization, taken_at, keys.len())).await?;
    for key in &mut keys {
        let reason = StatusReason::Restored;
        let change = KeyChange::Suspend { reason, by: None, takes_over: false, issued_tokens: IssuedTokens::RunOut };
        key_changes::apply(connection, organization, key, &change, finish.at).await?;
        chain.append(connection, &(finish.held)(organization, key)).await?;
        key.suspended = Some((finish.at, reason));
    }
    Ok(keys)
}
