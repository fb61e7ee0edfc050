//! Sessions of the console.

use async_trait::async_trait;
use domain::{id::UserId, time::Timestamp};

use super::{Backend, columns::Columns};
use crate::{Error, Hash, NewSession, Renewal, SeenSession, Session, Sessions};

/// Uses within this part of the idle time, after the last one that was noted, are not noted: so much earlier a session may
/// end than it should.
const NOTED_PART: i64 = 60;

/// Whether the session `s` with the hash `$1` is live at `$2`.
macro_rules! live_session {
    () => {
        "s.id_hash = $1 AND s.ends_at > $2 AND s.idle_ends_at > $2 AND EXISTS (SELECT 1 FROM users u \
         JOIN memberships m ON m.user_id = u.id AND m.state = 'active' \
         JOIN organizations o ON o.id = m.org_id AND o.state = 'active' \
         WHERE u.id = s.user_id AND u.state = 'active' AND u.credentials_version = s.credentials_version)"
    };
}

const INSERT: &str = "INSERT INTO sessions (id_hash, user_id, data, authenticated_at, created_at, last_seen_at, \
     ends_at, idle_ends_at, address, user_agent, credentials_version) \
     VALUES ($1, $2, $3, $4, $4, $4, $5, $6, $7, $8, $9) ON CONFLICT (id_hash) DO NOTHING";

const UPDATE: &str = concat!("UPDATE sessions AS s SET data = $3 WHERE ", live_session!());

const LOAD: &str = concat!(
    "SELECT s.user_id, s.data, s.authenticated_at, s.ends_at, s.idle_ends_at, s.last_seen_at, s.renewal_due \
     FROM sessions s WHERE ",
    live_session!()
);

const NOTE_USE: &str = concat!(
    "UPDATE sessions AS s SET last_seen_at = $2, idle_ends_at = $3 WHERE s.last_seen_at < $2 AND ",
    live_session!()
);

const TOUCH: &str = concat!("UPDATE sessions AS s SET last_seen_at = $2, idle_ends_at = $3 WHERE ", live_session!());

/// One statement, so that nothing comes between the look and the change.
const RENEW: &str = concat!(
    "UPDATE sessions AS s SET id_hash = $3, renewal_due = FALSE, ends_at = COALESCE($4, ends_at), \
     authenticated_at = CASE WHEN $4 IS NULL THEN authenticated_at ELSE $2 END WHERE ",
    live_session!()
);

const OF_PERSON: &str = "SELECT s.id_hash, s.created_at, s.last_seen_at, s.address, s.user_agent FROM sessions s \
     JOIN users u ON u.id = s.user_id AND u.credentials_version = s.credentials_version \
     WHERE s.user_id = $1 AND s.ends_at > $2 AND s.idle_ends_at > $2 \
     ORDER BY s.last_seen_at DESC, s.created_at DESC LIMIT 100";

const DELETE: &str = "DELETE FROM sessions WHERE id_hash = $1";

const DELETE_ENDED: &str = "DELETE FROM sessions WHERE id_hash IN \
     (SELECT id_hash FROM sessions WHERE ends_at <= $1 OR idle_ends_at <= $1 LIMIT $2)";

#[async_trait]
impl Sessions for Backend {
    async fn insert_session(&self, new: NewSession) -> Result<bool, Error> {
        let insert = sqlx::query(INSERT)
            .bind(new.id_hash.as_slice())
            .bind(new.user.as_str())
            .bind(new.data)
            .bind(new.at.as_millis())
            .bind(new.ends_at.as_millis())
            .bind(new.idle_ends_at.as_millis())
            .bind(new.address)
            .bind(new.user_agent)
            .bind(new.credentials_version);
        Ok(self.change(insert).await? == 1)
    }

    async fn update_session(&self, id_hash: &Hash, data: &str, now: Timestamp) -> Result<bool, Error> {
        let update = sqlx::query(UPDATE).bind(id_hash.as_slice()).bind(now.as_millis()).bind(data);
        Ok(self.change(update).await? == 1)
    }

    async fn load_session(&self, id_hash: &Hash, now: Timestamp, idle_s: i64) -> Result<Option<Session>, Error> {
        let load = sqlx::query(LOAD).bind(id_hash.as_slice()).bind(now.as_millis());
        let Some(row) = load.fetch_optional(&self.readers).await? else { return Ok(None) };
        let mut idle_ends_at = row.time("idle_ends_at")?;
        if now.as_millis() - row.get::<i64>("last_seen_at")? >= idle_s * 1_000 / NOTED_PART {
            idle_ends_at = now.plus_seconds(idle_s);
            let note =
                sqlx::query(NOTE_USE).bind(id_hash.as_slice()).bind(now.as_millis()).bind(idle_ends_at.as_millis());
            self.change(note).await?;
        }
        Ok(Some(Session {
            user: row.parsed("user_id", UserId::parse)?,
            data: row.get("data")?,
            authenticated_at: row.time("authenticated_at")?,
            ends_at: row.time("ends_at")?,
            idle_ends_at,
            renewal_due: row.get("renewal_due")?,
        }))
    }

    async fn renew_session(&self, id_hash: &Hash, renewal: Renewal) -> Result<bool, Error> {
        let renew = sqlx::query(RENEW)
            .bind(id_hash.to_vec())
            .bind(renewal.at.as_millis())
            .bind(renewal.id_hash.to_vec())
            .bind(renewal.proved.map(Timestamp::as_millis));
        Ok(self.change(renew).await? == 1)
    }

    async fn touch_session(&self, id_hash: &Hash, now: Timestamp, idle_s: i64) -> Result<bool, Error> {
        let idle_ends_at = now.plus_seconds(idle_s).as_millis();
        let touch = sqlx::query(TOUCH).bind(id_hash.as_slice()).bind(now.as_millis()).bind(idle_ends_at);
        Ok(self.change(touch).await? == 1)
    }

    async fn sessions_of(&self, user: &UserId, now: Timestamp) -> Result<Vec<SeenSession>, Error> {
        let find = sqlx::query(OF_PERSON).bind(user.as_str()).bind(now.as_millis());
        let rows = find.fetch_all(&self.readers).await?;
        let seen = rows.iter().map(|row| {
            Ok(SeenSession {
                id_hash: row.hash("id_hash")?,
                created_at: row.time("created_at")?,
                last_seen_at: row.time("last_seen_at")?,
                address: row.get("address")?,
                user_agent: row.get("user_agent")?,
            })
        });
        seen.collect()
    }

    async fn delete_session(&self, id_hash: &Hash) -> Result<bool, Error> {
        Ok(self.change(sqlx::query(DELETE).bind(id_hash.as_slice())).await? == 1)
    }

    async fn delete_ended_sessions(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        self.change(sqlx::query(DELETE_ENDED).bind(now.as_millis()).bind(i64::from(limit))).await
    }
}
