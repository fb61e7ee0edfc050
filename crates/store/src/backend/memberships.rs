//! Memberships as an organization's administrators manage them.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{OrganizationId, UserId},
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::{Role, UserState},
};
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::{
    super::LOCK_KEYS,
    Backend, Connection, Db, Row,
    accounts::{end_sessions, only_admin_of},
    activity::Chain,
    columns::Columns,
};
use crate::{ChangeMember, EndSessions, Error, Membership, Memberships, Traces};

/// Everybody in the organization `$1`, as [`membership`] reads it.
macro_rules! select_members {
    () => {
        "SELECT u.id, u.name, u.email, m.role, m.state, u.state AS account, m.created_at \
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1"
    };
}

const MEMBERS: &str = concat!(select_members!(), " ORDER BY u.name, u.id");

const ONE: &str = concat!(select_members!(), " AND m.user_id = $2");

/// What members have left; the instant up to which keys have ended follows, then which members.
const LEFT: &str = "SELECT m.user_id, (SELECT a.at FROM activity a WHERE a.org_id = m.org_id \
     AND a.actor_id = m.user_id ORDER BY a.sequence DESC LIMIT 1) AS last_active_at, \
     EXISTS (SELECT 1 FROM memberships n WHERE n.user_id = m.user_id AND n.org_id <> m.org_id) AS elsewhere, \
     (SELECT COUNT(*) FROM api_keys k WHERE k.org_id = m.org_id AND k.owner_user_id = m.user_id \
     AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ";

const ONLY_ADMIN: &str = only_admin_of!(" AND m.org_id = $2");

const SET_ROLE: &str = "UPDATE memberships SET role = $3 WHERE org_id = $1 AND user_id = $2 AND role <> $3";

const SET_STATE: &str = "UPDATE memberships SET state = $3 WHERE org_id = $1 AND user_id = $2 AND state <> $3";

const RENEW_SESSIONS: &str = "UPDATE sessions SET renewal_due = TRUE WHERE user_id = $1";

/// Locks the keys in the order in which uses of them are written; what ends a statement that locks follows, and a bracket.
const STOP_TOKENS: &str = "UPDATE api_keys SET gen = gen + 1 WHERE org_id = $1 AND id IN \
     (SELECT k.id FROM api_keys k WHERE k.org_id = $1 AND k.owner_user_id = $2 ORDER BY k.org_id, k.id";

const ACTIVE_SOMEWHERE: &str = "SELECT 1 FROM memberships WHERE user_id = $1 AND state = 'active'";

#[async_trait]
impl Memberships for Backend {
    async fn members(&self, organization: &OrganizationId) -> Result<Vec<Membership>, Error> {
        let rows = sqlx::query(MEMBERS).bind(organization.as_str()).fetch_all(&self.readers).await?;
        rows.iter().map(membership).collect()
    }

    async fn membership(&self, organization: &OrganizationId, user: &UserId) -> Result<Option<Membership>, Error> {
        let find = sqlx::query(ONE).bind(organization.as_str()).bind(user.as_str());
        find.fetch_optional(&self.readers).await?.as_ref().map(membership).transpose()
    }

    async fn traces(
        &self,
        organization: &OrganizationId,
        users: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<Traces>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = QueryBuilder::<Db>::new(LEFT);
        sql.push_bind(now.as_millis()).push(")) AS live_keys FROM memberships m WHERE m.org_id = ");
        sql.push_bind(organization.as_str()).push(" AND m.user_id IN (");
        let mut ids = sql.separated(", ");
        for user in users {
            ids.push_bind(user.as_str());
        }
        sql.push(")");
        let rows = sql.build().fetch_all(&self.readers).await?;
        let traces = rows.iter().map(|row| {
            Ok(Traces {
                user: row.parsed("user_id", UserId::parse)?,
                live_keys: row.number("live_keys")?,
                last_active_at: row.time_if_any("last_active_at")?,
                elsewhere: row.get("elsewhere")?,
            })
        });
        traces.collect()
    }

