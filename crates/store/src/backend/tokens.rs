//! Access tokens that need the database.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{KeyId, OrganizationId, UserId},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

use sqlx::QueryBuilder;

use super::{
    Backend, Db, READ_VERSION, Row,
    activity::Chain,
    columns::Columns,
    remember::LookUp,
    together::{list, rows},
};
use crate::{Error, Hash, LiveTokens, OpaqueToken, RevokedToken, TokenState, Tokens, clients::minute};

/// What decides about the token `t.jti` of the key `k`, as [`token_state`] reads it.
macro_rules! state_columns {
    ($jti:literal) => {
        concat!(
            "k.id AS key_id, k.expires_at AS key_expires_at, \
             (k.suspended_at IS NULL AND k.revoked_at IS NULL) AS key_in_use, o.gen + k.gen + COALESCE(u.gen, 0) AS generation_now, \
             EXISTS (SELECT 1 FROM revoked_tokens r WHERE r.org_id = k.org_id AND r.jti = ",
            $jti,
            ") AS revoked, (o.state = 'active' AND o.api_keys AND ",
            owner_active!(),
            ") AS may_act"
        )
    };
}

const INSERT_OPAQUE: &str = "INSERT INTO opaque_tokens (token_hash, org_id, key_id, owner_user_id, scopes, jti, \
     audience, issued_at, expires_at, gen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// The token alone says whose it is, like a secret. `SELECT` goes before, and a list of hashes follows.
const OPAQUE_TOKENS: &str = concat!(
    "t.token_hash, t.org_id, t.owner_user_id, t.scopes, t.jti, t.audience, t.issued_at, t.expires_at, t.gen, \
     k.client_id, k.environment, ",
    state_columns!("t.jti"),
    " FROM opaque_tokens t JOIN api_keys k ON k.org_id = t.org_id AND k.id = t.key_id \
     JOIN organizations o ON o.id = t.org_id ",
    join_owner!(),
    " WHERE t.token_hash IN "
);

/// The states of the tokens in `asked`, whose rows and `SELECT` go before.
const STATES: &str = concat!(
    "t.org_id, t.client_id, t.jti, ",
    state_columns!("t.jti"),
    " FROM asked t JOIN api_keys k ON k.org_id = t.org_id AND k.client_id = t.client_id \
     JOIN organizations o ON o.id = k.org_id ",
    join_owner!()
);

const REVOKE: &str = "INSERT INTO revoked_tokens (org_id, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

/// Takes one away from those that are counted; the batch that counts it may come later.
const UNCOUNT: &str = "INSERT INTO live_tokens (org_id, key_id, gen, minute, count, last_ends_at) \
     VALUES ($1, $2, $3, $4, -1, $5) \
     ON CONFLICT (org_id, key_id, gen, minute) DO UPDATE SET count = live_tokens.count - 1";

/// A list of keys and the end of the statement follow.
const LIVE: &str = concat!(
    "SELECT CAST(COALESCE(SUM(t.count), 0) AS BIGINT) AS live, MAX(t.last_ends_at) AS last_ends_at FROM live_tokens t \
     JOIN api_keys k ON k.org_id = t.org_id AND k.id = t.key_id JOIN organizations o ON o.id = t.org_id ",
    join_owner!(),
    " WHERE t.count > 0 AND t.gen = o.gen + k.gen + COALESCE(u.gen, 0)"
);

const DELETE_COUNTS: &str = "DELETE FROM live_tokens WHERE (org_id, key_id, gen, minute) IN \
     (SELECT org_id, key_id, gen, minute FROM live_tokens WHERE minute < $1 ORDER BY minute LIMIT $2)";

const DELETE_OPAQUE: &str = "DELETE FROM opaque_tokens WHERE token_hash IN \
     (SELECT token_hash FROM opaque_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";

const DELETE_REVOKED: &str = "DELETE FROM revoked_tokens WHERE (org_id, jti) IN \
     (SELECT org_id, jti FROM revoked_tokens WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";

/// The token `jti` of a client.
pub(super) type TokenOf = (OrganizationId, ClientId, String);

/// The state of a token.
pub(super) const STATE: LookUp<TokenOf, TokenState> = LookUp {
    statement: |places| {
        format!("WITH asked (org_id, client_id, jti) AS (VALUES {}) SELECT {READ_VERSION}{STATES}", rows(3, places))
    },
    bind: |query, (organization, client_id, jti)| {
        query.bind(organization.as_str()).bind(client_id.as_str()).bind(jti.as_str())
    },
    read: |row| Ok((token_of(row)?, token_state(row)?)),
};

/// An opaque token and its state.
pub(super) const OPAQUE: LookUp<Hash, (OpaqueToken, TokenState)> = LookUp {
    statement: |places| format!("SELECT {READ_VERSION}{OPAQUE_TOKENS} ({})", list(1, places)),
    bind: |query, hash| query.bind(hash.as_slice()),
    read: |row| {
        let hash = row.hash("token_hash")?;
        Ok((hash, (opaque_token(hash, row)?, token_state(row)?)))
    },
};

