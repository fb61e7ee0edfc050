//! API keys as they present themselves.

use async_trait::async_trait;
use domain::{
    id::{KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, Kind},
    name::Name,
    organization::OrganizationState,
    scope::Scopes,
    secret::ClientId,
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    user::Role,
};

use super::{
    Backend, READ_VERSION, Row,
    columns::Columns,
    organizations::{self, organization_columns},
    remember::LookUp,
    together::list,
    uses,
};
use crate::{Client, ClientIdentity, Clients, Error, Hash, Use, steady::steadily};

/// The secret alone says whose it is, so this is the statement about tenants that does not name the tenant. `SELECT`
/// goes before, and a list of hashes follows.
const BY_SECRETS: &str = concat!(
    "s.secret_hash, k.id, k.client_id, k.name, k.org_id, o.slug AS org_slug, o.state AS org_state, \
     o.api_keys, o.token_lifetime_s, k.environment, k.kind, k.owner_user_id, ",
    owner_active!(),
    " AS owner_active, k.scopes, k.access_token_format, k.created_at, k.expires_at, \
     k.suspended_at IS NOT NULL AS suspended, k.revoked_at IS NOT NULL AS revoked, \
     s.version AS secret_version, s.ends_at AS secret_ends_at, \
     o.gen + k.gen + COALESCE(u.gen, 0) AS generation \
     FROM api_key_secrets s \
     JOIN api_keys k ON k.org_id = s.org_id AND k.id = s.key_id \
     JOIN organizations o ON o.id = s.org_id ",
    join_owner!(),
    " WHERE s.secret_hash IN "
);

const IDENTITY: &str = concat!(
    "SELECT k.name AS key_name, CASE WHEN u.state = 'active' AND m.state = 'active' THEN m.role END AS owner_role, ",
    organization_columns!(),
    " FROM api_keys k JOIN organizations o ON o.id = k.org_id ",
    join_owner!(),
    " WHERE k.org_id = $1 AND k.client_id = $2"
);

const USES: &str = "SELECT hour, count FROM api_key_usage \
     WHERE org_id = $1 AND key_id = $2 AND hour >= $3 AND hour < $4 ORDER BY hour";

/// The key behind a secret.
pub(super) const BY_SECRET: LookUp<Hash, Client> = LookUp {
    statement: |places| format!("SELECT {READ_VERSION}{BY_SECRETS} ({})", list(1, places)),
    bind: |query, hash| query.bind(hash.as_slice()),
    read: |row| Ok((row.hash("secret_hash")?, client(row)?)),
};

#[async_trait]
impl Clients for Backend {
    async fn client_by_secret(&self, secret_hash: &Hash) -> Result<Option<Client>, Error> {
        self.clients.find(*secret_hash).await
    }

    async fn client_identity(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
    ) -> Result<Option<ClientIdentity>, Error> {
        let identity = || sqlx::query(IDENTITY).bind(organization.as_str()).bind(client_id.as_str());
        let row = steadily(|| identity().fetch_optional(&self.lookups)).await?;
        row.map(|row| {
            Ok(ClientIdentity {
                organization: organizations::organization(&row)?,
                name: row.parsed("key_name", |text| Name::parse(text).ok())?,
                owner_role: row.parsed_if_any("owner_role", Role::parse)?,
            })
        })
        .transpose()
    }

    async fn record_uses(&self, mut batch: Vec<Use>) -> Result<(), Error> {
        batch.sort_by(|a, b| (&a.organization, &a.key).cmp(&(&b.organization, &b.key)));
        self.write(async move |mut tx| {
            for group in batch.chunks(uses::MOST) {
                uses::record(&mut tx, group).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn uses(
        &self,
        organization: &OrganizationId,
        key: &KeyId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, u64)>, Error> {
        let uses = sqlx::query(USES)
            .bind(organization.as_str())
            .bind(key.as_str())
            .bind(from.as_millis())
            .bind(until.as_millis());
        let rows = uses.fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.time("hour")?, row.number("count")?))).collect()
    }
}

fn client(row: &Row) -> Result<Client, Error> {
    Ok(Client {
        key: row.parsed("id", KeyId::parse)?,
        client_id: row.parsed("client_id", ClientId::parse)?,
        name: row.get("name")?,
        organization: row.parsed("org_id", OrganizationId::parse)?,
        organization_slug: row.parsed("org_slug", |text| OrganizationSlug::parse(text).ok())?,
        organization_state: row.parsed("org_state", OrganizationState::parse)?,
        api_keys: row.get("api_keys")?,
        token_lifetime_s: row.number("token_lifetime_s")?,
        environment: row.parsed("environment", |text| EnvironmentSlug::parse(text).ok())?,
        kind: row.parsed("kind", Kind::parse)?,
        owner: row.parsed_if_any("owner_user_id", UserId::parse)?,
        owner_active: row.get("owner_active")?,
        scopes: row.parsed("scopes", |text| Scopes::parse(text).ok())?,
        access_token_format: row.parsed("access_token_format", AccessTokenFormat::parse)?,
        created_at: row.time("created_at")?,
        expires_at: row.time_if_any("expires_at")?,
        suspended: row.get("suspended")?,
        revoked: row.get("revoked")?,
        secret_version: row.number("secret_version")?,
        secret_ends_at: row.time_if_any("secret_ends_at")?,
        generation: row.get("generation")?,
    })
}
