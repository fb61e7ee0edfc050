//! Accounts as a whole, which span organizations: their state, their password, and the end of their sessions.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{OrganizationId, UserId},
    key::ApiKey,
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::UserState,
    zone::Times,
};

use crate::{Error, Hash};

/// Makes the activity row of each organization that a change of an account concerns.
pub type EntryFor = Box<dyn FnMut(&OrganizationId) -> Entry + Send>;

/// Makes the activity row of each key that a change of an account concerns.
pub type KeyEntryFor = Box<dyn FnMut(&OrganizationId, &ApiKey) -> Entry + Send>;

/// How changing an account or a membership ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeMember {
    /// It is changed.
    Done,
    /// It was so already.
    Unchanged,
    /// This organization would be left without an active administrator.
    LastAdmin(OrganizationSlug),
    /// There is no such account or membership.
    NotFound,
}

/// A one-time link to choose a new password.
#[derive(Clone, Debug)]
pub struct PasswordReset {
    /// SHA-256 of what stands in its path.
    pub token_hash: Hash,
    /// Whose password.
    pub user: UserId,
    /// Now.
    pub at: Timestamp,
    /// Until when it works.
    pub ends_at: Timestamp,
    /// The mail that brings it, by the id that it follows from.
    pub mail: Option<String>,
}

/// How making a link to choose a new password ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertReset {
    /// It is there.
    Inserted,
    /// The account is not active, or there is none.
    NotActive,
    /// The account belongs to another organization too.
    Elsewhere,
}

/// Whose password a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetOffer {
    /// Whose.
    pub user: UserId,
    /// Display name.
    pub name: Name,
    /// Address.
    pub email: Email,
}

/// How giving an account another address ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEmail {
    /// It is changed.
    Done,
    /// It was so already.
    Unchanged,
    /// Another account has it.
    Taken,
}

/// Which sessions of a person are ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndSessions {
    /// The one with this hash of its id.
    One(Hash),
    /// All of them.
    Every,
    /// All but the one with this hash of its id.
    Others(Hash),
}

/// Accounts as a whole. Each change writes a row to every organization it concerns, in the same transaction.
#[async_trait]
pub trait Accounts {
    /// Deactivates or reactivates an account, also that of an organization's last administrator: whoever runs the
    /// deployment must be able to stop anybody. Deactivating raises its generation, so that access tokens of its keys
    /// stay dead, and ends its sessions and links.
    async fn set_account_state(
        &self,
        user: &UserId,
        state: UserState,
        entry_for: EntryFor,
    ) -> Result<ChangeMember, Error>;

    /// The first organization, by slug, that has no other active administrator than this active user.
    async fn only_administrator_in(&self, user: &UserId) -> Result<Option<OrganizationSlug>, Error>;

    /// Stores a link to choose a new password; an older one of the same account stops working. With `alone_in`, only
    /// for an account that has never been a member of another organization.
    async fn insert_password_reset(
        &self,
        reset: PasswordReset,
        alone_in: Option<OrganizationId>,
        entry_for: EntryFor,
    ) -> Result<InsertReset, Error>;

    /// Whose password the link is for, while it works and the account is active.
    async fn password_reset(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<ResetOffer>, Error>;

    /// Uses the link up, sets the password and ends every session, those that are being opened with the old one among them;
    /// `None` when the link does not work any more.
    async fn reset_password(
        &self,
        token_hash: &Hash,
        password_hash: String,
        now: Timestamp,
        entry_for: EntryFor,
    ) -> Result<Option<UserId>, Error>;

    /// Puts a new password in the place of `old` and ends the other sessions, those that are being opened with `old` among
    /// them; `false` when it is no longer `old`.
    async fn change_password(
        &self,
        user: &UserId,
        old: &str,
        new: String,
        present_session: Hash,
        entry_for: EntryFor,
    ) -> Result<bool, Error>;

    /// Gives a person another name; `false` when it was theirs already.
    async fn change_name(&self, user: &UserId, name: Name, entry_for: EntryFor) -> Result<bool, Error>;

    /// Gives an account another address to sign in with, and ends the other sessions, those that are being opened with the
    /// old one among them; a link to choose a new password stops working.
    async fn change_email(
        &self,
        user: &UserId,
        email: Email,
        present_session: Hash,
        entry_for: EntryFor,
    ) -> Result<ChangeEmail, Error>;

    /// Keeps how a person wants times to be shown.
    async fn set_times(&self, user: &UserId, times: Times) -> Result<(), Error>;

    /// Ends sessions by hand, and suspends those keys of the person that are to be suspended with them. Organizations
    /// where the person is an active member get a row of `signed_out`.
    async fn sign_out(
        &self,
        user: &UserId,
        sessions: EndSessions,
        at: Timestamp,
        signed_out: EntryFor,
        suspended: KeyEntryFor,
    ) -> Result<(), Error>;

    /// Removes up to `limit` links to choose a password that have ended; returns how many.
    async fn delete_ended_password_resets(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
