//! Storage: SQL and nothing else. One body of SQL serves SQLite and PostgreSQL.
//!
//! Each trait here is one area; [`Store`] is all of them. A method that changes something does so in one
//! transaction, writes its activity row in the same one, and finishes even when the caller goes away.

#![expect(clippy::duplicate_mod, reason = "`backend` is mounted once per database, see its documentation")]

mod accounts;
mod activity;
mod backups;
mod clients;
mod coalesce;
mod deletions;
mod deployment;
mod environments;
mod error;
mod invitations;
mod keys;
mod links;
mod mails;
mod memberships;
mod organizations;
mod retention;
mod sessions;
mod signing_keys;
mod steady;
mod tokens;
mod users;

mod connect;
mod postgres;
mod sqlite;

#[cfg(feature = "testing")]
pub mod testing;

pub use accounts::{
    Accounts, ChangeEmail, ChangeMember, EndSessions, EntryFor, InsertReset, KeyEntryFor, PasswordReset, ResetOffer,
};
pub use activity::{Activity, ActivityQuery, ChainedEntry, Party};
pub use backups::{Backups, FinishRestore, Restored, RestoredEntryFor};
pub use clients::{Client, ClientIdentity, Clients, TokensIssued, Use};
pub use connect::{Options, connect};
pub use deletions::{DeleteOrganization, Deletions, SignTombstone, Tombstone};
pub use deployment::{Deployment, MasterKeyClaim, ReplaceMasterKey, Rewrap};
pub use environments::{CreateEnvironment, Environments, RetireEnvironment};
pub use error::Error;
pub use invitations::{
    AcceptInvitation, InsertInvitation, Invitation, InvitationOffer, Invitations, Invitee, NewInvitation,
};
pub use keys::{
    ChangeKey, Direction, Earlier, Edge, Idempotency, InsertKey, IssuedTokens, KeyChange, KeyFilter, KeyPage, KeyQuery,
    Keys, NewKey, Place, SortBy, SortValue,
};
pub use links::{Link, LinkPurpose, Links, SetUp};
pub use mails::{About, Mail, Mails, PasswordForgotten};
pub use memberships::{Membership, Memberships, Traces};
pub use organizations::{
    ChangeOrganization, CreateOrganization, NewOrganization, OrganizationChange, Organizations, RulesAsked,
    SettingsEntryFor, Survey,
};
pub use retention::{Checkpoint, Retention};
pub use sessions::{NewSession, Renewal, SeenSession, Session, Sessions};
pub use signing_keys::{SigningKey, SigningKeys};
pub use sqlite::copy as copy_sqlite;
pub use tokens::{LiveTokens, OpaqueToken, RevokedToken, TokenState, Tokens};
pub use users::{Account, AddMember, Member, NewUser, Users};

/// SHA-256 or HMAC-SHA-256 of something that is not stored itself.
pub type Hash = [u8; 32];

/// The whole database.
#[async_trait::async_trait]
pub trait Store:
    Accounts
    + Activity
    + Backups
    + Clients
    + Deletions
    + Deployment
    + Environments
    + Invitations
    + Keys
    + Links
    + Mails
    + Memberships
    + Organizations
    + Retention
    + Sessions
    + SigningKeys
    + Tokens
    + Users
    + Send
    + Sync
{
    /// Brings the schema up to this version; several processes may call it at once.
    ///
    /// # Errors
    /// [`Error::Schema`] when the database is newer than this program, a migration was altered, or a restore was cut off.
    async fn migrate(&self) -> Result<(), Error>;

    /// Asks the database for an answer.
    ///
    /// # Errors
    /// When there is none.
    async fn ping(&self) -> Result<(), Error>;

    /// Flushes and closes every connection.
    async fn close(&self);
}
