//! Invitations to an organization.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{InvitationId, OrganizationId},
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::Role,
};

use super::{Backend, Connection, Row, activity::Chain, columns::Columns, deployment, mails, users};
use crate::{
    AcceptInvitation, AddMember, Error, Hash, InsertInvitation, Invitation, InvitationOffer, Invitations, Invitee,
    NewInvitation,
};

const IN_ORGANIZATION: &str = "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id \
     WHERE m.org_id = $1 AND u.email_key = $2";

const SEND_FORM: &str = "INSERT INTO invitation_forms (org_id, form_id, email_key, ends_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (org_id, form_id, email_key) DO NOTHING";

const DELETE_ENDED_FORMS: &str = "DELETE FROM invitation_forms WHERE (org_id, form_id, email_key) IN \
     (SELECT org_id, form_id, email_key FROM invitation_forms WHERE ends_at <= $1 LIMIT $2)";

const FORGET: &str = "DELETE FROM invitations WHERE org_id = $1 AND email_key = $2";

const INSERT: &str = "INSERT INTO invitations \
     (org_id, id, token_hash, email, email_key, role, invited_by, created_at, ends_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const LIST: &str = "SELECT id, email, role, invited_by, created_at, ends_at FROM invitations \
     WHERE org_id = $1 AND ends_at > $2 ORDER BY created_at DESC, id DESC";

const DELETE: &str = "DELETE FROM invitations WHERE org_id = $1 AND id = $2";

/// The token alone says whose it is, like a secret.
const OFFER: &str = "SELECT i.org_id, i.email, i.role, i.invited_by, i.ends_at, o.slug, o.name, \
     EXISTS (SELECT 1 FROM users u WHERE u.email_key = i.email_key) AS has_account \
     FROM invitations i JOIN organizations o ON o.id = i.org_id AND o.state = 'active' \
     WHERE i.token_hash = $1 AND i.ends_at > $2";

const USE_UP: &str = "DELETE FROM invitations WHERE token_hash = $1";

const EMAIL_KEY: &str = "SELECT email_key FROM users WHERE id = $1 AND state = 'active'";

const DELETE_ENDED: &str = "DELETE FROM invitations WHERE token_hash IN \
     (SELECT token_hash FROM invitations WHERE ends_at <= $1 LIMIT $2)";

#[async_trait]
impl Invitations for Backend {
    async fn insert_invitation(&self, new: NewInvitation, entry: Entry) -> Result<InsertInvitation, Error> {
        self.write(async move |mut tx| {
            let NewInvitation { invitation, organization, token_hash, form_id, mailed } = &new;
            let chain = Chain::lock(&mut tx, organization).await?;
            let mut chain = chain.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
            let email_key = invitation.email.key();
            let send = sqlx::query(SEND_FORM)
                .bind(organization.as_str())
                .bind(form_id)
                .bind(&email_key)
                .bind(invitation.ends_at.as_millis());
            if send.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(InsertInvitation::SentBefore);
            }
            let member = sqlx::query(IN_ORGANIZATION).bind(organization.as_str()).bind(&email_key);
            if member.fetch_optional(&mut *tx).await?.is_some() {
                return Ok(InsertInvitation::AlreadyMember);
            }
            sqlx::query(FORGET).bind(organization.as_str()).bind(&email_key).execute(&mut *tx).await?;
            sqlx::query(INSERT)
                .bind(organization.as_str())
                .bind(invitation.id.as_str())
                .bind(token_hash.as_slice())
                .bind(invitation.email.as_str())
                .bind(&email_key)
                .bind(invitation.role.as_str())
                .bind(&invitation.invited_by)
                .bind(invitation.created_at.as_millis())
                .bind(invitation.ends_at.as_millis())
                .execute(&mut *tx)
                .await?;
            if *mailed {
                mails::bring_invitation(&mut tx, organization, invitation).await?;
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(InsertInvitation::Inserted)
        })
        .await
    }

    async fn invitations(&self, organization: &OrganizationId, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let list = sqlx::query(LIST).bind(organization.as_str()).bind(now.as_millis());
        list.fetch_all(&self.readers).await?.iter().map(invitation).collect()
    }

