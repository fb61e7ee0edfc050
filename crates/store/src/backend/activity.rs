//! The Activity Log. Its head is also the lock of an organization.

use async_trait::async_trait;
use domain::{
    activity::{Actor, ActorKind, Entry, Event, Target, chain_hash},
    id::{EventId, OrganizationId, UserId},
    name::Name,
    secret::ClientId,
    slug::EnvironmentSlug,
};
use sqlx::QueryBuilder;

use super::{super::LOCK_ORGANIZATION, Backend, Connection, Db, Row, columns::Columns, mails, organizations};
use crate::{Activity, ActivityQuery, ChainedEntry, EntryFor, Error, Hash, Party};

const START: &str = "INSERT INTO activity_heads (org_id, sequence, hash) VALUES ($1, $2, $3)";

const HEAD: &str = "SELECT sequence, hash FROM activity_heads WHERE org_id = $1";

/// Rows follow. A trigger makes the last one the head.
const APPEND: &str = "INSERT INTO activity (org_id, sequence, id, at, event, actor_kind, actor_id, actor_name, \
     target_id, target_name, environment, address, request_id, details, previous_hash, hash) ";

/// Every row, as [`chained_entry`] reads it; a condition follows.
macro_rules! select_activity {
    () => {
        "SELECT org_id, sequence, id, at, event, actor_kind, actor_id, actor_name, target_id, target_name, \
         environment, address, request_id, details, previous_hash, hash FROM activity "
    };
}

const AFTER: &str = concat!(select_activity!(), "WHERE org_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");

const KEYS: &str =
    "SELECT client_id AS named, client_id AS id, org_id, name, environment FROM api_keys WHERE client_id IN (";

const PEOPLE: &str = "SELECT u.id AS named, u.id, m.org_id, u.name, NULL AS environment FROM memberships m \
     JOIN users u ON u.id = m.user_id WHERE m.state = 'active' AND u.id IN (";

const ADDRESSES: &str = "SELECT u.email_key AS named, u.id, m.org_id, u.name, NULL AS environment FROM memberships m \
     JOIN users u ON u.id = m.user_id WHERE m.state = 'active' AND u.email_key IN (";

/// Most names in one statement.
const TOGETHER: usize = 500;

/// Most rows in one statement: few enough that the statement for each number of rows stays prepared.
const MOST_ROWS: usize = 16;

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
        let head = sqlx::query(LOCK_ORGANIZATION).bind(organization.as_str()).fetch_optional(connection).await?;
        head.map(|row| {
            let organization = organization.clone();
            Ok(Self { organization, sequence: row.get("sequence")?, hash: row.hash("hash")? })
        })
        .transpose()
    }

    /// Place and hash of its last row.
    pub(super) fn end(&self) -> (i64, Hash) {
        (self.sequence, self.hash)
    }

    /// Whose chain it is.
    pub(super) fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// Adds a row, and the mails that tell people of it.
    pub(super) async fn append(&mut self, connection: &mut Connection, entry: &Entry) -> Result<(), Error> {
        self.append_all(connection, &[entry]).await
    }

    /// Adds rows, and the mails that tell people of them.
    pub(super) async fn append_all(&mut self, connection: &mut Connection, entries: &[&Entry]) -> Result<(), Error> {
        for some in entries.chunks(MOST_ROWS) {
            self.append_some(connection, some).await?;
        }
        Ok(())
    }

    async fn append_some(&mut self, connection: &mut Connection, entries: &[&Entry]) -> Result<(), Error> {
        let rows: Vec<_> = (self.sequence + 1..).zip(entries.iter().copied()).collect();
        let mut appending = QueryBuilder::<Db>::new(APPEND);
        appending.push_values(&rows, |mut row, &(sequence, entry)| {
            debug_assert_eq!(
                entry.organization, self.organization,
                "an entry belongs to the organization that changed"
            );
            let hash = chain_hash(&self.hash, sequence, entry);
            row.push_bind(entry.organization.as_str())
                .push_bind(sequence)
                .push_bind(entry.id.as_str())
                .push_bind(entry.at.as_millis())
                .push_bind(entry.event.as_str())
                .push_bind(entry.actor.kind.as_str())
                .push_bind(&entry.actor.id)
                .push_bind(&entry.actor.name)
                .push_bind(&entry.target.id)
                .push_bind(&entry.target.name)
                .push_bind(entry.environment.as_ref().map(EnvironmentSlug::as_str))
                .push_bind(&entry.address)
                .push_bind(&entry.request_id)
                .push_bind(&entry.details)
                .push_bind(self.hash.to_vec())
                .push_bind(hash.to_vec());
            (self.sequence, self.hash) = (sequence, hash);
        });
        appending.build().execute(&mut *connection).await?;
        mails::tell(connection, &rows).await
    }
}

