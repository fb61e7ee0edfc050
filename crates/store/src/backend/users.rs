//! People and their memberships.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{OrganizationId, UserId},
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::{Role, UserState},
    zone::{Times, ZoneName},
};

use super::{
    Backend, Connection, Row,
    accounts::FORGET_RESETS,
    activity::Chain,
    columns::Columns,
    deployment,
    organizations::{organization, organization_columns},
};
use crate::{Account, AddMember, Error, Member, NewUser, Users};

const INSERT: &str = "INSERT INTO users (id, email, email_key, name, password_hash, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_key) DO NOTHING";

const ID_BY_EMAIL: &str = "SELECT id FROM users WHERE email_key = $1";

const JOIN: &str = "INSERT INTO memberships (org_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (org_id, user_id) DO NOTHING";

/// One row per organization where the person may do something, or one row without.
const ACCOUNT: &str = "SELECT u.id, u.name, u.email, u.password_hash, u.credentials_version, u.state, o.id AS org_id \
     FROM users u \
     LEFT JOIN (memberships m JOIN organizations o ON o.id = m.org_id AND o.state = 'active') \
     ON m.user_id = u.id AND m.state = 'active' WHERE u.email_key = $1 ORDER BY o.id";

const REPLACE_PASSWORD: &str = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";

/// The active memberships of the active user `$1`.
macro_rules! members {
    () => {
        concat!(
            "SELECT u.id, u.name, u.email, m.role, u.time_zone AS own_zone, u.exact_times, u.time_zone_proposed, ",
            organization_columns!(),
            " FROM memberships m JOIN organizations o ON o.id = m.org_id JOIN users u ON u.id = m.user_id \
             WHERE u.id = $1 AND u.state = 'active' AND m.state = 'active'"
        )
    };
}

const MEMBER: &str = concat!(members!(), " AND o.slug = $2");

const MEMBERSHIPS: &str = concat!(members!(), " AND o.state = 'active'");

const ADMINISTRATORS: &str = "SELECT u.name FROM memberships m JOIN users u ON u.id = m.user_id \
     WHERE m.org_id = $1 AND m.role = 'admin' AND m.state = 'active' AND u.state = 'active' \
     ORDER BY u.name, u.id LIMIT 10";

#[async_trait]
impl Users for Backend {
    async fn add_member(
        &self,
        organization: &OrganizationId,
        new: NewUser,
        role: Role,
        mut entry: Entry,
    ) -> Result<AddMember, Error> {
        let organization = organization.clone();
        self.write(async move |mut tx| {
            // Whoever changes an account as a whole must know all its organizations.
            deployment::lock(&mut tx).await?;
            let chain = Chain::lock(&mut tx, &organization).await?;
            let mut chain = chain.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
            let added = add(&mut tx, &organization, &new, role).await?;
            let (AddMember::Created(id) | AddMember::Joined(id)) = &added else { return Ok(added) };
            entry.target.id = id.to_string();
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(added)
        })
        .await
    }

    async fn account(&self, email_key: &str) -> Result<Option<Account>, Error> {
        // PostgreSQL refuses this character, and nobody's address has it.
        if email_key.contains('\0') {
            return Ok(None);
        }
        let rows = sqlx::query(ACCOUNT).bind(email_key).fetch_all(&self.readers).await?;
        rows.split_first().map(|(first, _)| account(first, &rows)).transpose()
    }

    async fn replace_password_hash(&self, user: &UserId, old: &str, new: &str) -> Result<bool, Error> {
        let replace = sqlx::query(REPLACE_PASSWORD).bind(user.as_str()).bind(old).bind(new);
        Ok(self.change(replace).await? == 1)
    }

    async fn member(&self, user: &UserId, organization: &OrganizationSlug) -> Result<Option<Member>, Error> {
        let find = sqlx::query(MEMBER).bind(user.as_str()).bind(organization.as_str());
        find.fetch_optional(&self.readers).await?.as_ref().map(member).transpose()
    }