    async fn delete_invitation(
        &self,
        organization: &OrganizationId,
        id: &InvitationId,
        entry: Entry,
    ) -> Result<bool, Error> {
        let (organization, id) = (organization.clone(), id.clone());
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &organization).await? else { return Ok(false) };
            let delete = sqlx::query(DELETE).bind(organization.as_str()).bind(id.as_str());
            if delete.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn invitation_offer(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<InvitationOffer>, Error> {
        let find = sqlx::query(OFFER).bind(token_hash.as_slice()).bind(now.as_millis());
        find.fetch_optional(&self.readers).await?.as_ref().map(offer).transpose()
    }

    async fn accept_invitation(
        &self,
        token_hash: &Hash,
        invitee: Invitee,
        now: Timestamp,
        mut entry: Entry,
    ) -> Result<AcceptInvitation, Error> {
        let token_hash = *token_hash;
        self.write(async move |mut tx| {
            // Two who use the same link wait for each other here.
            deployment::lock(&mut tx).await?;
            let find = sqlx::query(OFFER).bind(token_hash.as_slice()).bind(now.as_millis());
            let Some(row) = find.fetch_optional(&mut *tx).await? else { return Ok(AcceptInvitation::LinkOver) };
            let offer = offer(&row)?;
            let chain = Chain::lock(&mut tx, &offer.organization).await?;
            let mut chain = chain.ok_or(Error::Refused(sqlx::Error::RowNotFound))?;
            // It may have been taken back meanwhile.
            if sqlx::query(USE_UP).bind(token_hash.as_slice()).execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(AcceptInvitation::LinkOver);
            }
            let accepted = join(&mut tx, &offer, invitee, now).await?;
            let AcceptInvitation::Accepted(user) = &accepted else { return Ok(accepted) };
            entry.target.id = user.to_string();
            chain.append(&mut tx, &entry).await?;
            tx.commit().await?;
            Ok(accepted)
        })
        .await
    }

    async fn delete_ended_invitations(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.change(sqlx::query(DELETE_ENDED_FORMS).bind(now.as_millis()).bind(i64::from(limit))).await?;
        self.change(sqlx::query(DELETE_ENDED).bind(now.as_millis()).bind(i64::from(limit))).await
    }
}

async fn join(
    connection: &mut Connection,
    offer: &InvitationOffer,
    invitee: Invitee,
    now: Timestamp,
) -> Result<AcceptInvitation, Error> {
    match invitee {
        Invitee::New(_) if offer.has_account => Ok(AcceptInvitation::AccountExists),
        Invitee::New(new) if new.email.key() != offer.email.key() => Ok(AcceptInvitation::OtherAddress),
        Invitee::New(new) => Ok(match users::add(connection, &offer.organization, &new, offer.role).await? {
            AddMember::Created(user) => AcceptInvitation::Accepted(user),
            AddMember::Joined(_) | AddMember::AlreadyMember(_) => AcceptInvitation::AccountExists,
        }),
        Invitee::Known(user) => {
            let row = sqlx::query(EMAIL_KEY).bind(user.as_str()).fetch_optional(&mut *connection).await?;
            let address: Option<String> = row.map(|row| row.get("email_key")).transpose()?;
            if address != Some(offer.email.key()) {
                return Ok(AcceptInvitation::OtherAddress);
            }
            let joined = users::join(connection, &offer.organization, &user, offer.role, now).await?;
            Ok(if joined { AcceptInvitation::Accepted(user) } else { AcceptInvitation::AlreadyMember })
        }
    }
}

fn invitation(row: &Row) -> Result<Invitation, Error> {
    Ok(Invitation {
        id: row.parsed("id", InvitationId::parse)?,
        email: row.parsed("email", |text| Email::parse(text).ok())?,
        role: row.parsed("role", Role::parse)?,
        invited_by: row.get("invited_by")?,
        created_at: row.time("created_at")?,
        ends_at: row.time("ends_at")?,
    })
}

fn offer(row: &Row) -> Result<InvitationOffer, Error> {
    Ok(InvitationOffer {
        organization: row.parsed("org_id", OrganizationId::parse)?,
        slug: row.parsed("slug", |text| OrganizationSlug::parse(text).ok())?,
        name: row.parsed("name", |text| Name::parse(text).ok())?,
        email: row.parsed("email", |text| Email::parse(text).ok())?,
        role: row.parsed("role", Role::parse)?,
        invited_by: row.get("invited_by")?,
        ends_at: row.time("ends_at")?,
        has_account: row.get("has_account")?,
    })
}
