//! The Activity Log: what happened, and the hash that chains each row to the one before.

use sha2::{Digest, Sha256};

use crate::{
    id::{EventId, OrganizationId},
    slug::EnvironmentSlug,
    text_enum,
    time::Timestamp,
};

text_enum! {
    /// What happened.
    Event {
        /// An organization was made.
        OrganizationCreated = "organization.created",
        /// Settings of an organization changed.
        OrganizationChanged = "organization.changed",
        /// An organization came back with a backup.
        OrganizationRestored = "organization.restored",
        /// An administrator changed the rules for keys.
        KeyPolicyChanged = "organization.key_policy_changed",
        /// A person became a member.
        UserCreated = "user.created",
        /// An account or a membership was deactivated.
        UserDeactivated = "user.deactivated",
        /// An account or a membership was reactivated.
        UserReactivated = "user.reactivated",
        /// A member got another role.
        RoleChanged = "user.role_changed",
        /// A link to choose a new password was made.
        ResetLinkMade = "user.reset_link_made",
        /// A person has a new password.
        PasswordChanged = "user.password_changed",
        /// A person has another name.
        NameChanged = "user.name_changed",
        /// A person signs in with another address.
        EmailChanged = "user.email_changed",
        /// A person was invited.
        InvitationCreated = "invitation.created",
        /// An invitation was taken back.
        InvitationWithdrawn = "invitation.withdrawn",
        /// An environment was made.
        EnvironmentCreated = "environment.created",
        /// An environment has a new name.
        EnvironmentRenamed = "environment.renamed",
        /// An environment was retired.
        EnvironmentRetired = "environment.retired",
        /// A person signed in.
        SignedIn = "user.signed_in",
        /// A person signed out.
        SignedOut = "user.signed_out",
        /// A key was made.
        KeyCreated = "api_key.created",
        /// Name or description of a key changed.
        KeyEdited = "api_key.edited",
        /// A key was suspended.
        KeySuspended = "api_key.suspended",
        /// A suspended key works again.
        KeyReapproved = "api_key.reapproved",
        /// A key got a new secret.
        KeyRotated = "api_key.rotated",
        /// The previous secret of a key was ended before its time.
        PreviousSecretEnded = "api_key.previous_secret_ended",
        /// A key was revoked.
        KeyRevoked = "api_key.revoked",
        /// An access token was revoked.
        TokenRevoked = "access_token.revoked",
        /// A key was used in a way that is refused; counted for a minute.
        AccessRefused = "access.refused",
        /// Somebody could not sign in to an account; counted for a minute.
        SignInRefused = "user.sign_in_refused",
        /// Rows of this log were taken out as a file.
        ActivityExported = "activity.exported",
        /// The deployment has another key that signs access tokens.
        SigningKeyRotated = "signing_key.rotated",
        /// The deployment has another master key.
        MasterKeyRotated = "master_key.rotated",
    }
    /// Why a key or a person was refused. Stands in the log only: whoever is refused is told nothing of it.
    RefusalReason {
        /// Not the secret of the key that was named.
        WrongSecret = "wrong_secret",
        /// A secret whose successor has taken its place.
        ReplacedSecret = "replaced_secret",
        /// The key is removed.
        Revoked = "revoked",
        /// The key has expired.
        Expired = "expired",
        /// The key is suspended.
        Suspended = "suspended",
        /// Its owner is deactivated.
        OwnerDeactivated = "owner_deactivated",
        /// Its organization is disabled.
        OrganizationDisabled = "organization_disabled",
        /// API keys are turned off for its organization.
        FeatureOff = "feature_off",
        /// Too many refusals before.
        Throttled = "throttled",
        /// A secret that must be exchanged was sent as it is.
        ClientSecretAsBearer = "client_secret_as_bearer",
        /// A secret that is sent as it is was to be exchanged.
        TokenSecretExchanged = "token_secret_exchanged",
        /// Not the password.
        WrongPassword = "wrong_password",
        /// The account is deactivated everywhere, or every organization of it is disabled.
        Deactivated = "deactivated",
    }
    /// What kind of actor acted.
    ActorKind {
        /// A person in the console.
        User = "user",
        /// A key through the API.
        Client = "client",
        /// Whoever runs the deployment: at the command line, or the server by itself.
        Operator = "operator",
    }
}

/// Who is told of an event by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// The owner of the key that is the target; of an organization's key those whom it chose.
    OfKey,
    /// The person who is the target.
    Person,
}

impl Event {
    /// Who is told of it by mail; `None` for nobody.
    pub fn told(self) -> Option<Told> {
        match self {
            Self::KeyCreated | Self::KeyRotated | Self::KeySuspended => Some(Told::OfKey),
            Self::PasswordChanged | Self::EmailChanged => Some(Told::Person),
            _ => None,
        }
    }
}

/// Who acted. The name is kept as it was at that time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Person, key or operator.
    pub kind: ActorKind,
    /// Id of the person or client id of the key; empty for an operator.
    pub id: String,
    /// Display name.
    pub name: String,
}

impl Actor {
    /// Whoever runs the command line.
    pub fn operator() -> Self {
        Self { kind: ActorKind::Operator, id: String::new(), name: "Command line".to_owned() }
    }

    /// What the deployment does by itself.
    pub fn server() -> Self {
        Self { name: "Server".to_owned(), ..Self::operator() }
    }
}

/// What was acted on. The name is kept as it was at that time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Client id of a key, or an id.
    pub id: String,
    /// Display name.
    pub name: String,
}

/// One thing that happened, before it has its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EventId,
    /// Where.
    pub organization: OrganizationId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: Event,
    /// Who.
    pub actor: Actor,
    /// To what.
    pub target: Target,
    /// In which environment, where one is concerned.
    pub environment: Option<EnvironmentSlug>,
    /// From which address; empty at the command line.
    pub address: String,
    /// Which request; empty at the command line.
    pub request_id: String,
    /// Typed particulars as a JSON object; never free text from outside, never a secret.
    pub details: String,
}

/// Hash of a row: SHA-256 over the hash of the row before, the place and every field, each with its
/// length in front, so that no two rows can be written alike.
pub fn chain_hash(previous: &[u8; 32], sequence: i64, entry: &Entry) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(sequence.to_be_bytes());
    hasher.update(entry.at.as_millis().to_be_bytes());
    for field in [
        entry.id.as_str(),
        entry.organization.as_str(),
        entry.event.as_str(),
        entry.actor.kind.as_str(),
        &entry.actor.id,
        &entry.actor.name,
        &entry.target.id,
        &entry.target.name,
        entry.environment.as_ref().map_or("", EnvironmentSlug::as_str),
        &entry.address,
        &entry.request_id,
        &entry.details,
    ] {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field.as_bytes());
    }
    hasher.finalize().into()
}
