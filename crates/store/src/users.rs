//! People, their passwords' hashes and their memberships.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{OrganizationId, UserId},
    name::Name,
    organization::Organization,
    slug::OrganizationSlug,
    time::Timestamp,
    user::{Role, UserState},
    zone::Times,
};

use crate::Error;

/// A person to be added.
#[derive(Clone)]
pub struct NewUser {
    /// Id, used when the e-mail is new.
    pub id: UserId,
    /// Address as typed; its key is unique.
    pub email: Email,
    /// Display name.
    pub name: Name,
    /// PHC string of the password; `None` for a person who cannot sign in with one yet.
    pub password_hash: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// How adding a member ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddMember {
    /// A new account and its membership.
    Created(UserId),
    /// The account was there; only the membership is new, the password is untouched.
    Joined(UserId),
    /// It was a member already; nothing changed.
    AlreadyMember(UserId),
}

/// What sign-in needs to know of an account.
#[derive(Clone)]
pub struct Account {
    /// Id.
    pub id: UserId,
    /// Display name.
    pub name: Name,
    /// Address.
    pub email: Email,
    /// Whether it may be used at all.
    pub state: UserState,
    /// PHC string of the password, if it has one.
    pub password_hash: Option<String>,
    /// Goes up whenever what the person signs in with is replaced.
    pub credentials_version: i64,
    /// Whether it is active and an active member of at least one active organization.
    pub may_sign_in: bool,
    /// Those organizations, for the activity record.
    pub organizations: Vec<OrganizationId>,
}

/// An active user's active membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The organization, in whatever state it is.
    pub organization: Organization,
    /// The person.
    pub user: UserId,
    /// Display name.
    pub name: Name,
    /// Address.
    pub email: Email,
    /// What the person may do there.
    pub role: Role,
    /// How they want times to be shown.
    pub times: Times,
}

/// People and their memberships.
#[async_trait]
pub trait Users {
    /// Adds a person to an organization, making the account when the e-mail is new. `entry` is written unless
    /// the person was a member already; its target id is filled in with the account's id.
    async fn add_member(
        &self,
        organization: &OrganizationId,
        new: NewUser,
        role: Role,
        entry: Entry,
    ) -> Result<AddMember, Error>;

    /// The account with this e-mail key, whatever its state.
    async fn account(&self, email_key: &str) -> Result<Option<Account>, Error>;

    /// Puts a new password hash in the place of `old`; `false` when it is no longer `old`.
    async fn replace_password_hash(&self, user: &UserId, old: &str, new: &str) -> Result<bool, Error>;

    /// The membership of an active user in the organization with this slug; `None` for anyone else.
    async fn member(&self, user: &UserId, organization: &OrganizationSlug) -> Result<Option<Member>, Error>;

    /// Every active membership of an active user in active organizations, by organization name.
    async fn memberships(&self, user: &UserId) -> Result<Vec<Member>, Error>;

    /// Display names of the active administrators, for pages that say whom to ask; at most ten.
    async fn administrators(&self, organization: &OrganizationId) -> Result<Vec<Name>, Error>;
}