#[async_trait]
impl Tokens for Backend {
    async fn insert_opaque_token(&self, token: OpaqueToken) -> Result<(), Error> {
        let insert = sqlx::query(INSERT_OPAQUE)
            .bind(token.token_hash.to_vec())
            .bind(token.organization.to_string())
            .bind(token.key.to_string())
            .bind(token.owner.map(|owner| owner.to_string()))
            .bind(token.scopes.to_string())
            .bind(token.jti)
            .bind(token.audience)
            .bind(token.issued_at)
            .bind(token.expires_at)
            .bind(token.generation);
        self.change(insert).await?;
        Ok(())
    }

    async fn opaque_token(&self, token_hash: &Hash) -> Result<Option<(OpaqueToken, TokenState)>, Error> {
        self.opaque_tokens.find(*token_hash).await
    }

    async fn token_state(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        jti: &str,
    ) -> Result<Option<TokenState>, Error> {
        self.token_states.find((organization.clone(), client_id.clone(), jti.to_owned())).await
    }

    async fn live_tokens(
        &self,
        organization: &OrganizationId,
        keys: &[KeyId],
        now: Timestamp,
    ) -> Result<LiveTokens, Error> {
        if keys.is_empty() {
            return Ok(LiveTokens::default());
        }
        let mut counting = QueryBuilder::<Db>::new(LIVE);
        counting.push(" AND t.org_id = ").push_bind(organization.as_str());
        counting.push(" AND t.last_ends_at > ").push_bind(now.as_millis()).push(" AND t.key_id IN (");
        let mut list = counting.separated(", ");
        for key in keys {
            list.push_bind(key.as_str());
        }
        list.push_unseparated(")");
        let row = counting.build().persistent(false).fetch_one(&self.readers).await?;
        let live: i64 = row.get("live")?;
        Ok(LiveTokens { count: live.unsigned_abs(), last_ends_at: row.time_if_any("last_ends_at")? })
    }

    async fn revoke_token(&self, token: RevokedToken, entry: Entry) -> Result<(), Error> {
        self.write(async move |mut tx| {
            let Some(mut chain) = Chain::lock(&mut tx, &token.organization).await? else { return Ok(()) };
            let revoked = sqlx::query(REVOKE)
                .bind(token.organization.as_str())
                .bind(&token.jti)
                .bind(token.expires_at.as_millis())
                .execute(&mut *tx)
                .await?;
            if revoked.rows_affected() == 1 {
                sqlx::query(UNCOUNT)
                    .bind(token.organization.as_str())
                    .bind(token.key.as_str())
                    .bind(token.generation)
                    .bind(minute(token.expires_at))
                    .bind(token.expires_at.as_millis())
                    .execute(&mut *tx)
                    .await?;
                chain.append(&mut tx, &entry).await?;
            }
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn delete_ended_tokens(&self, now: Timestamp, limit: u32) -> Result<u64, Error> {
        let opaque = sqlx::query(DELETE_OPAQUE).bind(now.as_seconds()).bind(i64::from(limit));
        let revoked = sqlx::query(DELETE_REVOKED).bind(now.as_millis()).bind(i64::from(limit));
        let counts = sqlx::query(DELETE_COUNTS).bind(minute(now)).bind(i64::from(limit));
        Ok(self.change(opaque).await? + self.change(revoked).await? + self.change(counts).await?)
    }
}

fn opaque_token(token_hash: Hash, row: &Row) -> Result<OpaqueToken, Error> {
    Ok(OpaqueToken {
        token_hash,
        organization: row.parsed("org_id", OrganizationId::parse)?,
        key: row.parsed("key_id", KeyId::parse)?,
        client_id: row.parsed("client_id", ClientId::parse)?,
        environment: row.parsed("environment", |text| EnvironmentSlug::parse(text).ok())?,
        owner: row.parsed_if_any("owner_user_id", UserId::parse)?,
        scopes: row.parsed("scopes", |text| Scopes::parse(text).ok())?,
        jti: row.get("jti")?,
        audience: row.get("audience")?,
        issued_at: row.get("issued_at")?,
        expires_at: row.get("expires_at")?,
        generation: row.get("gen")?,
    })
}

fn token_of(row: &Row) -> Result<TokenOf, Error> {
    let organization = row.parsed("org_id", OrganizationId::parse)?;
    Ok((organization, row.parsed("client_id", ClientId::parse)?, row.get("jti")?))
}

fn token_state(row: &Row) -> Result<TokenState, Error> {
    Ok(TokenState {
        key: row.parsed("key_id", KeyId::parse)?,
        key_expires_at: row.time_if_any("key_expires_at")?,
        key_in_use: row.get("key_in_use")?,
        generation: row.get("generation_now")?,
        revoked: row.get("revoked")?,
        may_act: row.get("may_act")?,
    })
}
