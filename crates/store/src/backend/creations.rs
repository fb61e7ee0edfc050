//! Keys that are made. Those that wait for the same organization at the same moment share its lock, a transaction and the
//! write to the disk; each is checked and refused for itself.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry as Place},
    iter, mem, slice,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    activity::Entry,
    id::{OrganizationId, UserId},
    key::{ApiKey, Owner, SecretVersion},
    name::Name,
    organization::SelfService,
    slug::EnvironmentSlug,
    time::Timestamp,
    user::Role,
};
use sqlx::{Pool, QueryBuilder};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::{super::BEGIN, Connection, Db, Row, activity::Chain, columns::Columns, idempotency, keys::owner_id};
use crate::{Error, Idempotency, InsertKey, NewKey, steady::steadily};

/// A limit of the organization `o` as it counts: the operator's ceiling, or what administrators chose below it.
macro_rules! lower_limit {
    ($name:literal) => {
        concat!("(CASE WHEN o.own_", $name, " < o.", $name, " THEN o.own_", $name, " ELSE o.", $name, " END)")
    };
}

/// What a new key of the environment `$2` and the owner `$3` meets at `$4`. Expired keys are counted only where the
/// environment would be full with them, and the keys of an owner only where there is one. Whether a name is taken is left to
/// the index that keeps names apart: a planner that knows little of a table that grows may look for one among all keys.
const ROOM: &str = concat!(
    "SELECT ",
    lower_limit!("max_keys_per_environment"),
    " AS max_keys_per_environment, ",
    lower_limit!("max_keys_per_user"),
    " AS max_keys_per_user, e.keys_not_revoked - CASE WHEN e.keys_not_revoked < ",
    lower_limit!("max_keys_per_environment"),
    " THEN 0 ELSE ",
    expired_in_environment!("$4"),
    " END AS in_environment, \
     CASE WHEN $3 IS NULL THEN 0 ELSE \
     (SELECT COUNT(*) FROM api_keys k WHERE k.org_id = o.id AND k.owner_user_id = $3 AND NOT k.personal AND ",
    live!("$4"),
    ") END AS of_owner, \
     CASE WHEN $3 IS NULL THEN FALSE ELSE EXISTS \
     (SELECT 1 FROM api_keys k WHERE k.org_id = o.id AND k.personal_of = $3 AND ",
    live!("$4"),
    ") END AS has_personal, o.self_service, \
     (SELECT m.role FROM memberships m JOIN users u ON u.id = m.user_id AND u.state = 'active' \
     WHERE m.org_id = o.id AND m.user_id = $3 AND m.state = 'active') AS owner_role, \
     (SELECT u.name FROM users u WHERE u.id = $3) AS owner_name \
     FROM organizations o JOIN environments e ON e.org_id = o.id AND e.retired_at IS NULL \
     WHERE o.id = $1 AND e.slug = $2"
);

const FREE_NAME_OF_EXPIRED: &str = "UPDATE api_keys SET name_key = NULL \
     WHERE org_id = $1 AND environment = $2 AND name_key = $3 AND expires_at <= $4";

const FREE_PLACE_OF_EXPIRED: &str =
    "UPDATE api_keys SET personal_of = NULL WHERE org_id = $1 AND personal_of = $2 AND expires_at <= $3";

const INSERT: &str = "INSERT INTO api_keys (org_id, id, client_id, environment, name, name_key, name_search, \
     description, kind, owner_user_id, scopes, access_token_format, expires_at, created_at, created_by, updated_at, \
     personal, personal_of, suspend_on_sign_out, acknowledged_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $13, $15, $16, $17, $18) \
     ON CONFLICT (org_id, environment, name_key) DO NOTHING";

/// Rows follow.
const INSERT_SECRETS: &str =
    "INSERT INTO api_key_secrets (org_id, key_id, version, secret_hash, hash_key_version, created_at) ";

/// Most keys in one transaction, which nothing else in the organization can be written beside.
const MOST: usize = 16;

/// A key that is asked for.
pub(super) struct Creation {
    pub new: NewKey,
    pub idempotency: Option<Idempotency>,
    pub entry: Entry,
}

/// A key that is asked for, and who waits for it.
type Waiting = (Creation, oneshot::Sender<Result<InsertKey, Error>>);

