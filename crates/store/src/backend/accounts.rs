//! Accounts as a whole. Memberships are made under the lock of the deployment, so whoever holds that one knows every
//! organization of an account and locks them in one order.

use async_trait::async_trait;
use domain::{
    email::Email,
    id::{OrganizationId, UserId},
    key::{ApiKey, StatusReason},
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::UserState,
    zone::Times,
};

use super::{
    Backend, Connection,
    activity::Chain,
    columns::Columns,
    deployment, key_changes,
    keys::{api_key, select_keys},
    mails,
};
use crate::{
    Accounts, ChangeEmail, ChangeMember, EndSessions, EntryFor, Error, Hash, InsertReset, IssuedTokens, KeyChange,
    KeyEntryFor, PasswordReset, ResetOffer,
};

const ORGANIZATIONS: &str = "SELECT org_id FROM memberships WHERE user_id = $1 ORDER BY org_id";

const KNOWN: &str = "SELECT id FROM users WHERE id = $1";

const SET_STATE: &str = "UPDATE users SET state = $2, gen = gen + $3 WHERE id = $1 AND state <> $2";

/// Organizations whose only active administrator is the active user `$1`; a condition on `m` follows.
macro_rules! only_admin_of {
    ($condition:literal) => {
        concat!(
            "SELECT o.slug FROM memberships m JOIN organizations o ON o.id = m.org_id \
             JOIN users u ON u.id = m.user_id AND u.state = 'active' \
             WHERE m.user_id = $1 AND m.role = 'admin' AND m.state = 'active' AND NOT EXISTS \
             (SELECT 1 FROM memberships n JOIN users v ON v.id = n.user_id AND v.state = 'active' \
             WHERE n.org_id = m.org_id AND n.user_id <> m.user_id AND n.role = 'admin' AND n.state = 'active')",
            $condition,
            " ORDER BY o.slug LIMIT 1"
        )
    };
}
pub(super) use only_admin_of;

const ONLY_ADMIN_SOMEWHERE: &str = only_admin_of!("");

pub(super) const FORGET_RESETS: &str = "DELETE FROM password_resets WHERE user_id = $1";

const INSERT_RESET: &str = "INSERT INTO password_resets (token_hash, user_id, created_at, ends_at) \
     SELECT $1, id, $3, $4 FROM users WHERE id = $2 AND state = 'active'";

const RESET: &str = "SELECT u.id, u.name, u.email FROM password_resets r \
     JOIN users u ON u.id = r.user_id AND u.state = 'active' WHERE r.token_hash = $1 AND r.ends_at > $2";

const DELETE_ENDED_RESETS: &str = "DELETE FROM password_resets WHERE token_hash IN \
     (SELECT token_hash FROM password_resets WHERE ends_at <= $1 LIMIT $2)";

const SET_PASSWORD: &str =
    "UPDATE users SET password_hash = $2, credentials_version = credentials_version + 1 WHERE id = $1";

const REPLACE_PASSWORD: &str = "UPDATE users SET password_hash = $3, credentials_version = credentials_version + 1 \
     WHERE id = $1 AND password_hash = $2";

const SET_NAME: &str = "UPDATE users SET name = $2 WHERE id = $1 AND name <> $2";

const EMAIL_TAKEN: &str = "SELECT 1 FROM users WHERE email_key = $2 AND id <> $1";

const SET_EMAIL: &str = "UPDATE users SET email = $2, email_key = $3, credentials_version = credentials_version + 1 \
     WHERE id = $1 AND email <> $2";

const SET_TIMES: &str = "UPDATE users SET time_zone = $2, exact_times = $3, time_zone_proposed = $4 WHERE id = $1";

/// The session in which somebody replaced what they sign in with goes on.
const KEEP_SESSION: &str = "UPDATE sessions SET credentials_version = \
     (SELECT u.credentials_version FROM users u WHERE u.id = sessions.user_id) WHERE user_id = $1 AND id_hash = $2";