    async fn memberships(&self, user: &UserId) -> Result<Vec<Member>, Error> {
        let rows = sqlx::query(MEMBERSHIPS).bind(user.as_str()).fetch_all(&self.readers).await?;
        let mut members = rows.iter().map(member).collect::<Result<Vec<_>, _>>()?;
        members.sort_by_cached_key(|member| (member.organization.name.key(), member.organization.slug.clone()));
        Ok(members)
    }

    async fn administrators(&self, organization: &OrganizationId) -> Result<Vec<Name>, Error> {
        let rows = sqlx::query(ADMINISTRATORS).bind(organization.as_str()).fetch_all(&self.readers).await?;
        rows.iter().map(name).collect()
    }
}

/// Makes the account, unless there is one with this e-mail, and its membership, unless there is one.
pub(super) async fn add(
    connection: &mut Connection,
    organization: &OrganizationId,
    new: &NewUser,
    role: Role,
) -> Result<AddMember, Error> {
    let email_key = new.email.key();
    let inserted = sqlx::query(INSERT)
        .bind(new.id.as_str())
        .bind(new.email.as_str())
        .bind(&email_key)
        .bind(new.name.as_str())
        .bind(&new.password_hash)
        .bind(new.at.as_millis())
        .execute(&mut *connection)
        .await?
        .rows_affected();
    let id = sqlx::query(ID_BY_EMAIL).bind(email_key).fetch_one(&mut *connection).await?.parsed("id", UserId::parse)?;
    let joined = join(connection, organization, &id, role, new.at).await?;
    Ok(match (inserted, joined) {
        (0, false) => AddMember::AlreadyMember(id),
        (0, true) => AddMember::Joined(id),
        _ => AddMember::Created(id),
    })
}

/// Makes the membership; `false` when there is one.
pub(super) async fn join(
    connection: &mut Connection,
    organization: &OrganizationId,
    user: &UserId,
    role: Role,
    at: Timestamp,
) -> Result<bool, Error> {
    let join =
        sqlx::query(JOIN).bind(organization.as_str()).bind(user.as_str()).bind(role.as_str()).bind(at.as_millis());
    let joined = join.execute(&mut *connection).await?.rows_affected() == 1;
    if joined {
        // An administrator could ask for a link while the person was theirs alone; now another organization is concerned.
        sqlx::query(FORGET_RESETS).bind(user.as_str()).execute(connection).await?;
    }
    Ok(joined)
}

fn account(first: &Row, rows: &[Row]) -> Result<Account, Error> {
    let organizations = rows.iter().map(|row| row.parsed_if_any("org_id", OrganizationId::parse));
    let organizations: Vec<_> = organizations.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let state = first.parsed("state", UserState::parse)?;
    Ok(Account {
        id: first.parsed("id", UserId::parse)?,
        name: name(first)?,
        email: email(first)?,
        state,
        password_hash: first.get("password_hash")?,
        credentials_version: first.get("credentials_version")?,
        may_sign_in: state == UserState::Active && !organizations.is_empty(),
        organizations,
    })
}

fn member(row: &Row) -> Result<Member, Error> {
    Ok(Member {
        organization: organization(row)?,
        user: row.parsed("id", UserId::parse)?,
        name: name(row)?,
        email: email(row)?,
        role: row.parsed("role", Role::parse)?,
        times: Times {
            // A name that the tables have no more is as good as none.
            zone: row.get::<Option<String>>("own_zone")?.and_then(|name| ZoneName::parse(&name).ok()),
            exact: row.get("exact_times")?,
            zone_proposed: row.get("time_zone_proposed")?,
        },
    })
}

fn name(row: &Row) -> Result<Name, Error> {
    row.parsed("name", |text| Name::parse(text).ok())
}

fn email(row: &Row) -> Result<Email, Error> {
    row.parsed("email", |text| Email::parse(text).ok())
}