/// Keys that are asked for, in front of the lock of their organization. An organization is listed as long as somebody
/// works for those who wait.
#[derive(Clone)]
pub(super) struct Creations {
    writers: Pool<Db>,
    waiting: Arc<Mutex<HashMap<OrganizationId, Vec<Waiting>>>>,
}

impl Creations {
    pub(super) fn through(writers: Pool<Db>) -> Self {
        Self { writers, waiting: Arc::default() }
    }

    /// Makes a key, or says why not. It is made or not whether or not the caller waits for the answer.
    pub(super) async fn create(&self, creation: Creation) -> Result<InsertKey, Error> {
        let organization = creation.new.organization.clone();
        let (made, answer) = oneshot::channel();
        if self.wait(&organization, (creation, made)) {
            let this = self.clone();
            tokio::spawn(async move { this.work_for(&organization).await }.in_current_span());
        }
        answer.await.unwrap_or(Err(Error::Unavailable(sqlx::Error::PoolClosed)))
    }

    /// Whether nobody works for the organization yet.
    fn wait(&self, organization: &OrganizationId, one: Waiting) -> bool {
        match self.locked().entry(organization.clone()) {
            Place::Occupied(mut waiting) => {
                waiting.get_mut().push(one);
                false
            }
            Place::Vacant(place) => {
                place.insert(vec![one]);
                true
            }
        }
    }

    async fn work_for(&self, organization: &OrganizationId) {
        while let Some(together) = self.next(organization) {
            let (writers, organization) = (self.writers.clone(), organization.clone());
            let working = async move { make_together(&writers, &organization, together).await };
            // In a task of its own, so that a defect stops it and nobody else.
            let _ = tokio::spawn(working.in_current_span()).await;
        }
    }

