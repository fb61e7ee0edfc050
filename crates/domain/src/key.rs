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

/// Who a key belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The organization; it outlives its creator.
    Organization,
    /// A user; it stops with that user.
    User(UserId),
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
    /// What it may do.
    pub scopes: Scopes,
    /// What the token endpoint gives for it.
    pub access_token_format: AccessTokenFormat,
    /// When it stops; exclusive.
    pub expires_at: Option<Timestamp>,
    /// When and why it was suspended.
    pub suspended: Option<(Timestamp, StatusReason)>,
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
    /// When it was last used, within the lag of batched writes.
    pub last_used_at: Option<Timestamp>,
    /// Address of the last use.
    pub last_used_ip: Option<String>,
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
}