/// Adds a row to the chain of every organization. Whoever does so holds the lock of the deployment, so that no
/// organization is made meanwhile.
pub(super) async fn append_everywhere(connection: &mut Connection, entry_for: &mut EntryFor) -> Result<(), Error> {
    for organization in organizations::all(connection).await? {
        if let Some(mut chain) = Chain::lock(connection, &organization).await? {
            chain.append(connection, &entry_for(&organization)).await?;
        }
    }
    Ok(())
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
                chain.append_all(&mut tx, &of_organization.iter().collect::<Vec<_>>()).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn activity_head(&self, organization: &OrganizationId) -> Result<Option<(i64, Hash)>, Error> {
        let head = sqlx::query(HEAD).bind(organization.as_str()).fetch_optional(&self.readers).await?;
        head.map(|row| Ok((row.get("sequence")?, row.hash("hash")?))).transpose()
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

    async fn parties(&self, keys: &[ClientId], people: &[UserId], addresses: &[String]) -> Result<Vec<Party>, Error> {
        let keys: Vec<_> = keys.iter().map(ClientId::as_str).collect();
        let people: Vec<_> = people.iter().map(UserId::as_str).collect();
        let addresses: Vec<_> = addresses.iter().map(String::as_str).collect();
        let mut parties = Vec::new();
        for (statement, names) in [(KEYS, keys), (PEOPLE, people), (ADDRESSES, addresses)] {
            for names in names.chunks(TOGETHER) {
                let mut sql = QueryBuilder::<Db>::new(statement);
                let mut places = sql.separated(", ");
                names.iter().for_each(|name| {
                    places.push_bind(*name);
                });
                sql.push(")");
                for row in sql.build().fetch_all(&self.readers).await? {
                    parties.push(party(&row)?);
                }
            }
        }
        Ok(parties)
    }

    async fn activity_page(&self, query: &ActivityQuery) -> Result<Vec<ChainedEntry>, Error> {
        let mut sql = QueryBuilder::<Db>::new(concat!(select_activity!(), "WHERE org_id = "));
        sql.push_bind(query.organization.as_str());
        push_filters(&mut sql, query);
        sql.push(" ORDER BY sequence DESC LIMIT ").push_bind(i64::from(query.limit));
        sql.build().fetch_all(&self.readers).await?.iter().map(chained_entry).collect()
    }
}

fn push_filters(sql: &mut QueryBuilder<Db>, query: &ActivityQuery) {
    if let Some(user) = &query.concerning {
        let (organization, user) = (query.organization.as_str(), user.as_str());
        sql.push(" AND (actor_id = ").push_bind(user);
        for party in ["actor_id", "target_id"] {
            sql.push(format_args!(" OR {party} IN (SELECT client_id FROM api_keys WHERE org_id = "));
            sql.push_bind(organization).push(" AND owner_user_id = ").push_bind(user).push(")");
        }
        sql.push(")");
    }
    if let Some(actor) = &query.actor {
        sql.push(" AND actor_id = ").push_bind(actor.as_str());
    }
    if let Some(event) = query.event {
        sql.push(" AND event = ").push_bind(event.as_str());
    }
    if let Some(target) = &query.target {
        sql.push(" AND target_id = ").push_bind(target.as_str());
    }
    if let Some(environment) = &query.environment {
        sql.push(" AND environment = ").push_bind(environment.as_str());
    }
    if let Some(from) = query.from {
        sql.push(" AND at >= ").push_bind(from.as_millis());
    }
    if let Some(until) = query.until {
        sql.push(" AND at < ").push_bind(until.as_millis());
    }
    if let Some(before) = query.before {
        sql.push(" AND sequence < ").push_bind(before);
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

fn party(row: &Row) -> Result<Party, Error> {
    Ok(Party {
        named: row.get("named")?,
        id: row.get("id")?,
        organization: row.parsed("org_id", OrganizationId::parse)?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        environment: row.parsed_if_any("environment", |text| EnvironmentSlug::parse(text).ok())?,
    })
}
