//! Mail that waits to be sent.

use async_trait::async_trait;
use domain::{
    activity::{Entry, Event, Told},
    email::Email,
    id::{KeyId, OrganizationId, UserId},
    name::Name,
    secret::ClientId,
    time::Timestamp,
};
use sqlx::QueryBuilder;

use super::{Backend, Connection, Db, Row, columns::Columns, deployment};
use crate::{About, Error, Invitation, Mail, Mails, PasswordForgotten};

/// Milliseconds.
const DAY: i64 = 24 * 3600 * 1000;

/// Joins whoever is told of the key `k`, as `u`: its owner, or those whom the organization chose for its own keys.
macro_rules! told_of_key {
    () => {
        " JOIN organizations o ON o.id = k.org_id \
         JOIN memberships m ON m.org_id = k.org_id AND m.state = 'active' AND (m.user_id = k.owner_user_id \
         OR (k.owner_user_id IS NULL AND m.role = 'admin' AND o.key_notices = 'admins')) \
         JOIN users u ON u.id = m.user_id AND u.state = 'active' "
    };
}

/// Rows follow: id, sequence and time of an entry, organization and client id of a key, who knows already.
const TELL_OF_KEYS: &str = "INSERT INTO mails (id, about, to_address, to_name, org_id, sequence, created_at, next_at) \
     SELECT told.column1 || '.' || u.id, 'event', u.email, u.name, k.org_id, told.column2, told.column3, told.column3 \
     FROM (";

const TOLD_OF_KEYS: &str = concat!(
    ") AS told JOIN api_keys k ON k.org_id = told.column4 AND k.client_id = told.column5",
    told_of_key!(),
    "WHERE u.id <> told.column6 ON CONFLICT (id) DO NOTHING"
);

/// An account has a row in the log of each organization, and its person is told once.
const TELL_PERSON: &str = "INSERT INTO mails (id, about, to_address, to_name, org_id, sequence, created_at, next_at) \
     SELECT $1 || '.' || u.id, 'event', u.email, u.name, $2, $3, $4, $4 FROM users u \
     WHERE u.id = $5 AND u.state = 'active' ON CONFLICT (id) DO NOTHING";

const BRING_INVITATION: &str = "INSERT INTO mails (id, about, to_address, org_id, created_at, next_at) \
     VALUES ($1, 'invitation', $2, $3, $4, $4)";

const BRING_PASSWORD_LINK: &str = "INSERT INTO mails (id, about, to_address, to_name, created_at, next_at) \
     SELECT $1, 'password_link', u.email, u.name, $3, $3 FROM users u WHERE u.id = $2";

const FORGOTTEN: &str = "INSERT INTO mails (id, about, to_address, address, request_id, created_at, next_at) \
     VALUES ($1, 'password_forgotten', $2, $3, $4, $5, $5)";

const ARE_DUE: &str = "SELECT 1 FROM mails WHERE next_at <= $1 LIMIT 1";

const CLAIM: &str = "UPDATE mails SET next_at = $2 WHERE id IN \
     (SELECT id FROM mails WHERE next_at <= $1 ORDER BY next_at, id LIMIT $3) \
     RETURNING id, about, to_address, to_name, org_id, sequence, client_id, days, address, request_id, attempts, \
     created_at";

const DELETE: &str = "DELETE FROM mails WHERE id = $1";

const POSTPONE: &str = "UPDATE mails SET next_at = $2, attempts = attempts + 1 WHERE id = $1";

const RELEASE: &str = "UPDATE mails SET next_at = $2 WHERE id = $1";

