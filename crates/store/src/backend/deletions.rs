//! Deleting organizations.

use async_trait::async_trait;
use domain::{
    id::OrganizationId, name::Name, organization::OrganizationState, slug::OrganizationSlug, time::Timestamp,
};
use sqlx::QueryBuilder;

use super::{
    super::UNHURRIED, Backend, Connection, Db, Row, activity::Chain, columns::Columns, deployment, organizations,
};
use crate::{DeleteOrganization, Deletions, Error, SignTombstone, Tombstone};

const BURY: &str = "INSERT INTO deleted_organizations \
     (id, slug, name, created_at, deleted_at, sequence, hash, signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const TOMBSTONES: &str = "SELECT id, slug, name, created_at, deleted_at, sequence, hash, signature \
     FROM deleted_organizations ORDER BY slug";

const WAS_DELETED: &str = "SELECT 1 FROM deleted_organizations WHERE slug = $1";

/// All that belongs to an organization, in the order of what refers to what.
const BELONGINGS: [&str; 17] = [
    "DELETE FROM reminders WHERE org_id = $1",
    "DELETE FROM live_tokens WHERE org_id = $1",
    "DELETE FROM api_key_usage WHERE org_id = $1",
    "DELETE FROM api_key_secrets WHERE org_id = $1",
    "DELETE FROM idempotency WHERE org_id = $1",
    "DELETE FROM opaque_tokens WHERE org_id = $1",
    "DELETE FROM revoked_tokens WHERE org_id = $1",
    "DELETE FROM api_keys WHERE org_id = $1",
    "DELETE FROM mails WHERE org_id = $1",
    "DELETE FROM invitation_forms WHERE org_id = $1",
    "DELETE FROM invitations WHERE org_id = $1",
    "DELETE FROM memberships WHERE org_id = $1",
    "DELETE FROM environments WHERE org_id = $1",
    "DELETE FROM activity WHERE org_id = $1",
    "DELETE FROM activity_checkpoints WHERE org_id = $1",
    "DELETE FROM activity_heads WHERE org_id = $1",
    "DELETE FROM organizations WHERE id = $1",
];

/// Members who belong to no other organization.
const MEMBERS_OF_NO_OTHER: &str = "SELECT m.user_id FROM memberships m WHERE m.org_id = $1 \
     AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.user_id = m.user_id AND o.org_id <> $1)";

/// An account and all that is its own: what stands before and after a list of ids. What another organization writes to the
/// same address is that organization's.
const ACCOUNTS: [(&str, &str); 4] = [
    ("DELETE FROM sessions WHERE user_id IN (", ")"),
    ("DELETE FROM password_resets WHERE user_id IN (", ")"),
    ("DELETE FROM mails WHERE org_id IS NULL AND to_address IN (SELECT email FROM users WHERE id IN (", "))"),
    ("DELETE FROM users WHERE id IN (", ")"),
];

/// Most ids in one statement.
const TOGETHER: usize = 500;

/// Whether there was an organization with this slug.
pub(super) async fn had(connection: &mut Connection, slug: &OrganizationSlug) -> Result<bool, Error> {
    Ok(sqlx::query(WAS_DELETED).bind(slug.as_str()).fetch_optional(connection).await?.is_some())
}

#[async_trait]
impl Deletions for Backend {
    async fn delete_organization(
        &self,
        id: &OrganizationId,
        at: Timestamp,
        sign: SignTombstone,
    ) -> Result<DeleteOrganization, Error> {
        let id = id.clone();
        self.write(async move |mut tx| {
            deployment::lock(&mut tx).await?;
            let Some(chain) = Chain::lock(&mut tx, &id).await? else { return Ok(DeleteOrganization::NotFound) };
            let organization = organizations::by_id(&mut tx, &id).await?;
            if organization.state != OrganizationState::Disabled {
                return Ok(DeleteOrganization::Active);
            }
            let (sequence, hash) = chain.end();
            let mut tombstone = Tombstone {
                id: organization.id,
                slug: organization.slug,
                name: organization.name,
                created_at: organization.created_at,
                deleted_at: at,
                sequence,
                hash,
                signature: [0; 32],
            };
            tombstone.signature = sign(&tombstone);
            bury(&mut tx, &tombstone).await?;
            sqlx::query(UNHURRIED).execute(&mut *tx).await?;
            let rows = sqlx::query(MEMBERS_OF_NO_OTHER).bind(id.as_str()).fetch_all(&mut *tx).await?;
            let accounts = rows.iter().map(|row| row.get("user_id")).collect::<Result<Vec<String>, Error>>()?;
            for statement in BELONGINGS {
                sqlx::query(statement).bind(id.as_str()).execute(&mut *tx).await?;
            }
            delete_accounts(&mut tx, &accounts).await?;
            tx.commit().await?;
            Ok(DeleteOrganization::Deleted(Box::new(tombstone)))
        })
        .await
    }

    async fn tombstones(&self) -> Result<Vec<Tombstone>, Error> {
        sqlx::query(TOMBSTONES).fetch_all(&self.readers).await?.iter().map(tombstone).collect()
    }
}

/// From here on rows of its Activity Log can be deleted.
async fn bury(connection: &mut Connection, tombstone: &Tombstone) -> Result<(), Error> {
    sqlx::query(BURY)
        .bind(tombstone.id.as_str())
        .bind(tombstone.slug.as_str())
        .bind(tombstone.name.as_str())
        .bind(tombstone.created_at.as_millis())
        .bind(tombstone.deleted_at.as_millis())
        .bind(tombstone.sequence)
        .bind(tombstone.hash.as_slice())
        .bind(tombstone.signature.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

async fn delete_accounts(connection: &mut Connection, ids: &[String]) -> Result<(), Error> {
    for ids in ids.chunks(TOGETHER) {
        for (statement, end) in ACCOUNTS {
            let mut sql = QueryBuilder::<Db>::new(statement);
            let mut places = sql.separated(", ");
            ids.iter().for_each(|id| {
                places.push_bind(id);
            });
            sql.push(end);
            sql.build().persistent(false).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

fn tombstone(row: &Row) -> Result<Tombstone, Error> {
    Ok(Tombstone {
        id: row.parsed("id", OrganizationId::parse)?,
        slug: row.parsed("slug", |text| OrganizationSlug::parse(text).ok())?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        created_at: row.time("created_at")?,
        deleted_at: row.time("deleted_at")?,
        sequence: row.get("sequence")?,
        hash: row.hash("hash")?,
        signature: row.hash("signature")?,
    })
}
