//! Mail that waits to be sent. Other areas write it, each in the transaction of what it tells of.

use async_trait::async_trait;
use domain::{email::Email, id::OrganizationId, name::Name, secret::ClientId, time::Timestamp};

use crate::Error;

/// A mail that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// What it tells of and whom, so that nobody is told twice; a link follows from it.
    pub id: String,
    /// To which address.
    pub to: Email,
    /// Display name of the person, where there is one.
    pub name: Option<Name>,
    /// What it tells of.
    pub about: About,
    /// How often it was tried before.
    pub attempts: u32,
    /// When what it tells of happened.
    pub created_at: Timestamp,
}

/// What a mail tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A row of the Activity Log.
    Event {
        /// Whose log.
        organization: OrganizationId,
        /// Which row.
        sequence: i64,
    },
    /// The end of a key.
    Expiry {
        /// Whose key.
        organization: OrganizationId,
        /// Which key.
        client_id: ClientId,
        /// How many days before.
        days: u32,
    },
    /// An invitation.
    Invitation,
    /// A link to choose a new password, made by an administrator.
    PasswordLink,
    /// Somebody says at the sign-in page to be the person of this address, known or not.
    PasswordForgotten {
        /// From which network address.
        address: String,
        /// In which request.
        request_id: String,
    },
}

/// Somebody asks at the sign-in page for a link to choose a new password.
#[derive(Clone, Debug)]
pub struct PasswordForgotten {
    /// Id of the mail.
    pub id: String,
    /// The address as typed.
    pub email: Email,
    /// From which network address.
    pub address: String,
    /// In which request.
    pub request_id: String,
    /// Now.
    pub at: Timestamp,
}

/// Mail that waits to be sent.
#[async_trait]
pub trait Mails {
    /// Takes up to `limit` mails that are due, the oldest first, for this process until `until`: unless it says more of
    /// them by then, they are due again.
    async fn claim_mails(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Mail>, Error>;

    /// Removes a mail that is sent or given up; `false` when there is none.
    async fn delete_mail(&self, id: &str) -> Result<bool, Error>;

    /// Tries a mail again at `at`; `false` when there is none.
    async fn postpone_mail(&self, id: &str, at: Timestamp) -> Result<bool, Error>;

    /// Gives a mail back that was taken and not tried, to be due at `at`; `false` when there is none.
    async fn release_mail(&self, id: &str, at: Timestamp) -> Result<bool, Error>;

    /// Writes down that somebody asks for a new password. It takes the same work whether the address is known or not.
    async fn insert_password_forgotten(&self, forgotten: PasswordForgotten) -> Result<(), Error>;

    /// Writes the mails that remind of up to `limit` keys that end within `days` days but not within `next` days. A key
    /// that got its present secret later than that is left out: whoever made it knows. Each end of a key is reminded of
    /// once for each number of days, however many processes ask. Returns of how many keys it was.
    async fn remind_of_expiry(&self, days: u32, next: u32, now: Timestamp, limit: u32) -> Result<u32, Error>;

    /// Forgets up to `limit` reminders of keys that have ended; returns how many.
    async fn delete_ended_reminders(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