const END_ONE: &str = "DELETE FROM sessions WHERE user_id = $1 AND id_hash = $2";

const END_OTHERS: &str = "DELETE FROM sessions WHERE user_id = $1 AND id_hash <> $2";

const END_EVERY: &str = "DELETE FROM sessions WHERE user_id = $1";

const TO_SUSPEND: &str = concat!(
    select_keys!(),
    " WHERE k.org_id = $1 AND k.owner_user_id = $2 AND k.suspend_on_sign_out AND k.suspended_at IS NULL AND ",
    live!("$3"),
    " ORDER BY k.id"
);

const IS_ACTIVE_MEMBER: &str = "SELECT 1 FROM memberships WHERE org_id = $1 AND user_id = $2 AND state = 'active'";

#[async_trait]
impl Accounts for Backend {
    async fn set_account_state(
        &self,
        user: &UserId,
        state: UserState,
        mut entry_for: EntryFor,
    ) -> Result<ChangeMember, Error> {
        let user = user.clone();
        self.write(async move |mut tx| {
            let mut chains = lock(&mut tx, &user).await?;
            let generations = i64::from(state == UserState::Deactivated);
            let set = sqlx::query(SET_STATE).bind(user.as_str()).bind(state.as_str()).bind(generations);
            if set.execute(&mut *tx).await?.rows_affected() == 0 {
                let known = sqlx::query(KNOWN).bind(user.as_str()).fetch_optional(&mut *tx).await?;
                return Ok(if known.is_some() { ChangeMember::Unchanged } else { ChangeMember::NotFound });
            }
            // Also when the account comes back: a sign-in may have been under way when it was deactivated.
            end_sessions(&mut tx, &user, EndSessions::Every).await?;
            sqlx::query(FORGET_RESETS).bind(user.as_str()).execute(&mut *tx).await?;
            append(&mut tx, &mut chains, &mut entry_for).await?;
            tx.commit().await?;
            Ok(ChangeMember::Done)
        })
        .await
    }

    async fn only_administrator_in(&self, user: &UserId) -> Result<Option<OrganizationSlug>, Error> {
        let row = sqlx::query(ONLY_ADMIN_SOMEWHERE).bind(user.as_str()).fetch_optional(&self.readers).await?;
        row.map(|row| row.parsed("slug", |text| OrganizationSlug::parse(text).ok())).transpose()
    }

    async fn insert_password_reset(
        &self,
        reset: PasswordReset,
        alone_in: Option<OrganizationId>,
        mut entry_for: EntryFor,
    ) -> Result<InsertReset, Error> {
        self.write(async move |mut tx| {
            let mut chains = lock(&mut tx, &reset.user).await?;
            if alone_in.is_some_and(|alone| chains.iter().any(|chain| *chain.organization() != alone)) {
                return Ok(InsertReset::Elsewhere);
            }
            sqlx::query(FORGET_RESETS).bind(reset.user.as_str()).execute(&mut *tx).await?;
            let inserted = sqlx::query(INSERT_RESET)
                .bind(reset.token_hash.as_slice())
                .bind(reset.user.as_str())
                .bind(reset.at.as_millis())
                .bind(reset.ends_at.as_millis())
                .execute(&mut *tx)
                .await?;
            if inserted.rows_affected() == 0 {
                return Ok(InsertReset::NotActive);
            }
            if let Some(id) = &reset.mail {
                mails::bring_password_link(&mut tx, id, &reset.user, reset.at).await?;
            }
            append(&mut tx, &mut chains, &mut entry_for).await?;
            tx.commit().await?;
            Ok(InsertReset::Inserted)
        })
        .await
    }

