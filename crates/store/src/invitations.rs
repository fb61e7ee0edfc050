//! Invitations to an organization, which one-time links open.

use async_trait::async_trait;
use domain::{
    activity::Entry,
    email::Email,
    id::{InvitationId, OrganizationId, UserId},
    name::Name,
    slug::OrganizationSlug,
    time::Timestamp,
    user::Role,
};

use crate::{Error, Hash, NewUser};

/// An invitation to be made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// To which organization.
    pub organization: OrganizationId,
    /// SHA-256 of what stands in its link's path.
    pub token_hash: Hash,
    /// Id of the form that it was sent with.
    pub form_id: String,
    /// Whether the link is mailed, by the invitation's id.
    pub mailed: bool,
}

/// How making an invitation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertInvitation {
    /// It is there.
    Inserted,
    /// This form has invited the same address before, whatever became of it; nothing changed.
    SentBefore,
    /// Somebody with this address is in the organization already.
    AlreadyMember,
}

/// An invitation that nobody has accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// Display name of who invited.
    pub invited_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Until when its link works.
    pub ends_at: Timestamp,
}

/// What a link's page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationOffer {
    /// To which organization.
    pub organization: OrganizationId,
    /// Its name in addresses.
    pub slug: OrganizationSlug,
    /// Its name.
    pub name: Name,
    /// Who is invited.
    pub email: Email,
    /// As what.
    pub role: Role,
    /// Display name of who invited.
    pub invited_by: String,
    /// Until when the link works.
    pub ends_at: Timestamp,
    /// Whether there is an account with this address, whose person must sign in to accept.
    pub has_account: bool,
}

/// Who accepts an invitation.
#[derive(Clone)]
pub enum Invitee {
    /// Somebody without an account; the address is that of the invitation.
    New(NewUser),
    /// Somebody who has signed in.
    Known(UserId),
}

/// How accepting an invitation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptInvitation {
    /// The person is a member; the link is used up.
    Accepted(UserId),
    /// The link is unknown, used or over, or its organization is disabled.
    LinkOver,
    /// There is an account with this address; its person must sign in.
    AccountExists,
    /// The invitation is for another address.
    OtherAddress,
    /// The person is in the organization already.
    AlreadyMember,
}

/// Invitations.
#[async_trait]
pub trait Invitations {
    /// Makes an invitation, and the mail that brings it; an older one for the same address stops working.
    async fn insert_invitation(&self, new: NewInvitation, entry: Entry) -> Result<InsertInvitation, Error>;

    /// Invitations of the organization that can be accepted, newest first.
    async fn invitations(&self, organization: &OrganizationId, now: Timestamp) -> Result<Vec<Invitation>, Error>;

    /// Takes an invitation back; `false` when there is none.
    async fn delete_invitation(
        &self,
        organization: &OrganizationId,
        id: &InvitationId,
        entry: Entry,
    ) -> Result<bool, Error>;

    /// What the link offers, while it works.
    async fn invitation_offer(&self, token_hash: &Hash, now: Timestamp) -> Result<Option<InvitationOffer>, Error>;

    /// Uses the link up and makes the person a member. The target id of `entry` is filled in with the account's id.
    async fn accept_invitation(
        &self,
        token_hash: &Hash,
        invitee: Invitee,
        now: Timestamp,
        entry: Entry,
    ) -> Result<AcceptInvitation, Error>;

    /// Removes up to `limit` invitations that have ended, and as many forms that made one; returns how many invitations.
    async fn delete_ended_invitations(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