    /// Those whose turn it is; when there are none, nobody works for the organization any more.
    fn next(&self, organization: &OrganizationId) -> Option<Vec<Waiting>> {
        let mut all = self.locked();
        let waiting = all.get_mut(organization)?;
        if waiting.is_empty() {
            all.remove(organization);
            return None;
        }
        let later = waiting.split_off(together(waiting));
        Some(mem::replace(waiting, later))
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<OrganizationId, Vec<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of those who wait share a transaction: up to a request that is sent again, which has to find what was made.
fn together(waiting: &[Waiting]) -> usize {
    let mut asked = HashSet::new();
    let once = waiting.iter().take_while(|(creation, _)| {
        creation.idempotency.as_ref().is_none_or(|Idempotency { actor, key, .. }| asked.insert((actor, key)))
    });
    once.take(MOST).count()
}

/// Makes keys in one transaction, and answers. Where one of them breaks it, each gets another of its own.
async fn make_together(writers: &Pool<Db>, organization: &OrganizationId, together: Vec<Waiting>) {
    let (creations, answers): (Vec<_>, Vec<_>) = together.into_iter().unzip();
    let outcomes = match make(writers, organization, &creations).await {
        Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
        Err(error) if creations.len() == 1 || error.is_temporary() => {
            let neighbours = creations.iter().skip(1).map(|_| Err(Error::of_neighbour(true)));
            iter::once(Err(error)).chain(neighbours).collect()
        }
        Err(_) => {
            let mut outcomes = Vec::with_capacity(creations.len());
            for creation in &creations {
                let made = make(writers, organization, slice::from_ref(creation)).await;
                outcomes.push(made.and_then(|mut one| one.pop().ok_or(Error::Refused(sqlx::Error::RowNotFound))));
            }
            outcomes
        }
    };
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // Whoever has gone away needs no answer.
        let _ = answer.send(outcome);
    }
}

/// Makes keys in one transaction: what became of each, in their order.
async fn make(
    writers: &Pool<Db>,
    organization: &OrganizationId,
    creations: &[Creation],
) -> Result<Vec<InsertKey>, Error> {
    let mut tx = steadily(|| writers.begin_with(BEGIN)).await?;
    let Some(mut chain) = Chain::lock(&mut tx, organization).await? else {
        return Ok(creations.iter().map(|_| InsertKey::NoEnvironment).collect());
    };
    let mut outcomes = Vec::with_capacity(creations.len());
    let (mut inserted, mut rooms) = (Vec::with_capacity(creations.len()), Rooms::default());
    for creation in creations {
        let outcome = make_one(&mut tx, &mut rooms, creation).await?;
        if matches!(outcome, InsertKey::Inserted(_)) {
            rooms.take(&creation.new);
            inserted.push(creation);
        }
        outcomes.push(outcome);
    }
    insert_secrets(&mut tx, &inserted).await?;
    chain.append_all(&mut tx, &inserted.iter().map(|creation| &creation.entry).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    Ok(outcomes)
}

/// Makes a key, all but its secret and its row in the Activity Log, which are written for all keys at once.
async fn make_one(connection: &mut Connection, rooms: &mut Rooms, creation: &Creation) -> Result<InsertKey, Error> {
    let Creation { new, idempotency, .. } = creation;
    if let Some(idempotency) = idempotency
        && let Some(earlier) = idempotency::earlier(connection, &new.organization, idempotency, new.created_at).await?
    {
        return Ok(InsertKey::Earlier(earlier));
    }
    let owner_name = match room(connection, rooms, new).await? {
        Ok(owner_name) => owner_name,
        Err(refusal) => return Ok(refusal),
    };
    let inserted = insert(connection, new).await?
        || (free_name_of_expired(connection, new).await? && insert(connection, new).await?);
    if !inserted {
        return Ok(InsertKey::NameTaken);
    }
    if let Some(idempotency) = idempotency {
        idempotency::remember(connection, &new.organization, &new.id, idempotency).await?;
    }
    Ok(InsertKey::Inserted(Box::new(made(new.clone(), owner_name))))
}

/// Room that was found for keys of an environment and an owner, less what was made since. The organization is locked, so
/// nobody else takes any of it.
#[derive(Default)]
struct Rooms(HashMap<(EnvironmentSlug, Option<UserId>), Room>);

struct Room {
    /// Live keys, or more: expired ones are left out only where it would be full with them.
    in_environment: u32,
    max_in_environment: u32,
    /// Live keys of the owner, in all environments.
    of_owner: u32,
    max_of_owner: u32,
    owner_name: Option<Name>,
}

impl Rooms {
    /// The room for a key, while there is some for certain.
    fn certain(&self, new: &NewKey) -> Option<&Room> {
        let owned = owner_id(&new.owner).is_some();
        self.0.get(&place(new)).filter(|room| !new.personal && limit_refusal(room, owned).is_none())
    }

    /// A key was made; a personal one counts in no limit.
    fn take(&mut self, new: &NewKey) {
        let (environment, owner) = place(new);
        for ((in_environment, of_owner), room) in self.0.iter_mut().filter(|_| !new.personal) {
            room.in_environment += u32::from(*in_environment == environment);
            room.of_owner += u32::from(owner.is_some() && *of_owner == owner);
        }
    }
}

fn place(new: &NewKey) -> (EnvironmentSlug, Option<UserId>) {
    let owner = match &new.owner {
        Owner::User(user) => Some(user.clone()),
        Owner::Organization => None,
    };
    (new.environment.clone(), owner)
}

/// Whether there is room for a key: the display name of the user who will own it, or why it may not be made. The
/// organization is locked, so what is found here stays so.
async fn room(
    connection: &mut Connection,
    rooms: &mut Rooms,
    new: &NewKey,
) -> Result<Result<Option<Name>, InsertKey>, Error> {
    if let Some(room) = rooms.certain(new) {
        return Ok(Ok(room.owner_name.clone()));
    }
    let owner = owner_id(&new.owner);
    let found = sqlx::query(ROOM)
        .bind(new.organization.as_str())
        .bind(new.environment.as_str())
        .bind(owner)
        .bind(new.created_at.as_millis())
        .fetch_optional(connection)
        .await?;
    let Some(found) = found else { return Ok(Err(InsertKey::NoEnvironment)) };
    if owner.is_some()
        && let Some(refusal) = owner_refusal(&found)?
    {
        return Ok(Err(refusal));
    }
    let room = Room {
        in_environment: found.number("in_environment")?,
        max_in_environment: found.number("max_keys_per_environment")?,
        of_owner: found.number("of_owner")?,
        max_of_owner: found.number("max_keys_per_user")?,
        owner_name: found.parsed_if_any("owner_name", |text| Name::parse(text).ok())?,
    };
    let full = if new.personal {
        found.get::<bool>("has_personal")?.then_some(InsertKey::PersonalTaken)
    } else {
        limit_refusal(&room, owner.is_some())
    };
    let owner_name = room.owner_name.clone();
    rooms.0.insert(place(new), room);
    Ok(full.map_or(Ok(owner_name), Err))
}

/// Why the owner may not own a key.
fn owner_refusal(room: &Row) -> Result<Option<InsertKey>, Error> {
    let Some(role) = room.parsed_if_any("owner_role", Role::parse)? else {
        return Ok(Some(InsertKey::OwnerInactive));
    };
    let self_service = room.parsed("self_service", SelfService::parse)?;
    Ok((!self_service.allows(role)).then_some(InsertKey::SelfServiceOff))
}

/// Which limit is reached.
fn limit_refusal(room: &Room, owned: bool) -> Option<InsertKey> {
    if room.in_environment >= room.max_in_environment {
        return Some(InsertKey::EnvironmentFull { limit: room.max_in_environment });
    }
    (owned && room.of_owner >= room.max_of_owner).then_some(InsertKey::OwnerFull { limit: room.max_of_owner })
}

/// Takes its name away from an expired key, if one has the name.
async fn free_name_of_expired(connection: &mut Connection, new: &NewKey) -> Result<bool, Error> {
    let freed = sqlx::query(FREE_NAME_OF_EXPIRED)
        .bind(new.organization.as_str())
        .bind(new.environment.as_str())
        .bind(new.name.key())
        .bind(new.created_at.as_millis())
        .execute(connection)
        .await?;
    Ok(freed.rows_affected() > 0)
}

/// Whether nobody else has the name of the key; only then is it inserted.
async fn insert(connection: &mut Connection, new: &NewKey) -> Result<bool, Error> {
    let name_key = new.name.key();
    let personal_of = owner_id(&new.owner).filter(|_| new.personal);
    if let Some(owner) = personal_of {
        sqlx::query(FREE_PLACE_OF_EXPIRED)
            .bind(new.organization.as_str())
            .bind(owner)
            .bind(new.created_at.as_millis())
            .execute(&mut *connection)
            .await?;
    }
    let inserted = sqlx::query(INSERT)
        .bind(new.organization.as_str())
        .bind(new.id.as_str())
        .bind(new.client_id.as_str())
        .bind(new.environment.as_str())
        .bind(new.name.as_str())
        .bind(name_key)
        .bind(new.description.as_str())
        .bind(new.kind.as_str())
        .bind(owner_id(&new.owner))
        .bind(new.scopes.to_string())
        .bind(new.access_token_format.as_str())
        .bind(new.expires_at.map(Timestamp::as_millis))
        .bind(new.created_at.as_millis())
        .bind(&new.created_by)
        .bind(new.personal)
        .bind(personal_of)
        .bind(new.suspend_on_sign_out)
        .bind(new.acknowledged_at.map(Timestamp::as_millis))
        .execute(&mut *connection)
        .await?;
    Ok(inserted.rows_affected() > 0)
}

async fn insert_secrets(connection: &mut Connection, inserted: &[&Creation]) -> Result<(), Error> {
    if inserted.is_empty() {
        return Ok(());
    }
    let mut inserting = QueryBuilder::<Db>::new(INSERT_SECRETS);
    inserting.push_values(inserted, |mut row, Creation { new, .. }| {
        row.push_bind(new.organization.as_str()).push_bind(new.id.as_str()).push_bind(1_i64);
        row.push_bind(new.secret_hash.as_slice()).push_bind(i64::from(new.hash_key_version));
        row.push_bind(new.created_at.as_millis());
    });
    inserting.build().execute(connection).await?;
    Ok(())
}

/// A key as it is just after it was made; its owner is active, or there would have been no room for it.
fn made(new: NewKey, owner_name: Option<Name>) -> ApiKey {
    let secret = SecretVersion { version: 1, created_at: new.created_at, last_used_at: None, ends_at: None };
    ApiKey {
        id: new.id,
        client_id: new.client_id,
        environment: new.environment,
        name: new.name,
        description: new.description,
        kind: new.kind,
        owner: new.owner,
        owner_name,
        scopes: new.scopes,
        access_token_format: new.access_token_format,
        expires_at: new.expires_at,
        suspend_on_sign_out: new.suspend_on_sign_out,
        suspended: None,
        suspended_by: None,
        owner_deactivated: false,
        revoked_at: None,
        acknowledged_at: new.acknowledged_at,
        created_at: new.created_at,
        created_by: new.created_by,
        updated_at: new.created_at,
        revision: 1,
        personal: new.personal,
        secrets: vec![secret],
        last_used_at: None,
        last_used_ip: None,
        last_used_agent: String::new(),
    }
}