    async fn password_reset(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<ResetOffer>, Error> {
        let find = sqlx::query(RESET).bind(token_hash.as_slice()).bind(now.as_millis());
        let row = find.fetch_optional(&self.readers).await?;
        row.map(|row| {
            Ok(ResetOffer {
                user: row.parsed("id", UserId::parse)?,
                name: row.parsed("name", |text| Name::parse(text).ok())?,
                email: row.parsed("email", |text| Email::parse(text).ok())?,
            })
        })
        .transpose()
    }

    async fn reset_password(
        &self,
        token_hash: &Hash,
        password_hash: String,
        now: Timestamp,
        mut entry_for: EntryFor,
    ) -> Result<Option<UserId>, Error> {
        let token_hash = *token_hash;
        self.write(async move |mut tx| {
            // Two who use the same link wait for each other here.
            deployment::lock(&mut tx).await?;
            let find = sqlx::query(RESET).bind(token_hash.as_slice()).bind(now.as_millis());
            let Some(row) = find.fetch_optional(&mut *tx).await? else { return Ok(None) };
            let user = row.parsed("id", UserId::parse)?;
            let mut chains = lock(&mut tx, &user).await?;
            sqlx::query(SET_PASSWORD).bind(user.as_str()).bind(password_hash).execute(&mut *tx).await?;
            sqlx::query(FORGET_RESETS).bind(user.as_str()).execute(&mut *tx).await?;
            end_sessions(&mut tx, &user, EndSessions::Every).await?;
            append(&mut tx, &mut chains, &mut entry_for).await?;
            tx.commit().await?;
            Ok(Some(user))
        })
        .await
    }

    async fn change_password(
        &self,
        user: &UserId,
        old: &str,
        new: String,
        present_session: Hash,
        mut entry_for: EntryFor,
    ) -> Result<bool, Error> {
        let (user, old) = (user.clone(), old.to_owned());
        self.write(async move |mut tx| {
            let mut chains = lock(&mut tx, &user).await?;
            let replace = sqlx::query(REPLACE_PASSWORD).bind(user.as_str()).bind(old).bind(new);
            if replace.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(FORGET_RESETS).bind(user.as_str()).execute(&mut *tx).await?;
            keep_session(&mut tx, &user, present_session).await?;
            append(&mut tx, &mut chains, &mut entry_for).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn change_name(&self, user: &UserId, name: Name, mut entry_for: EntryFor) -> Result<bool, Error> {
        let user = user.clone();
        self.write(async move |mut tx| {
            let mut chains = lock(&mut tx, &user).await?;
            let set = sqlx::query(SET_NAME).bind(user.as_str()).bind(name.as_str());
            if set.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(false);
            }
            append(&mut tx, &mut chains, &mut entry_for).await?;
            tx.commit().await?;
            Ok(true)
        })
        .await
    }

    async fn change_email(
        &self,
        user: &UserId,
        email: Email,
        present_session: Hash,
        mut entry_for: EntryFor,
    ) -> Result<ChangeEmail, Error> {
        let user = user.clone();
        self.write(async move |mut tx| {
            // Accounts are made under the same lock, so nobody takes the address meanwhile.
            let mut chains = lock(&mut tx, &user).await?;
            let key = email.key();
            let taken = sqlx::query(EMAIL_TAKEN).bind(user.as_str()).bind(&key);
            if taken.fetch_optional(&mut *tx).await?.is_some() {
                return Ok(ChangeEmail::Taken);
            }
            // First: whoever still reads mail at the former address is told there.
            append(&mut tx, &mut chains, &mut entry_for).await?;
            let set = sqlx::query(SET_EMAIL).bind(user.as_str()).bind(email.as_str()).bind(&key);
            if set.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(ChangeEmail::Unchanged);
            }
            sqlx::query(FORGET_RESETS).bind(user.as_str()).execute(&mut *tx).await?;
            keep_session(&mut tx, &user, present_session).await?;
            tx.commit().await?;
            Ok(ChangeEmail::Done)
        })
        .await
    }

    async fn set_times(&self, user: &UserId, times: Times) -> Result<(), Error> {
        let set = sqlx::query(SET_TIMES)
            .bind(user.to_string())
            .bind(times.zone.as_ref().map(|zone| zone.as_str().to_owned()))
            .bind(times.exact)
            .bind(times.zone_proposed);
        self.change(set).await?;
        Ok(())
    }

    async fn sign_out(
        &self,
        user: &UserId,
        sessions: EndSessions,
        at: Timestamp,
        mut signed_out: EntryFor,
        mut suspended: KeyEntryFor,
    ) -> Result<(), Error> {
        let user = user.clone();
        self.write(async move |mut tx| {
            let mut chains = lock(&mut tx, &user).await?;
            end_sessions(&mut tx, &user, sessions).await?;
            for chain in &mut chains {
                let organization = chain.organization().clone();
                let member = sqlx::query(IS_ACTIVE_MEMBER).bind(organization.as_str()).bind(user.as_str());
                if member.fetch_optional(&mut *tx).await?.is_some() {
                    chain.append(&mut tx, &signed_out(&organization)).await?;
                }
                for key in keys_to_suspend(&mut tx, &organization, &user, at).await? {
                    let change = KeyChange::Suspend {
                        reason: StatusReason::SignedOut,
                        by: None,
                        takes_over: false,
                        issued_tokens: IssuedTokens::RunOut,
                    };
                    key_changes::apply(&mut tx, &organization, &key, &change, at).await?;
                    chain.append(&mut tx, &suspended(&organization, &key)).await?;
                }
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn delete_ended_password_resets(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.change(sqlx::query(DELETE_ENDED_RESETS).bind(now.as_millis()).bind(i64::from(limit))).await
    }
}

/// Locks the deployment, then every organization of the account.
async fn lock(connection: &mut Connection, user: &UserId) -> Result<Vec<Chain>, Error> {
    deployment::lock(connection).await?;
    let rows = sqlx::query(ORGANIZATIONS).bind(user.as_str()).fetch_all(&mut *connection).await?;
    let mut chains = Vec::new();
    for row in rows {
        let organization = row.parsed("org_id", OrganizationId::parse)?;
        chains.extend(Chain::lock(connection, &organization).await?);
    }
    Ok(chains)
}

async fn append(connection: &mut Connection, chains: &mut [Chain], entry_for: &mut EntryFor) -> Result<(), Error> {
    for chain in chains {
        let entry = entry_for(chain.organization());
        chain.append(connection, &entry).await?;
    }
    Ok(())
}

/// Ends every session of a person but the one in which they replaced what they sign in with.
async fn keep_session(connection: &mut Connection, user: &UserId, present: Hash) -> Result<(), Error> {
    let keep = sqlx::query(KEEP_SESSION).bind(user.as_str()).bind(present.to_vec());
    keep.execute(&mut *connection).await?;
    end_sessions(connection, user, EndSessions::Others(present)).await
}

/// Ends sessions of a person.
pub(super) async fn end_sessions(
    connection: &mut Connection,
    user: &UserId,
    sessions: EndSessions,
) -> Result<(), Error> {
    let end = match sessions {
        EndSessions::One(id_hash) => sqlx::query(END_ONE).bind(user.as_str()).bind(id_hash.to_vec()),
        EndSessions::Others(id_hash) => sqlx::query(END_OTHERS).bind(user.as_str()).bind(id_hash.to_vec()),
        EndSessions::Every => sqlx::query(END_EVERY).bind(user.as_str()),
    };
    end.execute(connection).await?;
    Ok(())
}

async fn keys_to_suspend(
    connection: &mut Connection,
    organization: &OrganizationId,
    user: &UserId,
    at: Timestamp,
) -> Result<Vec<ApiKey>, Error> {
    let keys = sqlx::query(TO_SUSPEND).bind(organization.as_str()).bind(user.as_str()).bind(at.as_millis());
    keys.fetch_all(connection).await?.iter().map(api_key).collect()
}
