//! Sessions of the console: opened at sign-in, ended by hand, by time, or with the account.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{id::UserId, time::Timestamp};
use store::{Account, EndSessions, Hash, NewSession, Renewal};

use crate::{
    Failure, Service,
    authority::{Origin, Visitor},
    master_key::hash_of,
};

/// Somebody who has just proved who they are. What they proved it with may be replaced at any moment; a session that is
/// opened afterwards is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Who.
    pub user: UserId,
    /// Version of what they proved it with.
    pub credentials_version: i64,
}

impl Proven {
    pub(crate) fn by_password(account: &Account) -> Self {
        Self { user: account.id.clone(), credentials_version: account.credentials_version }
    }
}

/// Why a session gets another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalCause {
    /// Its person has just proved who they are: it lasts as long as a new one.
    Proved,
    /// Its person may do more or less than before.
    Due,
}

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Whose it is.
    pub person: Proven,
    /// What it carries, as JSON.
    pub data: String,
    /// Address it is opened from.
    pub address: String,
    /// User agent it is opened with.
    pub user_agent: String,
}

/// A live session as its request sees it.
pub struct Resumed {
    /// Whose it is.
    pub visitor: Visitor,
    /// What the session carries, as JSON.
    pub data: String,
    /// Seconds until it ends unless it is used.
    pub idle_s: i64,
    /// Seconds until it ends however much it is used.
    pub limit_s: i64,
    /// Whether it is to get another id before anything is answered.
    pub renewal_due: bool,
}

/// A live session as its person sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Names it where it is ended; works as no cookie.
    pub id: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Address it was opened from.
    pub address: String,
    /// User agent it was opened with.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub is_present: bool,
}

impl Service {
    /// Opens a session under the cookie value `id`; `false` when that is taken.
    pub async fn open_session(&self, id: &str, opening: Opening) -> Result<bool, Failure> {
        let now = self.now();
        let mut user_agent = opening.user_agent;
        user_agent.truncate(user_agent.floor_char_boundary(256));
        let new = NewSession {
            id_hash: hash_of(id.as_bytes()),
            user: opening.person.user,
            credentials_version: opening.person.credentials_version,
            data: opening.data,
            at: now,
            ends_at: now.plus_seconds(self.settings.session_absolute_s),
            idle_ends_at: now.plus_seconds(self.settings.session_idle_s),
            address: opening.address,
            user_agent,
        };
        Ok(self.store.insert_session(new).await?)
    }

    /// Changes what a live session carries; `false` when it is not live.
    pub async fn save_session(&self, id: &str, data: &str) -> Result<bool, Failure> {
        Ok(self.store.update_session(&hash_of(id.as_bytes()), data, self.now()).await?)
    }

    /// What a live session carries, as JSON.
    pub async fn session_data(&self, id: &str) -> Result<Option<String>, Failure> {
        Ok(self.load(id).await?.map(|session| session.data))
    }

    /// The person behind a live session.
    pub async fn resume_session(&self, id: &str, origin: Origin) -> Result<Option<Resumed>, Failure> {
        let now = self.now();
        Ok(self.load(id).await?.map(|session| Resumed {
            idle_s: now.seconds_until(session.idle_ends_at.min(session.ends_at)),
            limit_s: now.seconds_until(session.ends_at),
            renewal_due: session.renewal_due,
            visitor: Visitor::new(session.user, session.authenticated_at, origin),
            data: session.data,
        }))
    }

    /// Gives the live session with the cookie value `id` the value `new`; `false` when it has ended.
    pub async fn renew_session(&self, id: &str, new: &str, cause: RenewalCause) -> Result<bool, Failure> {
        let at = self.now();
        let proved = match cause {
            RenewalCause::Proved => Some(at.plus_seconds(self.settings.session_absolute_s)),
            RenewalCause::Due => None,
        };
        let renewal = Renewal { id_hash: hash_of(new.as_bytes()), at, proved };
        Ok(self.store.renew_session(&hash_of(id.as_bytes()), renewal).await?)
    }

    /// Prolongs a live session by hand; gives the seconds until it ends, `None` when it has ended.
    pub async fn prolong_session(&self, id: &str) -> Result<Option<i64>, Failure> {
        let now = self.now();
        if !self.store.touch_session(&hash_of(id.as_bytes()), now, self.settings.session_idle_s).await? {
            return Ok(None);
        }
        let session = self.load(id).await?;
        Ok(session.map(|session| now.seconds_until(session.idle_ends_at.min(session.ends_at))))
    }

    /// The live sessions of a person whose present one has this cookie, the last used first.
    pub async fn own_sessions(&self, visitor: &Visitor, cookie: &str) -> Result<Vec<OwnSession>, Failure> {
        let present = hash_of(cookie.as_bytes());
        let sessions = self.store.sessions_of(visitor.user(), self.now()).await?;
        let own = sessions.into_iter().map(|session| OwnSession {
            id: URL_SAFE_NO_PAD.encode(session.id_hash),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            address: session.address,
            user_agent: session.user_agent,
            is_present: session.id_hash == present,
        });
        Ok(own.collect())
    }

    /// Ends a session of the person by hand, as that is called among [`Service::own_sessions`]; `false` when it is none.
    pub async fn end_own_session(&self, visitor: &Visitor, id: &str) -> Result<bool, Failure> {
        let hash = URL_SAFE_NO_PAD.decode(id).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        let own = self.store.sessions_of(visitor.user(), self.now()).await?;
        let Some(hash) = hash.filter(|hash| own.iter().any(|session| session.id_hash == *hash)) else {
            return Ok(false);
        };
        self.end_by_hand(visitor, EndSessions::One(hash)).await?;
        Ok(true)
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Result<(), Failure> {
        self.store.delete_session(&hash_of(id.as_bytes())).await?;
        Ok(())
    }

    async fn load(&self, id: &str) -> Result<Option<store::Session>, Failure> {
        let idle_s = self.settings.session_idle_s;
        Ok(self.store.load_session(&hash_of(id.as_bytes()), self.now(), idle_s).await?)
    }
}
