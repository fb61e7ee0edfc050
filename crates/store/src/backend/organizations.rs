//! Organizations and their environments.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{EnvironmentId, OrganizationId, UserId},
    key::AccessTokenFormat,
    name::{Contact, Name},
    organization::{Environment, KeyNotices, Kinds, Limit, Organization, OrganizationState, Plan, Policy, SelfService},
    scope::Scopes,
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
};

use super::{Backend, Connection, Row, Statement, activity::Chain, columns::Columns, deletions, deployment, survey};
use crate::{
    ChangeOrganization, CreateOrganization, Error, NewOrganization, OrganizationChange, Organizations, RulesAsked,
    SettingsEntryFor, Survey,
};

/// The columns of the organization `o`, under names that no other table has.
macro_rules! organization_columns {
    () => {
        "o.id AS org_id, o.slug AS org_slug, o.name AS org_name, o.time_zone, o.plan, o.state AS org_state, \
         o.api_keys, o.max_keys_per_environment, o.max_keys_per_user, o.self_service, o.kinds, \
         o.access_token_format, o.token_lifetime_s, o.max_key_lifetime_days, o.allow_no_expiration, \
         o.require_description, o.scopes, o.created_at AS org_created_at, o.updated_at AS org_updated_at, \
         o.own_max_keys_per_environment, o.own_max_keys_per_user, o.key_notices, o.expiry_reminders, \
         o.support_contact, o.revision AS org_revision"
    };
}
pub(super) use organization_columns;

const INSERT: &str = "INSERT INTO organizations (id, slug, name, time_zone, plan, state, api_keys, \
     max_keys_per_environment, max_keys_per_user, self_service, kinds, access_token_format, token_lifetime_s, \
     max_key_lifetime_days, allow_no_expiration, require_description, scopes, updated_at, \
     own_max_keys_per_environment, own_max_keys_per_user, revision, key_notices, expiry_reminders, support_contact, \
     gen, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
     $24, $25, $26) \
     ON CONFLICT (slug) DO NOTHING";

/// Takes the parameters of [`INSERT`] but the last; the generation is raised by the one before.
const UPDATE: &str = "UPDATE organizations SET slug = $2, name = $3, time_zone = $4, plan = $5, state = $6, \
     api_keys = $7, max_keys_per_environment = $8, max_keys_per_user = $9, self_service = $10, kinds = $11, \
     access_token_format = $12, token_lifetime_s = $13, max_key_lifetime_days = $14, allow_no_expiration = $15, \
     require_description = $16, scopes = $17, updated_at = $18, own_max_keys_per_environment = $19, \
     own_max_keys_per_user = $20, revision = $21, key_notices = $22, expiry_reminders = $23, \
     support_contact = $24, gen = gen + $25 \
     WHERE id = $1";

const INSERT_ENVIRONMENT: &str =
    "INSERT INTO environments (org_id, id, slug, name, position) VALUES ($1, $2, $3, $4, $5)";

const BY_ID: &str = concat!("SELECT ", organization_columns!(), " FROM organizations o WHERE o.id = $1");

const BY_SLUG: &str = concat!("SELECT ", organization_columns!(), " FROM organizations o WHERE o.slug = $1");

const ALL: &str = concat!("SELECT ", organization_columns!(), " FROM organizations o ORDER BY o.slug");

/// Keys are counted as the limit counts them.
const ENVIRONMENTS: &str = concat!(
    "SELECT e.id, e.slug, e.name, e.keys_not_revoked - ",
    expired_in_environment!("$2"),
    " AS live_keys FROM environments e WHERE e.org_id = $1 AND e.retired_at IS NULL ORDER BY e.position"
);

const IDS: &str = "SELECT id FROM organizations ORDER BY id";

const ENVIRONMENTS_OF_OWNER: &str = concat!(
    "SELECT e.id, e.slug, e.name, (SELECT COUNT(*) FROM api_keys k \
     WHERE k.org_id = e.org_id AND k.environment = e.slug AND k.owner_user_id = $3 AND NOT k.personal AND ",
    live!("$2"),
    ") AS live_keys FROM environments e WHERE e.org_id = $1 AND e.retired_at IS NULL ORDER BY e.position"
);

/// Of people who belong to no other organization that is active.
const END_SESSIONS: &str = "DELETE FROM sessions WHERE user_id IN (SELECT user_id FROM memberships WHERE org_id = $1) \
     AND NOT EXISTS (SELECT 1 FROM memberships m JOIN organizations o ON o.id = m.org_id AND o.state = 'active' \
     WHERE m.user_id = sessions.user_id AND m.state = 'active')";

/// Every organization, always in the same order, so that two who lock them all cannot wait for each other.
pub(super) async fn all(connection: &mut Connection) -> Result<Vec<OrganizationId>, Error> {
    let rows = sqlx::query(IDS).fetch_all(connection).await?;
    rows.iter().map(|row| row.parsed("id", OrganizationId::parse)).collect()
}

