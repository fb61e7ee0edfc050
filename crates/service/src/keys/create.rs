//! Creating a key: what is asked for, who may, and why not.

use domain::{
    activity::{ActorKind, Event, Target},
    field::FieldError,
    id::KeyId,
    key::{AccessTokenFormat, ApiKey, Kind, NewOwner, Owner},
    name::{Description, Name},
    new_key::NewKey,
    scope::Scopes,
    secret::{ClientId, Secret},
    slug::EnvironmentSlug,
    time::Timestamp,
};
use serde_json::json;
use store::{Earlier, Hash, Idempotency, InsertKey};

use super::{IssuedKey, Once, admission::Admitted};
use crate::{
    Failure, Service,
    authority::{Issuer, KeyMaker, KeyManager, Reach},
    master_key::{MasterKey, hash_of},
};

/// How creating a key ended.
pub enum Created {
    /// A new key.
    Issued(Box<IssuedKey>),
    /// The same form was sent before; its secret was shown then.
    Replayed(Box<ApiKey>),
}

/// Why no key was created.
#[derive(Debug)]
pub enum CreateRefused {
    /// A live key of the environment has this name.
    NameTaken,
    /// The environment holds as many live keys as it may.
    EnvironmentFull {
        /// How many that is.
        limit: u32,
    },
    /// The owner owns as many live keys as they may.
    OwnerFull {
        /// How many that is.
        limit: u32,
    },
    /// There is no such environment.
    NoEnvironment,
    /// The form was sent before with other contents.
    IdempotencyReused,
    /// Only its owner creates a key of a user, and only who manages the organization's keys one of the organization.
    NotOwner,
    /// The owner is no active member.
    OwnerInactive,
    /// The organization does not let somebody with the owner's role own keys.
    SelfServiceOff,
    /// Only keys of kind `token` that a user owns are suspended at sign-out.
    NeverSignedOut,
    /// The organization's policy is against it.
    Invalid(Vec<FieldError>),
    /// A program would give the key more than it has itself.
    Beyond(Vec<FieldError>),
}

impl CreateRefused {
    /// The refusal as an error of the create form; `None` where there is nothing to mend.
    pub fn as_field_error(&self, environment: &Name, name: &Name) -> Option<FieldError> {
        let (param, code, message) = match self {
            Self::NameTaken => {
                ("name", "name_taken", format!("{environment} already has a key called “{name}”. Choose another name."))
            }
            Self::EnvironmentFull { limit } => (
                "name",
                "limit_reached",
                format!(
                    "{limit} of {limit} keys used in {environment}. Remove one to create another. Rotating a key \
                     doesn't use a place."
                ),
            ),
            Self::OwnerFull { limit } => (
                "name",
                "user_limit_reached",
                format!(
                    "{limit} of {limit} keys of this owner used. Remove one to create another. Rotating a key doesn't \
                     use a place."
                ),
            ),
            Self::NotOwner => ("owner", "not_owner", "A person creates their own keys themselves.".to_owned()),
            Self::OwnerInactive => ("owner", "owner_deactivated", "This person is not active here.".to_owned()),
            Self::SelfServiceOff => {
                ("owner", "self_service_off", "This organization does not let this person own keys.".to_owned())
            }
            Self::NeverSignedOut => (
                "suspend_on_sign_out",
                "not_allowed",
                "Only a key of your own that is sent as it is can be suspended when you sign out. Untick the box, or \
                 change the choices above it."
                    .to_owned(),
            ),
            Self::Invalid(errors) => return errors.first().cloned(),
            Self::NoEnvironment | Self::IdempotencyReused | Self::Beyond(_) => return None,
        };
        Some(FieldError::new(param, code, message))
    }
}

/// A key as it is asked for.
pub struct KeyWanted {
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
    /// When it stops.
    pub expires_at: Option<Timestamp>,
    /// Whether it is suspended when its owner signs out by hand; for a user's own keys of kind `token` only.
    pub suspend_on_sign_out: bool,
}

impl KeyWanted {
    /// A key as the console's form asks for it. Where the form does not say who owns it, it belongs to those whose keys
    /// `manager` manages.
    pub fn from_form(new: NewKey, manager: &impl KeyManager) -> Self {
        let organization = manager.organization();
        let owner = match (new.owner, manager.reach()) {
            (Some(NewOwner::Me), _) => manager.user().cloned().map_or(Owner::Organization, Owner::User),
            (Some(NewOwner::Organization), _) | (None, Reach::Organization) => Owner::Organization,
            (None, Reach::OwnedBy(user)) => Owner::User(user),
        };
        Self {
            name: new.name,
            description: new.description,
            kind: new.kind,
            suspend_on_sign_out: new.suspend_on_sign_out,
            owner,
            scopes: new.scopes,
            access_token_format: organization.policy.access_token_format,
            expires_at: new.expires_at,
        }
    }

    /// What makes two requests the same request.
    fn fingerprint(&self, environment: &EnvironmentSlug) -> Hash {
        let parts = format!(
            "{environment}\0{}\0{}\0{}\0{:?}\0{}\0{}\0{:?}\0{}",
            self.name,
            self.description.as_str(),
            self.kind,
            self.owner,
            self.scopes,
            self.access_token_format,
            self.expires_at.map(Timestamp::as_millis),
            self.suspend_on_sign_out,
        );
        hash_of(parts.as_bytes())
    }
}

