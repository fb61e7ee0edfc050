//! API keys as their organization manages them.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner, SecretVersion, StatusReason},
    name::{Description, Name},
    organization::SelfService,
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
    user::Role,
};

use super::{Backend, Connection, Db, Row, activity::Chain, columns::Columns, idempotency, key_changes};
use crate::{ChangeKey, Earlier, Error, Idempotency, InsertKey, KeyChange, KeyPage, KeyQuery, Keys, NewKey};

/// Every key, as [`api_key`] reads it; a condition on `k` follows.
macro_rules! select_keys {
    () => {
        concat!(
            "SELECT k.id, k.client_id, k.environment, k.name, k.description, k.kind, k.owner_user_id, \
             u.name AS owner_name, k.scopes, k.access_token_format, k.expires_at, k.suspend_on_sign_out, k.suspended_at, k.suspended_reason, \
             k.suspended_by, NOT ",
            owner_active!(),
            " AS owner_deactivated, k.revoked_at, k.acknowledged_at, k.created_at, k.created_by, k.updated_at, \
             k.revision, k.personal, k.last_used_at, k.last_used_ip, s.version AS secret_version, \
             s.created_at AS secret_created_at, s.last_used_at AS secret_last_used_at, \
             p.version AS previous_version, p.created_at AS previous_created_at, \
             p.last_used_at AS previous_last_used_at, p.ends_at AS previous_ends_at FROM api_keys k \
             JOIN api_key_secrets s ON s.org_id = k.org_id AND s.key_id = k.id AND s.ends_at IS NULL \
             LEFT JOIN api_key_secrets p ON p.org_id = k.org_id AND p.key_id = k.id AND p.ends_at IS NOT NULL ",
            join_owner!()
        )
    };
}
pub(super) use select_keys;

/// A limit of the organization `o` as it counts: the operator's ceiling, or what administrators chose below it.
macro_rules! lower_limit {
    ($name:literal) => {
        concat!("(CASE WHEN o.own_", $name, " < o.", $name, " THEN o.own_", $name, " ELSE o.", $name, " END)")
    };
}

/// What a new key of the environment `$2`, the owner `$3` and the name `$4` meets at `$5`. Expired keys are counted only
/// where the environment would be full with them.
const ROOM: &str = concat!(
    "SELECT ",
    lower_limit!("max_keys_per_environment"),
    " AS max_keys_per_environment, ",
    lower_limit!("max_keys_per_user"),
    " AS max_keys_per_user, e.keys_not_revoked - CASE WHEN e.keys_not_revoked < ",
    lower_limit!("max_keys_per_environment"),
    " THEN 0 ELSE ",
    expired_in_environment!("$5"),
    " END AS in_environment, \
     (SELECT COUNT(*) FROM api_keys k WHERE k.org_id = o.id AND k.owner_user_id = $3 AND NOT k.personal AND ",
    live!("$5"),
    ") AS of_owner, \
     EXISTS (SELECT 1 FROM api_keys k WHERE k.org_id = o.id AND k.environment = e.slug AND k.name_key = $4 AND ",
    live!("$5"),
    ") AS name_taken, \
     EXISTS (SELECT 1 FROM api_keys k WHERE k.org_id = o.id AND k.environment = e.slug AND k.name_key = $4 AND NOT ",
    live!("$5"),
    ") AS name_of_expired, \
     EXISTS (SELECT 1 FROM api_keys k WHERE k.org_id = o.id AND k.personal_of = $3 AND ",
    live!("$5"),
    ") AS has_personal, o.self_service, \
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
     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $13, $15, $16, $17, $18)";

const INSERT_SECRET: &str = "INSERT INTO api_key_secrets \
     (org_id, key_id, version, secret_hash, hash_key_version, created_at) VALUES ($1, $2, 1, $3, $4, $5)";

const ONE: &str = concat!(select_keys!(), " WHERE k.org_id = $1 AND k.client_id = $2");

const PERSONAL: &str = concat!(select_keys!(), " WHERE k.org_id = $1 AND k.personal_of = $2 AND ", live!("$3"));

const ACKNOWLEDGE: &str = "UPDATE api_keys SET acknowledged_at = COALESCE(acknowledged_at, $3) \
     WHERE org_id = $1 AND client_id = $2";

const LIVE_OF_OWNER: &str = concat!(
    "SELECT COUNT(*) AS live_keys FROM api_keys k WHERE k.org_id = $1 AND k.owner_user_id = $2 AND NOT k.personal AND ",
    live!("$3")
);