/// The organization with this id, which is locked.
pub(super) async fn by_id(connection: &mut Connection, id: &OrganizationId) -> Result<Organization, Error> {
    organization(&sqlx::query(BY_ID).bind(id.as_str()).fetch_one(connection).await?)
}

#[async_trait]
impl Organizations for Backend {
    async fn create_organization(&self, new: NewOrganization, entry: Entry) -> Result<CreateOrganization, Error> {
        self.write(async move |mut tx| {
            deployment::lock(&mut tx).await?;
            let Some(mut chain) = insert(&mut tx, &new).await? else { return Ok(CreateOrganization::SlugTaken) };
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(CreateOrganization::Created)
        })
        .await
    }

    async fn change_organization(
        &self,
        id: &OrganizationId,
        change: OrganizationChange,
        expected_revision: Option<i64>,
        at: Timestamp,
        entry: SettingsEntryFor,
    ) -> Result<ChangeOrganization, Error> {
        let id = id.clone();
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &id).await? else { return Ok(ChangeOrganization::NotFound) };
            let before = by_id(&mut tx, &id).await?;
            if expected_revision.is_some_and(|expected| expected != before.revision) {
                return Ok(ChangeOrganization::Stale(Box::new(before)));
            }
            let after = changed(before.clone(), change);
            if after == before {
                return Ok(ChangeOrganization::Unchanged(Box::new(before)));
            }
            let after = Organization { updated_at: at, revision: before.revision + 1, ..after };
            let generations = i64::from(is_turned_off(&before, &after));
            bind(sqlx::query(UPDATE), &after).bind(generations).execute(&mut *tx).await?;
            if is_disabled(&before, &after) {
                sqlx::query(END_SESSIONS).bind(id.as_str()).execute(&mut *tx).await?;
            }
            chain.append(&mut tx, &entry(&before, &after)).await?;
            tx.commit().await?;
            Ok(ChangeOrganization::Changed(Box::new(after)))
        })
        .await
    }

    async fn survey_keys(&self, id: &OrganizationId, rules: &RulesAsked, now: Timestamp) -> Result<Survey, Error> {
        survey::keys(&self.readers, id, rules, now).await
    }

    async fn organizations(&self) -> Result<Vec<Organization>, Error> {
        let rows = sqlx::query(ALL).fetch_all(&self.readers).await?;
        rows.iter().map(organization).collect()
    }

    async fn organization(&self, slug: &OrganizationSlug) -> Result<Option<Organization>, Error> {
        let row = sqlx::query(BY_SLUG).bind(slug.as_str()).fetch_optional(&self.readers).await?;
        row.as_ref().map(organization).transpose()
    }

    async fn organization_by_id(&self, id: &OrganizationId) -> Result<Option<Organization>, Error> {
        let row = sqlx::query(BY_ID).bind(id.as_str()).fetch_optional(&self.readers).await?;
        row.as_ref().map(organization).transpose()
    }

    async fn environments(
        &self,
        id: &OrganizationId,
        owned_by: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Vec<Environment>, Error> {
        let list = match owned_by {
            None => sqlx::query(ENVIRONMENTS).bind(id.as_str()).bind(now.as_millis()),
            Some(user) => {
                let list = sqlx::query(ENVIRONMENTS_OF_OWNER).bind(id.as_str()).bind(now.as_millis());
                list.bind(user.as_str())
            }
        };
        list.fetch_all(&self.readers).await?.iter().map(environment).collect()
    }
}

/// Inserts the organization, its environments and its chain; `None` when its slug is taken, or was. The deployment is locked.
pub(super) async fn insert(connection: &mut Connection, new: &NewOrganization) -> Result<Option<Chain>, Error> {
    let NewOrganization { organization, environments } = new;
    if deletions::had(connection, &organization.slug).await? {
        return Ok(None);
    }
    let first_generation = 0_i64;
    let insert =
        bind(sqlx::query(INSERT), organization).bind(first_generation).bind(organization.created_at.as_millis());
    if insert.execute(&mut *connection).await?.rows_affected() == 0 {
        return Ok(None);
    }
    for (position, environment) in (0_i64..).zip(environments) {
        sqlx::query(INSERT_ENVIRONMENT)
            .bind(organization.id.as_str())
            .bind(environment.id.as_str())
            .bind(environment.slug.as_str())
            .bind(environment.name.as_str())
            .bind(position)
            .execute(&mut *connection)
            .await?;
    }
    Chain::start(connection, &organization.id).await.map(Some)
}

/// Binds `$1` to `$24`.
fn bind(statement: Statement, organization: &Organization) -> Statement {
    let policy = &organization.policy;
    statement
        .bind(organization.id.as_str())
        .bind(organization.slug.as_str())
        .bind(organization.name.as_str())
        .bind(&organization.time_zone)
        .bind(organization.plan.as_str())
        .bind(organization.state.as_str())
        .bind(organization.api_keys)
        .bind(i64::from(policy.max_keys_per_environment.ceiling))
        .bind(i64::from(policy.max_keys_per_user.ceiling))
        .bind(policy.self_service.as_str())
        .bind(policy.kinds.as_str())
        .bind(policy.access_token_format.as_str())
        .bind(i64::from(policy.token_lifetime_s))
        .bind(policy.max_key_lifetime_days.map(i64::from))
        .bind(policy.allow_no_expiration)
        .bind(policy.require_description)
        .bind(policy.scopes.to_string())
        .bind(organization.updated_at.as_millis())
        .bind(policy.max_keys_per_environment.own.map(i64::from))
        .bind(policy.max_keys_per_user.own.map(i64::from))
        .bind(organization.revision)
        .bind(policy.key_notices.as_str())
        .bind(policy.expiry_reminders)
        .bind(organization.support_contact.as_str())
}