const MARK_REMINDED: &str = "INSERT INTO reminders (org_id, key_id, expires_at, days) \
     SELECT k.org_id, k.id, k.expires_at, $1 FROM api_keys k \
     JOIN organizations o ON o.id = k.org_id AND o.state = 'active' AND o.expiry_reminders \
     JOIN api_key_secrets s ON s.org_id = k.org_id AND s.key_id = k.id AND s.ends_at IS NULL \
     WHERE k.revoked_at IS NULL AND k.expires_at > $2 AND k.expires_at <= $3 AND s.created_at <= k.expires_at - $4 \
     AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.org_id = k.org_id AND r.key_id = k.id \
     AND r.expires_at = k.expires_at AND r.days = $1) LIMIT $5 \
     ON CONFLICT DO NOTHING RETURNING org_id, key_id, expires_at";

const REMIND: &str = concat!(
    "INSERT INTO mails (id, about, to_address, to_name, org_id, client_id, days, created_at, next_at) \
     SELECT $1 || '.' || u.id, 'expiry', u.email, u.name, k.org_id, k.client_id, $2, $3, $3 FROM api_keys k",
    told_of_key!(),
    "WHERE k.org_id = $4 AND k.id = $5"
);

const DELETE_ENDED: &str = "DELETE FROM reminders WHERE (org_id, key_id, expires_at, days) IN \
     (SELECT org_id, key_id, expires_at, days FROM reminders WHERE expires_at <= $1 LIMIT $2)";

/// Writes the mails that tell people of rows of the Activity Log, each with its place there.
pub(super) async fn tell(connection: &mut Connection, rows: &[(i64, &Entry)]) -> Result<(), Error> {
    let mut of_keys = Vec::new();
    for &(sequence, entry) in rows {
        match entry.event.told() {
            None => {}
            Some(Told::OfKey) => of_keys.push((sequence, entry)),
            Some(Told::Person) => tell_person(connection, sequence, entry).await?,
        }
    }
    if of_keys.is_empty() {
        return Ok(());
    }
    let mut telling = QueryBuilder::<Db>::new(TELL_OF_KEYS);
    telling.push_values(of_keys, |mut row, (sequence, entry)| {
        row.push_bind(entry.id.as_str()).push_bind(sequence).push_bind(entry.at.as_millis());
        row.push_bind(entry.organization.as_str()).push_bind(&entry.target.id).push_bind(who_knows(entry));
    });
    telling.push(TOLD_OF_KEYS);
    telling.build().execute(connection).await?;
    Ok(())
}

/// Nobody is told that they suspended a key themselves; whatever else was done in somebody's name may have been done by
/// another.
fn who_knows(entry: &Entry) -> &str {
    if entry.event == Event::KeySuspended { &entry.actor.id } else { "" }
}

