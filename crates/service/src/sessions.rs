//! Sessions of the console: opened at sign-in, ended by hand, by time, or with the account.

use domain::id::UserId;
use store::NewSession;

use crate::{
    Failure, Service,
    authority::{Origin, Visitor},
    master_key::hash_of,
};

/// What a session is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Whose it is.
    pub user: UserId,
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
}

impl Service {
    /// Opens a session under the cookie value `id`; `false` when that is taken.
    pub async fn open_session(&self, id: &str, opening: Opening) -> Result<bool, Failure> {
        let now = self.now();
        let mut user_agent = opening.user_agent;
        user_agent.truncate(user_agent.floor_char_boundary(256));
        let new = NewSession {
            id_hash: hash_of(id.as_bytes()),
            user: opening.user,
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
        Ok(self.load(id).await?.map(|session| Resumed {
            visitor: Visitor::new(session.user, session.authenticated_at, origin),
            data: session.data,
        }))
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
