//! API keys: what they are made of and which state they are in.

use crate::{
    id::{KeyId, UserId},
    name::{Description, Name},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    text_enum,
    time::Timestamp,
};

text_enum! {
    /// How a key is used.
    Kind {
        /// Its secret is exchanged for access tokens.
        Client = "client",
        /// Its secret is sent as it is.
        Token = "token",
    }
    /// What the token endpoint gives for a key.
    AccessTokenFormat {
        /// A signed JWT (RFC 9068).
        Jwt = "jwt",
        /// 40 hex characters.
        Opaque = "opaque",
    }
    /// The state a key is in.
    Status {
        /// It works.
        Active = "active",
        /// It is refused until somebody re-approves it.
        Suspended = "suspended",
        /// Its time is over.
        Expired = "expired",
        /// It is refused for good.
        Revoked = "revoked",
    }
    /// Why a key is suspended.
    StatusReason {
        /// A person suspended it.
        SuspendedByAdmin = "suspended_by_admin",
        /// Its owner may not do anything.
        OwnerDeactivated = "owner_deactivated",
        /// Its owner signed out.
        SignedOut = "signed_out",
        /// Its secret was found in public.
        Exposed = "exposed",
        /// It came back with a restored backup.
        Restored = "restored",
    }
}

text_enum! {
    /// Who a key is to belong to, in the words of whoever creates it.
    NewOwner {
        /// The organization.
        Organization = "organization",
        /// Whoever creates it.
        Me = "me",
    }
}

/// Who a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The organization; it outlives its creator.
    Organization,
    /// A user; it stops with that user.
    User(UserId),
}

/// What is known of a secret without the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// Counts the secrets of a key from 1.
    pub version: i32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it stops, where a newer one has taken its place.
    pub ends_at: Option<Timestamp>,
}

/// What people and API clients do to a key that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Change name or description.
    Edit,
    /// Refuse it until it is re-approved.
    Suspend,
    /// Let it work again.
    Reapprove,
    /// Give it a new secret.
    Rotate,
    /// End its previous secret before its time.
    EndPreviousSecret,
    /// Refuse it for good.
    Revoke,
}

/// Why a verb does not apply to a key in its present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerbRefused {
    /// It is revoked, which is final.
    KeyRevoked,
    /// Its time is over; create a new one.
    KeyExpired,
    /// A person has suspended it already.
    AlreadySuspended,
    /// It is not suspended.
    NotSuspended,
    /// It is stopped with its owner; reactivate the owner first.
    OwnerDeactivated,
    /// No previous secret is still good.
    NoPreviousSecret,
    /// Its secret was found in public; rotate it first.
    Exposed,
}

impl VerbRefused {
    /// Stable machine-readable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::KeyRevoked => "key_revoked",
            Self::KeyExpired => "key_expired",
            Self::AlreadySuspended => "already_suspended",
            Self::NotSuspended => "not_suspended",
            Self::OwnerDeactivated => "owner_deactivated",
            Self::NoPreviousSecret => "no_previous_secret",
            Self::Exposed => "exposed",
        }
    }
}

impl std::fmt::Display for VerbRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::KeyRevoked => "This key was removed, which is final.",
            Self::KeyExpired => "This key has expired. Create a new one.",
            Self::AlreadySuspended => "This key is suspended already.",
            Self::NotSuspended => "This key is not suspended.",
            Self::OwnerDeactivated => "This key is stopped with its owner. Reactivate the owner first.",
            Self::NoPreviousSecret => "No previous secret of this key still works.",
            Self::Exposed => "The secret of this key was found in public. Rotate it first.",
        })
    }
}

/// An API key without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Internal id.
    pub id: KeyId,
    /// Public identifier.
    pub client_id: ClientId,
    /// Environment it belongs to.
    pub environment: EnvironmentSlug,
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub description: Description,
    /// How it is used.
    pub kind: Kind,
    /// Who it belongs to.
    pub owner: Owner,
    /// Display name of the user it belongs to.
    pub owner_name: Option<Name>,
    /// What it may do.
    pub scopes: Scopes,
    /// What the token endpoint gives for it.
    pub access_token_format: AccessTokenFormat,
    /// When it stops; exclusive.
    pub expires_at: Option<Timestamp>,
    /// Whether it is suspended when its owner signs out by hand.
    pub suspend_on_sign_out: bool,
    /// When and why it was suspended.
    pub suspended: Option<(Timestamp, StatusReason)>,
    /// Who suspended it by hand: a person, by id; a program, by client id; or a person's program, by both, the person's first.
    pub suspended_by: Option<String>,
    /// Whether its owner may not do anything at the moment.
    pub owner_deactivated: bool,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When its secret was confirmed to have been displayed.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Display name of who made it.
    pub created_by: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Number of its changes, by which two people notice that they change the same.
    pub revision: i64,
    /// Whether it is its owner's one personal credential.
    pub personal: bool,
    /// Its present secret, and the previous one where a rotation has left it: newest first.
    pub secrets: Vec<SecretVersion>,
    /// When it was last used, within the lag of batched writes.
    pub last_used_at: Option<Timestamp>,
    /// Address of the last use.
    pub last_used_ip: Option<String>,
    /// What it was used by, as that calls itself; empty where it says nothing.
    pub last_used_agent: String,
}