async fn tell_person(connection: &mut Connection, sequence: i64, entry: &Entry) -> Result<(), Error> {
    let at = entry.at.as_millis();
    sqlx::query(TELL_PERSON)
        .bind(format!("{}.{at}", entry.event))
        .bind(entry.organization.as_str())
        .bind(sequence)
        .bind(at)
        .bind(&entry.target.id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes the mail that brings an invitation.
pub(super) async fn bring_invitation(
    connection: &mut Connection,
    organization: &OrganizationId,
    invitation: &Invitation,
) -> Result<(), Error> {
    sqlx::query(BRING_INVITATION)
        .bind(invitation.id.as_str())
        .bind(invitation.email.as_str())
        .bind(organization.as_str())
        .bind(invitation.created_at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes the mail that brings a link to choose a new password.
pub(super) async fn bring_password_link(
    connection: &mut Connection,
    id: &str,
    user: &UserId,
    at: Timestamp,
) -> Result<(), Error> {
    let bring = sqlx::query(BRING_PASSWORD_LINK).bind(id).bind(user.as_str()).bind(at.as_millis());
    bring.execute(connection).await?;
    Ok(())
}

#[async_trait]
impl Mails for Backend {
    async fn claim_mails(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Mail>, Error> {
        // Asked for every second or so: nothing is locked while there is nothing to do.
        if sqlx::query(ARE_DUE).bind(now.as_millis()).fetch_optional(&self.readers).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut mails = self
            .write(async move |mut tx| {
                // Processes that claim at once wait for each other here, and each finds what the other left.
                deployment::lock(&mut tx).await?;
                let claim = sqlx::query(CLAIM).bind(now.as_millis()).bind(until.as_millis()).bind(i64::from(limit));
                let mails = claim.fetch_all(&mut *tx).await?.iter().map(mail).collect::<Result<Vec<_>, _>>()?;
                tx.commit().await?;
                Ok(mails)
            })
            .await?;
        mails.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(mails)
    }

    async fn delete_mail(&self, id: &str) -> Result<bool, Error> {
        Ok(self.change(sqlx::query(DELETE).bind(id.to_owned())).await? == 1)
    }

    async fn postpone_mail(&self, id: &str, at: Timestamp) -> Result<bool, Error> {
        Ok(self.change(sqlx::query(POSTPONE).bind(id.to_owned()).bind(at.as_millis())).await? == 1)
    }

    async fn release_mail(&self, id: &str, at: Timestamp) -> Result<bool, Error> {
        Ok(self.change(sqlx::query(RELEASE).bind(id.to_owned()).bind(at.as_millis())).await? == 1)
    }

    async fn insert_password_forgotten(&self, forgotten: PasswordForgotten) -> Result<(), Error> {
        let insert = sqlx::query(FORGOTTEN)
            .bind(forgotten.id)
            .bind(forgotten.email.to_string())
            .bind(forgotten.address)
            .bind(forgotten.request_id)
            .bind(forgotten.at.as_millis());
        self.change(insert).await?;
        Ok(())
    }

    async fn remind_of_expiry(&self, days: u32, next: u32, now: Timestamp, limit: u32) -> Result<u32, Error> {
        self.write(async move |mut tx| {
            let (now, ahead) = (now.as_millis(), i64::from(days) * DAY);
            let marked = sqlx::query(MARK_REMINDED)
                .bind(i64::from(days))
                .bind(now + i64::from(next) * DAY)
                .bind(now + ahead)
                .bind(ahead)
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            for row in &marked {
                let organization = row.parsed("org_id", OrganizationId::parse)?;
                let key = row.parsed("key_id", KeyId::parse)?;
                let end = row.time("expires_at")?.as_millis();
                sqlx::query(REMIND)
                    .bind(format!("{key}.{end}.{days}"))
                    .bind(i64::from(days))
                    .bind(now)
                    .bind(organization.as_str())
                    .bind(key.as_str())
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
            Ok(u32::try_from(marked.len()).unwrap_or(u32::MAX))
        })
        .await
    }

    async fn delete_ended_reminders(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.change(sqlx::query(DELETE_ENDED).bind(now.as_millis()).bind(i64::from(limit))).await
    }
}

fn mail(row: &Row) -> Result<Mail, Error> {
    Ok(Mail {
        id: row.get("id")?,
        to: row.parsed("to_address", |text| Email::parse(text).ok())?,
        name: row.parsed_if_any("to_name", |text| Name::parse(text).ok())?,
        about: about(row)?,
        attempts: row.number("attempts")?,
        created_at: row.time("created_at")?,
    })
}

fn about(row: &Row) -> Result<About, Error> {
    let organization = || row.parsed("org_id", OrganizationId::parse);
    let about: String = row.get("about")?;
    Ok(match about.as_str() {
        "event" => About::Event { organization: organization()?, sequence: row.get("sequence")? },
        "expiry" => About::Expiry {
            organization: organization()?,
            client_id: row.parsed("client_id", ClientId::parse)?,
            days: row.number("days")?,
        },
        "invitation" => About::Invitation,
        "password_link" => About::PasswordLink,
        "password_forgotten" => {
            About::PasswordForgotten { address: row.get("address")?, request_id: row.get("request_id")? }
        }
        _ => return Err(Error::Corrupt { what: "about" }),
    })
}