fn changed(organization: Organization, change: OrganizationChange) -> Organization {
    let policy = organization.policy;
    Organization {
        name: change.name.unwrap_or(organization.name),
        time_zone: change.time_zone.map_or(organization.time_zone, |zone| zone.as_str().to_owned()),
        support_contact: change.support_contact.unwrap_or(organization.support_contact),
        plan: change.plan.unwrap_or(organization.plan),
        state: change.state.unwrap_or(organization.state),
        api_keys: change.api_keys.unwrap_or(organization.api_keys),
        policy: Policy {
            max_keys_per_environment: limit_after(
                policy.max_keys_per_environment,
                change.max_keys_per_environment,
                change.own_max_keys_per_environment,
            ),
            max_keys_per_user: limit_after(
                policy.max_keys_per_user,
                change.max_keys_per_user,
                change.own_max_keys_per_user,
            ),
            self_service: change.self_service.unwrap_or(policy.self_service),
            kinds: change.kinds.unwrap_or(policy.kinds),
            access_token_format: change.access_token_format.unwrap_or(policy.access_token_format),
            token_lifetime_s: change.token_lifetime_s.unwrap_or(policy.token_lifetime_s),
            max_key_lifetime_days: change.max_key_lifetime_days.unwrap_or(policy.max_key_lifetime_days),
            allow_no_expiration: change.allow_no_expiration.unwrap_or(policy.allow_no_expiration),
            require_description: change.require_description.unwrap_or(policy.require_description),
            key_notices: change.key_notices.unwrap_or(policy.key_notices),
            expiry_reminders: change.expiry_reminders.unwrap_or(policy.expiry_reminders),
            scopes: change.scopes.unwrap_or(policy.scopes),
        },
        ..organization
    }
}

fn limit_after(limit: Limit, ceiling: Option<u32>, own: Option<Option<u32>>) -> Limit {
    Limit { ceiling: ceiling.unwrap_or(limit.ceiling), own: own.unwrap_or(limit.own) }
}

/// Whether the organization, or its API keys, worked before and do not after.
fn is_turned_off(before: &Organization, after: &Organization) -> bool {
    is_disabled(before, after) || (before.api_keys && !after.api_keys)
}

fn is_disabled(before: &Organization, after: &Organization) -> bool {
    before.state != after.state && after.state == OrganizationState::Disabled
}

/// Reads [`organization_columns`].
pub(super) fn organization(row: &Row) -> Result<Organization, Error> {
    Ok(Organization {
        id: row.parsed("org_id", OrganizationId::parse)?,
        slug: row.parsed("org_slug", |text| OrganizationSlug::parse(text).ok())?,
        name: row.parsed("org_name", |text| Name::parse(text).ok())?,
        time_zone: row.get("time_zone")?,
        support_contact: row.parsed("support_contact", |text| Contact::parse(text).ok())?,
        plan: row.parsed("plan", Plan::parse)?,
        state: row.parsed("org_state", OrganizationState::parse)?,
        api_keys: row.get("api_keys")?,
        policy: Policy {
            max_keys_per_environment: Limit {
                ceiling: row.number("max_keys_per_environment")?,
                own: row.number_if_any("own_max_keys_per_environment")?,
            },
            max_keys_per_user: Limit {
                ceiling: row.number("max_keys_per_user")?,
                own: row.number_if_any("own_max_keys_per_user")?,
            },
            self_service: row.parsed("self_service", SelfService::parse)?,
            kinds: row.parsed("kinds", Kinds::parse)?,
            access_token_format: row.parsed("access_token_format", AccessTokenFormat::parse)?,
            token_lifetime_s: row.number("token_lifetime_s")?,
            max_key_lifetime_days: row.number_if_any("max_key_lifetime_days")?,
            allow_no_expiration: row.get("allow_no_expiration")?,
            require_description: row.get("require_description")?,
            key_notices: row.parsed("key_notices", KeyNotices::parse)?,
            expiry_reminders: row.get("expiry_reminders")?,
            scopes: row.parsed("scopes", |text| Scopes::parse(text).ok())?,
        },
        created_at: row.time("org_created_at")?,
        updated_at: row.time("org_updated_at")?,
        revision: row.get("org_revision")?,
    })
}

fn environment(row: &Row) -> Result<Environment, Error> {
    Ok(Environment {
        id: row.parsed("id", EnvironmentId::parse)?,
        slug: row.parsed("slug", |text| EnvironmentSlug::parse(text).ok())?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        live_keys: row.number("live_keys")?,
    })
}