impl ApiKey {
    /// The state at `now`. Revoked outranks expired, and expired outranks suspended.
    pub fn status(&self, now: Timestamp) -> Status {
        if self.revoked_at.is_some() {
            Status::Revoked
        } else if self.expires_at.is_some_and(|end| now >= end) {
            Status::Expired
        } else if self.suspended.is_some() || self.owner_deactivated {
            Status::Suspended
        } else {
            Status::Active
        }
    }

    /// Why it is suspended, where it is.
    pub fn status_reason(&self, now: Timestamp) -> Option<StatusReason> {
        if self.status(now) != Status::Suspended {
            return None;
        }
        self.suspended.map(|(_, reason)| reason).or(Some(StatusReason::OwnerDeactivated))
    }

    /// Whether `verb` applies to the key in its state at `now`.
    ///
    /// # Errors
    /// Why it does not.
    pub fn allows(&self, verb: Verb, now: Timestamp) -> Result<(), VerbRefused> {
        let status = self.status(now);
        match verb {
            _ if status == Status::Revoked => Err(VerbRefused::KeyRevoked),
            Verb::Revoke | Verb::Edit => Ok(()),
            Verb::EndPreviousSecret if self.previous_secret(now).is_none() => Err(VerbRefused::NoPreviousSecret),
            Verb::EndPreviousSecret => Ok(()),
            Verb::Suspend | Verb::Reapprove | Verb::Rotate if status == Status::Expired => Err(VerbRefused::KeyExpired),
            Verb::Rotate => Ok(()),
            Verb::Suspend if self.suspended.is_some() => Err(VerbRefused::AlreadySuspended),
            Verb::Suspend => Ok(()),
            Verb::Reapprove if self.suspended.is_none() && self.owner_deactivated => Err(VerbRefused::OwnerDeactivated),
            Verb::Reapprove if self.suspended.is_none() => Err(VerbRefused::NotSuspended),
            Verb::Reapprove if self.is_exposed() => Err(VerbRefused::Exposed),
            Verb::Reapprove => Ok(()),
        }
    }

    /// Whether its secret was found in public, and no other has taken its place.
    pub fn is_exposed(&self) -> bool {
        self.suspended.is_some_and(|(_, reason)| reason == StatusReason::Exposed)
    }

    /// Whether its present secret may go on working beside a new one.
    pub fn has_grace(&self) -> bool {
        !self.is_exposed() && !self.personal
    }

    /// Whether its owner lets it work again without an administrator: what the owner did, on purpose or by signing out.
    pub fn is_reapproved_by(&self, owner: &UserId) -> bool {
        match self.suspended {
            Some((_, StatusReason::SignedOut)) => true,
            Some((_, StatusReason::SuspendedByAdmin)) => self.hands().next() == Some(owner.as_str()),
            Some((_, StatusReason::OwnerDeactivated | StatusReason::Exposed | StatusReason::Restored)) => false,
            None => true,
        }
    }

    /// Whether an administrator, who would be written down as `by`, may suspend it although it is suspended: what suspended it
    /// could be undone by the key itself or by its owner, and whoever holds a leaked secret would only have to come first.
    pub fn is_taken_over_by(&self, by: Option<&str>) -> bool {
        self.is_held_by_its_own() && self.suspended_by.as_deref() != by
    }

    /// Whether what suspended it can be undone by the key itself or by its owner.
    pub fn is_held_by_its_own(&self) -> bool {
        self.is_suspended_by_itself()
            || matches!(&self.owner, Owner::User(owner) if self.suspended.is_some() && self.is_reapproved_by(owner))
    }

    /// Whether a program that goes by this key has suspended it, and nobody else.
    pub fn is_suspended_by_itself(&self) -> bool {
        self.suspended.is_some() && self.hands().last() == Some(self.client_id.as_str())
    }

    fn hands(&self) -> impl Iterator<Item = &str> {
        self.suspended_by.iter().flat_map(|by| by.split(' '))
    }

    /// The previous secret, while it still works.
    pub fn previous_secret(&self, now: Timestamp) -> Option<&SecretVersion> {
        self.good_secrets(now).find(|secret| secret.ends_at.is_some())
    }

    /// The secrets that work at `now`, or would if the key did: newest first. A revoked key has no previous one.
    pub fn good_secrets(&self, now: Timestamp) -> impl Iterator<Item = &SecretVersion> {
        let previous_works = move |end| self.revoked_at.is_none() && now < end;
        self.secrets.iter().filter(move |secret| secret.ends_at.is_none_or(previous_works))
    }
}
