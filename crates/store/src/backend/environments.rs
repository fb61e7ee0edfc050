//! Environments. Keys that have ended name theirs for ever, so a retired one keeps its row and its slug.

use async_trait::async_trait;
use domain::{
    activity::Entry, id::OrganizationId, name::Name, organization::Environment, slug::EnvironmentSlug, time::Timestamp,
};

use super::{Backend, Connection, activity::Chain, columns::Columns};
use crate::{CreateEnvironment, Environments, Error, RetireEnvironment};

const INSERT: &str = "INSERT INTO environments (org_id, id, slug, name, position) \
     SELECT $1, $2, $3, $4, COALESCE(MAX(position) + 1, 0) FROM environments WHERE org_id = $1 \
     ON CONFLICT (org_id, slug) DO NOTHING";

const COUNT: &str = "SELECT COUNT(*) AS counted FROM environments WHERE org_id = $1 AND retired_at IS NULL";

const RENAME: &str = "UPDATE environments SET name = $3 WHERE org_id = $1 AND slug = $2 AND retired_at IS NULL";

const RETIRE: &str = "UPDATE environments SET retired_at = $3 WHERE org_id = $1 AND slug = $2 AND retired_at IS NULL";

const LIVE_KEYS: &str =
    concat!("SELECT COUNT(*) AS counted FROM api_keys k WHERE k.org_id = $1 AND k.environment = $2 AND ", live!("$3"));

#[async_trait]
impl Environments for Backend {
    async fn create_environment(
        &self,
        organization: &OrganizationId,
        new: Environment,
        limit: u32,
        entry: Entry,
    ) -> Result<CreateEnvironment, Error> {
        let organization = organization.clone();
        self.write(async move |mut tx| {
            let chain = Chain::lock(&mut tx, &organization).await?;
            let mut chain = chain.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
            if count(&mut tx, &organization).await? >= limit {
                return Ok(CreateEnvironment::Full { limit });
            }
            let insert = sqlx::query(INSERT)
                .bind(organization.as_str())
                .bind(new.id.as_str())
                .bind(new.slug.as_str())
                .bind(new.name.as_str());
            if insert.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(CreateEnvironment::SlugTaken);
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(CreateEnvironment::Created)
        })
        .await
    }

    async fn rename_environment(
        &self,
        organization: &OrganizationId,
        slug: &EnvironmentSlug,
        name: Name,
        entry: Entry,
    ) -> Result<bool, Error> {
        let (organization, slug) = (organization.clone(), slug.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else { return Ok(false) };
            let rename = sqlx::query(RENAME).bind(organization.as_str()).bind(slug.as_str()).bind(name.as_str());
            if rename.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn retire_environment(
        &self,
        organization: &OrganizationId,
        slug: &EnvironmentSlug,
        at: Timestamp,
        entry: Entry,
    ) -> Result<RetireEnvironment, Error> {
        let (organization, slug) = (organization.clone(), slug.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else {
                return Ok(RetireEnvironment::NotFound);
            };
            let in_it = sqlx::query(LIVE_KEYS).bind(organization.as_str()).bind(slug.as_str()).bind(at.as_millis());
            let live_keys = in_it.fetch_one(&mut *tx).await?.number("counted")?;
            if live_keys > 0 {
                return Ok(RetireEnvironment::InUse { live_keys });
            }
            let retire = sqlx::query(RETIRE).bind(organization.as_str()).bind(slug.as_str()).bind(at.as_millis());
            if retire.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(RetireEnvironment::NotFound);
            }
            if count(&mut tx, &organization).await? == 0 {
                return Ok(RetireEnvironment::Last);
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(RetireEnvironment::Retired)
        })
        .await
    }
}

async fn count(connection: &mut Connection, organization: &OrganizationId) -> Result<u32, Error> {
    sqlx::query(COUNT).bind(organization.as_str()).fetch_one(connection).await?.number("counted")
}