impl Service {
    /// Creates a key. `once` makes sending the same request twice harmless.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn create_key(
        &self,
        manager: &impl KeyMaker,
        environment: &EnvironmentSlug,
        wanted: KeyWanted,
        once: Option<Once>,
    ) -> Result<Result<Created, CreateRefused>, Failure> {
        let idempotency = once.map(|once| self.idempotency(manager, once, wanted.fingerprint(environment)));
        let admitted = match admitted(manager, wanted, self.now()) {
            Ok(admitted) => admitted,
            Err(refused) => {
                // What was possible when it was asked for first may not be so any more.
                let earlier = self.earlier(manager, idempotency).await?;
                return Ok(earlier.map_or(Err(refused), created_earlier));
            }
        };
        let (inserted, secret) = self.insert_key(manager, environment, admitted, false, idempotency).await?;
        Ok(match inserted {
            InsertKey::Inserted(key) => Ok(Created::Issued(Box::new(IssuedKey { key: *key, secret }))),
            InsertKey::Earlier(earlier) => created_earlier(earlier),
            InsertKey::NameTaken => Err(CreateRefused::NameTaken),
            InsertKey::EnvironmentFull { limit } => Err(CreateRefused::EnvironmentFull { limit }),
            InsertKey::OwnerFull { limit } => Err(CreateRefused::OwnerFull { limit }),
            InsertKey::NoEnvironment => Err(CreateRefused::NoEnvironment),
            InsertKey::OwnerInactive => Err(CreateRefused::OwnerInactive),
            InsertKey::SelfServiceOff => Err(CreateRefused::SelfServiceOff),
            InsertKey::PersonalTaken => unreachable!("only a personal credential takes that place"),
        })
    }

    /// Draws a secret and asks for the key's place.
    pub(crate) async fn insert_key(
        &self,
        manager: &impl KeyMaker,
        environment: &EnvironmentSlug,
        admitted: Admitted,
        personal: bool,
        idempotency: Option<Idempotency>,
    ) -> Result<(InsertKey, Secret), Failure> {
        let wanted = admitted.into_wanted();
        let (now, mut draws) = (self.now(), self.draws.clone());
        let client_id = ClientId::draw(&self.settings.key_prefix, &mut draws);
        let secret = Secret::draw(&self.settings.key_prefix, environment, &mut draws);
        let details = json!({
            "kind": wanted.kind,
            "scopes": wanted.scopes.iter().collect::<Vec<_>>(),
            "expires_at": wanted.expires_at,
            "personal": personal,
        });
        let target = Target { id: client_id.to_string(), name: wanted.name.to_string() };
        let entry =
            self.entry(&Issuer::of(manager), Event::KeyCreated, target, Some(environment.clone()), now, &details);
        let new = store::NewKey {
            id: self.new_id(KeyId::new),
            client_id,
            organization: manager.organization().id.clone(),
            environment: environment.clone(),
            name: wanted.name,
            description: wanted.description,
            kind: wanted.kind,
            owner: wanted.owner,
            personal,
            suspend_on_sign_out: wanted.suspend_on_sign_out,
            scopes: wanted.scopes,
            access_token_format: wanted.access_token_format,
            expires_at: wanted.expires_at,
            created_at: now,
            created_by: manager.actor().name,
            // A program reads its answer; what reached a screen is told by that screen.
            acknowledged_at: (manager.actor().kind == ActorKind::Client).then_some(now),
            secret_hash: self.master_key().hash_secret(secret.expose()),
            hash_key_version: MasterKey::HASH_KEY_VERSION,
        };
        Ok((self.store.insert_key(new, idempotency, entry).await?, secret))
    }
}

fn created_earlier(earlier: Earlier) -> Result<Created, CreateRefused> {
    match earlier {
        Earlier::Same(key) => Ok(Created::Replayed(key)),
        Earlier::Other => Err(CreateRefused::IdempotencyReused),
    }
}

fn admitted(manager: &impl KeyManager, wanted: KeyWanted, now: Timestamp) -> Result<Admitted, CreateRefused> {
    check_owner(manager, &wanted)?;
    // What the organization's policy says comes first: it says what to do, whoever asks.
    let delegation = check_delegation(manager, &wanted);
    let admitted = Admitted::of(manager, wanted, now).map_err(CreateRefused::Invalid)?;
    delegation.map(|()| admitted)
}

/// Nobody else sees the secret of a user's key, so nobody else makes one; an operator at the machine may. Which scopes
/// it holds does not matter here: what it may do is bounded by its owner's role whenever it is used.
fn check_owner(manager: &impl KeyManager, wanted: &KeyWanted) -> Result<(), CreateRefused> {
    let allowed = match &wanted.owner {
        Owner::Organization => manager.reach() == Reach::Organization,
        Owner::User(owner) => manager.user() == Some(owner) || manager.actor().kind == ActorKind::Operator,
    };
    if !allowed {
        return Err(CreateRefused::NotOwner);
    }
    let signs_out = can_be_signed_out(wanted.kind, &wanted.owner);
    if wanted.suspend_on_sign_out && !signs_out { Err(CreateRefused::NeverSignedOut) } else { Ok(()) }
}

/// Only what stands for a person signs out with them.
fn can_be_signed_out(kind: Kind, owner: &Owner) -> bool {
    kind == Kind::Token && *owner != Owner::Organization
}

/// A program gives no key more than it has.
fn check_delegation(manager: &impl KeyManager, wanted: &KeyWanted) -> Result<(), CreateRefused> {
    match manager.program().map(|program| program.objections_to(wanted)) {
        Some(objections) if !objections.is_empty() => Err(CreateRefused::Beyond(objections)),
        _ => Ok(()),
    }
}
