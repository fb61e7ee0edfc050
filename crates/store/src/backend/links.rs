//! One-time links.

use async_trait::async_trait;
use domain::{activity::Entry, time::Timestamp, user::Role};

use super::{Backend, Connection, deployment, organizations, users};
use crate::{AddMember, Error, Hash, Link, LinkPurpose, Links, NewOrganization, NewUser, SetUp};

const FORGET: &str = "DELETE FROM links WHERE purpose = $1";

const INSERT: &str = "INSERT INTO links (token_hash, purpose, created_at, ends_at) VALUES ($1, $2, $3, $4)";

const WORKS: &str = "SELECT 1 FROM links WHERE token_hash = $1 AND purpose = $2 AND ends_at > $3 \
     AND NOT EXISTS (SELECT 1 FROM organizations)";

const USE_UP: &str = "DELETE FROM links WHERE token_hash = $1 AND purpose = $2 AND ends_at > $3";

const ANY_ORGANIZATION: &str = "SELECT id FROM organizations LIMIT 1";

#[async_trait]
impl Links for Backend {
    async fn insert_link(&self, link: Link) -> Result<(), Error> {
        self.write(async move |mut tx| {
            deployment::lock(&mut tx).await?;
            sqlx::query(FORGET).bind(link.purpose.as_str()).execute(&mut *tx).await?;
            sqlx::query(INSERT)
                .bind(link.token_hash.as_slice())
                .bind(link.purpose.as_str())
                .bind(link.at.as_millis())
                .bind(link.ends_at.as_millis())
                .execute(&mut *tx)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn link_works(&self, token_hash: &Hash, purpose: LinkPurpose, now: Timestamp) -> Result<bool, Error> {
        let works = sqlx::query(WORKS).bind(token_hash.as_slice()).bind(purpose.as_str()).bind(now.as_millis());
        Ok(works.fetch_optional(&self.readers).await?.is_some())
    }

    async fn set_up(
        &self,
        token_hash: &Hash,
        organization: NewOrganization,
        administrator: NewUser,
        entries: Vec<Entry>,
    ) -> Result<SetUp, Error> {
        let token_hash = *token_hash;
        self.write(async move |mut tx| {
            deployment::lock(&mut tx).await?;
            let now = organization.organization.created_at;
            if !use_up(&mut tx, &token_hash, LinkPurpose::SetUp, now).await? || any_organization(&mut tx).await? {
                return Ok(SetUp::LinkOver);
            }
            let Some(mut chain) = organizations::insert(&mut tx, &organization).await? else {
                return Ok(SetUp::LinkOver);
            };
            let id = &organization.organization.id;
            let (AddMember::Created(user) | AddMember::Joined(user) | AddMember::AlreadyMember(user)) =
                users::add(&mut tx, id, &administrator, Role::Admin).await?;
            for entry in &entries {
                chain.append(&mut tx, entry).await?;
            }
            tx.commit().await?;
            Ok(SetUp::Done(user))
        })
        .await
    }
}

async fn use_up(
    connection: &mut Connection,
    token_hash: &Hash,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<bool, Error> {
    let use_up = sqlx::query(USE_UP).bind(token_hash.as_slice()).bind(purpose.as_str()).bind(now.as_millis());
    Ok(use_up.execute(connection).await?.rows_affected() == 1)
}

async fn any_organization(connection: &mut Connection) -> Result<bool, Error> {
    Ok(sqlx::query(ANY_ORGANIZATION).fetch_optional(connection).await?.is_some())
}