#[async_trait]
impl Keys for Backend {
    async fn insert_key(
        &self,
        new: NewKey,
        idempotency: Option<Idempotency>,
        entry: Entry,
    ) -> Result<InsertKey, Error> {
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &new.organization).await? else {
                return Ok(InsertKey::NoEnvironment);
            };
            if let Some(idempotency) = &idempotency
                && let Some(earlier) =
                    idempotency::earlier(&mut tx, &new.organization, idempotency, new.created_at).await?
            {
                return Ok(InsertKey::Earlier(earlier));
            }
            let Room { name_of_expired, owner_name } = match room(&mut tx, &new).await? {
                Ok(room) => room,
                Err(refusal) => return Ok(refusal),
            };
            if name_of_expired {
                free_name_of_expired(&mut tx, &new).await?;
            }
            insert(&mut tx, &new).await?;
            if let Some(idempotency) = &idempotency {
                idempotency::remember(&mut tx, &new.organization, &new.id, idempotency).await?;
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(InsertKey::Inserted(Box::new(made(new, owner_name))))
        })
        .await
    }

    async fn keys(&self, query: &KeyQuery) -> Result<KeyPage, Error> {
        self.page(query).await
    }

    async fn key(&self, organization: &OrganizationId, client_id: &ClientId) -> Result<Option<ApiKey>, Error> {
        one(&self.readers, organization, client_id).await
    }

    async fn change_key(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        change: KeyChange,
        expected_revision: Option<i64>,
        at: Timestamp,
        entry: Entry,
    ) -> Result<ChangeKey, Error> {
        let (organization, client_id) = (organization.clone(), client_id.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else { return Ok(ChangeKey::NotFound) };
            let Some(key) = one(&mut *tx, &organization, &client_id).await? else { return Ok(ChangeKey::NotFound) };
            if let Some(refusal) =
                key_changes::refusal(&mut tx, &organization, &key, &change, expected_revision, at).await?
            {
                return Ok(refusal);
            }
            key_changes::apply(&mut tx, &organization, &key, &change, at).await?;
            chain.append(&mut tx, &entry).await?;
            let changed = one(&mut *tx, &organization, &client_id).await?;
            let changed = changed.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
            tx.commit().await?;
            Ok(ChangeKey::Done(Box::new(changed)))
        })
        .await
    }

    async fn acknowledge_key(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let acknowledge =
            sqlx::query(ACKNOWLEDGE).bind(organization.as_str()).bind(client_id.as_str()).bind(at.as_millis());
        Ok(self.change(acknowledge).await? == 1)
    }

    async fn personal_key(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<ApiKey>, Error> {
        let find = sqlx::query(PERSONAL).bind(organization.as_str()).bind(user.as_str()).bind(now.as_millis());
        find.fetch_optional(&self.readers).await?.as_ref().map(api_key).transpose()
    }

    async fn live_keys_of(&self, organization: &OrganizationId, user: &UserId, now: Timestamp) -> Result<u32, Error> {
        let count = sqlx::query(LIVE_OF_OWNER).bind(organization.as_str()).bind(user.as_str()).bind(now.as_millis());
        count.fetch_one(&self.readers).await?.number("live_keys")
    }

    async fn earlier(
        &self,
        organization: &OrganizationId,
        asked: Idempotency,
        at: Timestamp,
    ) -> Result<Option<Earlier>, Error> {
        let organization = organization.clone();
        self.write(async move |mut tx| {
            let earlier = idempotency::earlier(&mut tx, &organization, &asked, at).await?;
            tx.commit().await?;
            Ok(earlier)
        })
        .await
    }

    async fn delete_ended_idempotency(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.change(idempotency::delete_ended(now, limit)).await
    }
}

/// There is room for a key.
struct Room {
    /// An expired key still has its name.
    name_of_expired: bool,
    /// Display name of the user who will own it.
    owner_name: Option<Name>,
}

