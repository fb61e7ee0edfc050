//! API keys as their organization manages them.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner, SecretVersion, StatusReason},
    name::{Description, Name},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

use super::{Backend, Db, Row, activity::Chain, columns::Columns, creations::Creation, idempotency, key_changes};
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
             k.revision, k.personal, k.last_used_at, k.last_used_ip, k.last_used_agent, s.version AS secret_version, \
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
        self.creations.create(Creation { new, idempotency, entry }).await
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

async fn one(
    database: impl sqlx::Executor<'_, Database = Db>,
    organization: &OrganizationId,
    client_id: &ClientId,
) -> Result<Option<ApiKey>, Error> {
    let find = sqlx::query(ONE).bind(organization.as_str()).bind(client_id.as_str());
    find.fetch_optional(database).await?.as_ref().map(api_key).transpose()
}

/// Id of the user who owns a key, if one does.
pub(super) fn owner_id(owner: &Owner) -> Option<&str> {
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
        last_used_agent: row.get("last_used_agent")?,
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