    async fn set_role(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        role: Role,
        entry: Entry,
    ) -> Result<ChangeMember, Error> {
        let (organization, user) = (organization.clone(), user.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else {
                return Ok(ChangeMember::NotFound);
            };
            if role != Role::Admin
                && let Some(last) = last_admin(&mut tx, &organization, &user).await?
            {
                return Ok(last);
            }
            if let Some(nothing) = set(&mut tx, SET_ROLE, &organization, &user, role.as_str()).await? {
                return Ok(nothing);
            }
            sqlx::query(RENEW_SESSIONS).bind(user.as_str()).execute(&mut *tx).await?;
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(ChangeMember::Done)
        })
        .await
    }

    async fn set_membership_state(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        state: UserState,
        entry: Entry,
    ) -> Result<ChangeMember, Error> {
        let (organization, user) = (organization.clone(), user.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else {
                return Ok(ChangeMember::NotFound);
            };
            if state == UserState::Deactivated
                && let Some(last) = last_admin(&mut tx, &organization, &user).await?
            {
                return Ok(last);
            }
            if state == UserState::Active {
                // A sign-in may have been under way when the last membership was deactivated.
                end_sessions_of_nobody(&mut tx, &user).await?;
            }
            if let Some(nothing) = set(&mut tx, SET_STATE, &organization, &user, state.as_str()).await? {
                return Ok(nothing);
            }
            if state == UserState::Deactivated {
                let stop = AssertSqlSafe(format!("{STOP_TOKENS}{LOCK_KEYS})"));
                sqlx::query(stop).bind(organization.as_str()).bind(user.as_str()).execute(&mut *tx).await?;
                end_sessions_of_nobody(&mut tx, &user).await?;
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(ChangeMember::Done)
        })
        .await
    }
}

async fn last_admin(
    connection: &mut Connection,
    organization: &OrganizationId,
    user: &UserId,
) -> Result<Option<ChangeMember>, Error> {
    let only = sqlx::query(ONLY_ADMIN).bind(user.as_str()).bind(organization.as_str());
    let row = only.fetch_optional(connection).await?;
    row.map(|row| Ok(ChangeMember::LastAdmin(row.parsed("slug", |text| OrganizationSlug::parse(text).ok())?)))
        .transpose()
}

/// Sets a column of the membership; says why nothing changed.
async fn set(
    connection: &mut Connection,
    statement: &'static str,
    organization: &OrganizationId,
    user: &UserId,
    value: &'static str,
) -> Result<Option<ChangeMember>, Error> {
    let set = sqlx::query(statement).bind(organization.as_str()).bind(user.as_str()).bind(value);
    if set.execute(&mut *connection).await?.rows_affected() == 1 {
        return Ok(None);
    }
    let known = sqlx::query(ONE).bind(organization.as_str()).bind(user.as_str()).fetch_optional(connection).await?;
    Ok(Some(if known.is_some() { ChangeMember::Unchanged } else { ChangeMember::NotFound }))
}

/// Ends the sessions of somebody who is active nowhere.
async fn end_sessions_of_nobody(connection: &mut Connection, user: &UserId) -> Result<(), Error> {
    let somewhere = sqlx::query(ACTIVE_SOMEWHERE).bind(user.as_str()).fetch_optional(&mut *connection).await?;
    if somewhere.is_none() {
        end_sessions(connection, user, EndSessions::Every).await?;
    }
    Ok(())
}

fn membership(row: &Row) -> Result<Membership, Error> {
    Ok(Membership {
        user: row.parsed("id", UserId::parse)?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        email: row.parsed("email", |text| Email::parse(text).ok())?,
        role: row.parsed("role", Role::parse)?,
        state: row.parsed("state", UserState::parse)?,
        account: row.parsed("account", UserState::parse)?,
        since: row.time("created_at")?,
    })
}