/// Room for the key, or why it may not be made; the organization is locked, so what is found here stays so.
async fn room(connection: &mut Connection, new: &NewKey) -> Result<Result<Room, InsertKey>, Error> {
    let owner = owner_id(&new.owner);
    let room = sqlx::query(ROOM)
        .bind(new.organization.as_str())
        .bind(new.environment.as_str())
        .bind(owner)
        .bind(new.name.key())
        .bind(new.created_at.as_millis())
        .fetch_optional(connection)
        .await?;
    let Some(room) = room else { return Ok(Err(InsertKey::NoEnvironment)) };
    if owner.is_some()
        && let Some(refusal) = owner_refusal(&room)?
    {
        return Ok(Err(refusal));
    }
    let full = if new.personal {
        room.get::<bool>("has_personal")?.then_some(InsertKey::PersonalTaken)
    } else {
        limit_refusal(&room, owner.is_some())?
    };
    match full.or(room.get::<bool>("name_taken")?.then_some(InsertKey::NameTaken)) {
        Some(refusal) => Ok(Err(refusal)),
        None => Ok(Ok(Room {
            name_of_expired: room.get("name_of_expired")?,
            owner_name: room.parsed_if_any("owner_name", |text| Name::parse(text).ok())?,
        })),
    }
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
fn limit_refusal(room: &Row, owned: bool) -> Result<Option<InsertKey>, Error> {
    let limit = room.number::<u32>("max_keys_per_environment")?;
    if room.number::<u32>("in_environment")? >= limit {
        return Ok(Some(InsertKey::EnvironmentFull { limit }));
    }
    let limit = room.number::<u32>("max_keys_per_user")?;
    Ok((owned && room.number::<u32>("of_owner")? >= limit).then_some(InsertKey::OwnerFull { limit }))
}

async fn free_name_of_expired(connection: &mut Connection, new: &NewKey) -> Result<(), Error> {
    sqlx::query(FREE_NAME_OF_EXPIRED)
        .bind(new.organization.as_str())
        .bind(new.environment.as_str())
        .bind(new.name.key())
        .bind(new.created_at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(connection: &mut Connection, new: &NewKey) -> Result<(), Error> {
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
    sqlx::query(INSERT)
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
    sqlx::query(INSERT_SECRET)
        .bind(new.organization.as_str())
        .bind(new.id.as_str())
        .bind(new.secret_hash.as_slice())
        .bind(i64::from(new.hash_key_version))
        .bind(new.created_at.as_millis())
        .execute(connection)
        .await?;
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
    }
}

async fn one(
    database: impl sqlx::Executor<'_, Database = Db>,
    organization: &OrganizationId,
    client_id: &ClientId,
) -> Result<Option<ApiKey>, Error> {
    let find = sqlx::query(ONE).bind(organization.as_str()).bind(client_id.as_str());
    find.fetch_optional(database).await?.as_ref().map(api_key).transpose()
}

fn owner_id(owner: &Owner) -> Option<&str> {
    match owner {
        Owner::Organization => None,
        Owner::User(id) => Some(id.as_str()),
    }
}

/// Reads a row of [`select_keys`].
pub(super) fn api_key(row: &Row) -> Result<ApiKey, Error> {
    let suspended_at = row.time_if_any("suspended_at")?;
    let reason = row.parsed_if_any("suspended_reason", StatusReason::parse)?;
    Ok(ApiKey {
        id: row.parsed("id", KeyId::parse)?,
        client_id: row.parsed("client_id", ClientId::parse)?,
        environment: row.parsed("environment", |text| EnvironmentSlug::parse(text).ok())?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        description: row.parsed("description", |text| Description::parse(text).ok())?,
        kind: row.parsed("kind", Kind::parse)?,
        owner: row.parsed_if_any("owner_user_id", UserId::parse)?.map_or(Owner::Organization, Owner::User),
        owner_name: row.parsed_if_any("owner_name", |text| Name::parse(text).ok())?,
        scopes: row.parsed("scopes", |text| Scopes::parse(text).ok())?,
        access_token_format: row.parsed("access_token_format", AccessTokenFormat::parse)?,
        expires_at: row.time_if_any("expires_at")?,
        suspend_on_sign_out: row.get("suspend_on_sign_out")?,
        suspended: suspended_at.zip(reason),
        suspended_by: row.get("suspended_by")?,
        owner_deactivated: row.get("owner_deactivated")?,
        revoked_at: row.time_if_any("revoked_at")?,
        acknowledged_at: row.time_if_any("acknowledged_at")?,
        created_at: row.time("created_at")?,
        created_by: row.get("created_by")?,
        updated_at: row.time("updated_at")?,
        revision: row.get("revision")?,
        personal: row.get("personal")?,
        secrets: secrets(row)?,
        last_used_at: row.time_if_any("last_used_at")?,
        last_used_ip: row.get("last_used_ip")?,
    })
}

/// The present secret and, after a rotation, the previous one.
fn secrets(row: &Row) -> Result<Vec<SecretVersion>, Error> {
    let present = SecretVersion {
        version: row.number("secret_version")?,
        created_at: row.time("secret_created_at")?,
        last_used_at: row.time_if_any("secret_last_used_at")?,
        ends_at: None,
    };
    let Some(version) = row.number_if_any("previous_version")? else { return Ok(vec![present]) };
    let previous = SecretVersion {
        version,
        created_at: row.time("previous_created_at")?,
        last_used_at: row.time_if_any("previous_last_used_at")?,
        ends_at: row.time_if_any("previous_ends_at")?,
    };
    Ok(vec![present, previous])
}
