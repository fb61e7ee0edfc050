//! The Activity Log. Its head is also the lock of an organization.

use async_trait::async_trait;
use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target, chain_hash},
    id::{EventId, OrganizationId},
    slug::EnvironmentSlug,
};

use super::{Backend, Connection, Row, columns::Columns};
use crate::{Activity, ChainedEntry, Error, Hash};

const START: &str = "INSERT INTO activity_heads (org_id, sequence, hash) VALUES ($1, $2, $3)";

const LOCK: &str = "UPDATE activity_heads SET sequence = sequence WHERE org_id = $1 RETURNING sequence, hash";

const MOVE_HEAD: &str = "UPDATE activity_heads SET sequence = $2, hash = $3 WHERE org_id = $1";

const APPEND: &str = "INSERT INTO activity (org_id, sequence, id, at, event, actor_kind, actor_id, actor_name, \
     target_id, target_name, environment, address, request_id, details, previous_hash, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

const AFTER: &str = "SELECT org_id, sequence, id, at, event, actor_kind, actor_id, actor_name, target_id, target_name, \
     environment, address, request_id, details, previous_hash, hash FROM activity \
     WHERE org_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";

/// The end of an organization's chain, held by the present transaction.
pub(super) struct Chain {
    organization: OrganizationId,
    sequence: i64,
    hash: Hash,
}

impl Chain {
    /// Begins the chain of a new organization.
    pub(super) async fn start(connection: &mut Connection, organization: &OrganizationId) -> Result<Self, Error> {
        let chain = Self { organization: organization.clone(), sequence: 0, hash: Hash::default() };
        sqlx::query(START)
            .bind(organization.as_str())
            .bind(chain.sequence)
            .bind(chain.hash.as_slice())
            .execute(connection)
            .await?;
        Ok(chain)
    }

    /// Waits until no other transaction changes the organization, and keeps others out until this one ends. What is
    /// read from here on cannot change, so limits and names can be checked before they are taken. `None` when there is
    /// no such organization.
    pub(super) async fn lock(
        connection: &mut Connection,
        organization: &OrganizationId,
    ) -> Result<Option<Self>, Error> {
        let head = sqlx::query(LOCK).bind(organization.as_str()).fetch_optional(connection).await?;
        head.map(|row| {
            let organization = organization.clone();
            Ok(Self { organization, sequence: row.get("sequence")?, hash: row.hash("hash")? })
        })
        .transpose()
    }

    /// Adds a row.
    pub(super) async fn append(&mut self, connection: &mut Connection, entry: &Entry) -> Result<(), Error> {
        debug_assert_eq!(entry.organization, self.organization, "an entry belongs to the organization that changed");
        let sequence = self.sequence + 1;
        let hash = chain_hash(&self.hash, sequence, entry);
        sqlx::query(APPEND)
            .bind(self.organization.as_str())
            .bind(sequence)
            .bind(entry.id.as_str())
            .bind(entry.at.as_millis())
            .bind(entry.event.as_str())
            .bind(entry.actor.kind.as_str())
            .bind(&entry.actor.id)
            .bind(&entry.actor.name)
            .bind(&entry.target.id)
            .bind(&entry.target.name)
            .bind(entry.environment.as_ref().map(EnvironmentSlug::as_str))
            .bind(&entry.address)
            .bind(&entry.request_id)
            .bind(&entry.details)
            .bind(self.hash.as_slice())
            .bind(hash.as_slice())
            .execute(&mut *connection)
            .await?;
        sqlx::query(MOVE_HEAD)
            .bind(self.organization.as_str())
            .bind(sequence)
            .bind(hash.as_slice())
            .execute(connection)
            .await?;
        self.sequence = sequence;
        self.hash = hash;
        Ok(())
    }
}

#[async_trait]
impl Activity for Backend {
    async fn append_activity(&self, mut entries: Vec<Entry>) -> Result<(), Error> {
        // Always locking in this order, two batches cannot wait for each other.
        entries.sort_by(|a, b| a.organization.cmp(&b.organization));
        self.write(async move |mut tx| {
            for of_organization in entries.chunk_by(|a, b| a.organization == b.organization) {
                let organization = &of_organization[0].organization;
                let chain = Chain::lock(&mut tx, organization).await?;
                let mut chain = chain.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
                for entry in of_organization {
                    chain.append(&mut tx, entry).await?;
                }
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn activity_after(
        &self,
        organization: &OrganizationId,
        sequence: i64,
        limit: u32,
    ) -> Result<Vec<ChainedEntry>, Error> {
        let rows = sqlx::query(AFTER)
            .bind(organization.as_str())
            .bind(sequence)
            .bind(i64::from(limit))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(chained_entry).collect()
    }
}

fn chained_entry(row: &Row) -> Result<ChainedEntry, Error> {
    Ok(ChainedEntry {
        sequence: row.get("sequence")?,
        entry: Entry {
            id: row.parsed("id", EventId::parse)?,
            organization: row.parsed("org_id", OrganizationId::parse)?,
            at: row.time("at")?,
            event: row.parsed("event", Event::parse)?,
            actor: Actor {
                kind: row.parsed("actor_kind", ActorKind::parse)?,
                id: row.get("actor_id")?,
                name: row.get("actor_name")?,
            },
            target: Target { id: row.get("target_id")?, name: row.get("target_name")? },
            environment: row.parsed_if_any("environment", |text| EnvironmentSlug::parse(text).ok())?,
            address: row.get("address")?,
            request_id: row.get("request_id")?,
            details: row.get("details")?,
        },
        previous_hash: row.hash("previous_hash")?,
        hash: row.hash("hash")?,
    })
}
