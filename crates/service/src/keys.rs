//! API keys as people manage them.

use domain::{
    activity::{Entry, Event, Target},
    field::FieldError,
    id::KeyId,
    key::{AccessTokenFormat, ApiKey, Kind, Owner},
    name::{Description, Name},
    new_key::NewKey,
    organization::{Environment, Organization},
    scope::Scopes,
    secret::{ClientId, Secret},
    slug::EnvironmentSlug,
    time::Timestamp,
};
use serde_json::json;
use store::{Idempotency, InsertKey, IssuedTokens, KeyPage, KeyQuery, Member, Revoke};

use crate::{
    Failure, Service,
    authority::{Issuer, Operator, OrgAdmin},
    form::FormId,
    master_key::{MasterKey, hash_of},
};

/// How long an idempotency key is remembered, seconds.
const IDEMPOTENCY_S: i64 = 24 * 3600;

/// A key used this recently counts as in use, seconds.
const IN_USE_S: i64 = 24 * 3600;

/// A key with its secret: the only value that holds one, made once and shown once.
pub struct IssuedKey {
    /// The key.
    pub key: ApiKey,
    /// Its secret.
    pub secret: Secret,
}

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
}

impl CreateRefused {
    /// The refusal as an error of the create form; `None` where there is nothing to mend.
    pub fn as_field_error(&self, environment: &Name, name: &Name) -> Option<FieldError> {
        let (code, message) = match self {
            Self::NameTaken => {
                ("name_taken", format!("{environment} already has a key called “{name}”. Choose another name."))
            }
            Self::EnvironmentFull { limit } => (
                "limit_reached",
                format!(
                    "{limit} of {limit} keys used in {environment}. Remove one to create another. Rotating a key \
                     doesn't use a place."
                ),
            ),
            Self::OwnerFull { limit } => (
                "user_limit_reached",
                format!("This person owns {limit} of {limit} keys. Remove one to create another."),
            ),
            Self::NoEnvironment | Self::IdempotencyReused => return None,
        };
        Some(FieldError::new("name", code, message))
    }
}

/// A key as an operator asks for it.
pub struct OperatorKey {
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
}

impl Service {
    /// Creates a key of the organization from the console. `form` makes sending the same form twice harmless.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn create_key(
        &self,
        admin: &OrgAdmin,
        environment: &EnvironmentSlug,
        new: NewKey,
        form: &FormId,
    ) -> Result<Result<Created, CreateRefused>, Failure> {
        let organization = admin.organization();
        // Another content is another key, also after going back in the browser.
        let fingerprint = format!(
            "{environment}\0{}\0{}\0{}\0{:?}",
            new.name,
            new.description.as_str(),
            new.kind,
            new.expires_at.map(Timestamp::as_millis)
        );
        let fingerprint = hash_of(fingerprint.as_bytes());
        let idempotency = Idempotency {
            actor: admin.member().user.to_string(),
            key: format!("{} {}", form.0, hex(&fingerprint)),
            fingerprint,
            ends_at: self.now().plus_seconds(IDEMPOTENCY_S),
        };
        let key = OperatorKey {
            name: new.name,
            description: new.description,
            kind: new.kind,
            owner: Owner::Organization,
            scopes: Scopes::default(),
            access_token_format: organization.policy.access_token_format,
            expires_at: new.expires_at,
        };
        self.insert_key(&admin.issuer(), organization, environment, key, Some(idempotency)).await
    }

    /// Creates a key from the command line.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn create_key_as_operator(
        &self,
        operator: Operator,
        organization: &Organization,
        environment: &EnvironmentSlug,
        key: OperatorKey,
    ) -> Result<Result<Created, CreateRefused>, Failure> {
        self.insert_key(&operator.issuer(&organization.id), organization, environment, key, None).await
    }

    async fn insert_key(
        &self,
        issuer: &Issuer<'_>,
        organization: &Organization,
        environment: &EnvironmentSlug,
        wanted: OperatorKey,
        idempotency: Option<Idempotency>,
    ) -> Result<Result<Created, CreateRefused>, Failure> {
        let (now, mut draws) = (self.now(), self.draws.clone());
        let client_id = ClientId::draw(&self.settings.key_prefix, &mut draws);
        let secret = Secret::draw(&self.settings.key_prefix, environment, &mut draws);
        let target = Target { id: client_id.to_string(), name: wanted.name.to_string() };
        let details = json!({
            "kind": wanted.kind,
            "scopes": wanted.scopes.iter().collect::<Vec<_>>(),
            "expires_at": wanted.expires_at,
        });
        let entry = self.entry(issuer, Event::KeyCreated, target, Some(environment.clone()), now, &details);
        let new = store::NewKey {
            id: self.new_id(KeyId::new),
            client_id,
            organization: organization.id.clone(),
            environment: environment.clone(),
            name: wanted.name,
            description: wanted.description,
            kind: wanted.kind,
            owner: wanted.owner,
            scopes: wanted.scopes,
            access_token_format: wanted.access_token_format,
            expires_at: wanted.expires_at,
            created_at: now,
            created_by: issuer.actor.name.clone(),
            secret_hash: self.master_key.hash_secret(secret.expose()),
            hash_key_version: MasterKey::HASH_KEY_VERSION,
        };
        Ok(match self.store.insert_key(new, idempotency, entry).await? {
            InsertKey::Inserted(key) => Ok(Created::Issued(Box::new(IssuedKey { key: *key, secret }))),
            InsertKey::Replayed(key) => Ok(Created::Replayed(key)),
            InsertKey::IdempotencyReused => Err(CreateRefused::IdempotencyReused),
            InsertKey::NameTaken => Err(CreateRefused::NameTaken),
            InsertKey::EnvironmentFull { limit } => Err(CreateRefused::EnvironmentFull { limit }),
            InsertKey::OwnerFull { limit } => Err(CreateRefused::OwnerFull { limit }),
            InsertKey::NoEnvironment => Err(CreateRefused::NoEnvironment),
        })
    }

    /// Revokes a key from the console; final and immediate.
    pub async fn revoke_key(
        &self,
        admin: &OrgAdmin,
        client_id: &ClientId,
        issued_tokens: IssuedTokens,
    ) -> Result<Revoke, Failure> {
        let Some(key) = self.key(admin, client_id).await? else {
            return Ok(Revoke::NotFound);
        };
        self.revoke(&admin.issuer(), key, issued_tokens).await
    }

    /// Revokes a key from the command line.
    pub async fn revoke_key_as_operator(
        &self,
        operator: Operator,
        organization: &Organization,
        client_id: &ClientId,
        issued_tokens: IssuedTokens,
    ) -> Result<Revoke, Failure> {
        let Some(key) = self.store.key(&organization.id, client_id).await? else {
            return Ok(Revoke::NotFound);
        };
        self.revoke(&operator.issuer(&organization.id), key, issued_tokens).await
    }

    async fn revoke(&self, issuer: &Issuer<'_>, key: ApiKey, issued_tokens: IssuedTokens) -> Result<Revoke, Failure> {
        let now = self.now();
        let entry = self.revoked_entry(issuer, &key, issued_tokens, now);
        Ok(self.store.revoke_key(issuer.organization, &key.client_id, issued_tokens, now, entry).await?)
    }

    fn revoked_entry(&self, issuer: &Issuer<'_>, key: &ApiKey, issued: IssuedTokens, now: Timestamp) -> Entry {
        let target = Target { id: key.client_id.to_string(), name: key.name.to_string() };
        let issued = match issued {
            IssuedTokens::RunOut => "run_out",
            IssuedTokens::Stop => "stop",
        };
        let details = json!({ "issued_tokens": issued });
        self.entry(issuer, Event::KeyRevoked, target, Some(key.environment.clone()), now, &details)
    }

    /// Remembers that the secret was displayed.
    pub async fn acknowledge_key(&self, admin: &OrgAdmin, client_id: &ClientId) -> Result<bool, Failure> {
        Ok(self.store.acknowledge_key(&admin.organization().id, client_id, self.now()).await?)
    }

    /// One key of the organization.
    pub async fn key(&self, admin: &OrgAdmin, client_id: &ClientId) -> Result<Option<ApiKey>, Failure> {
        Ok(self.store.key(&admin.organization().id, client_id).await?)
    }

    /// A page of the organization's keys; the tenant in `query` is that of `admin`.
    pub async fn list_keys(&self, admin: &OrgAdmin, query: KeyQuery) -> Result<KeyPage, Failure> {
        let organization = admin.organization().id.clone();
        Ok(self.store.keys(&KeyQuery { organization, ..query }).await?)
    }

    /// A page of an organization's keys for the command line.
    pub async fn list_keys_as_operator(&self, _operator: Operator, query: &KeyQuery) -> Result<KeyPage, Failure> {
        Ok(self.store.keys(query).await?)
    }

    /// The environments of a member's organization, each with its number of live keys.
    pub async fn environments_of(&self, member: &Member) -> Result<Vec<Environment>, Failure> {
        Ok(self.store.environments(&member.organization.id, self.now()).await?)
    }

    /// What is missing before a key may be removed: the name of a key in use must be typed.
    pub fn unconfirmed(&self, key: &ApiKey, typed_name: &str) -> Option<FieldError> {
        let in_use = key.last_used_at.is_some_and(|at| at.plus_seconds(IN_USE_S) > self.now());
        let confirmed = Name::parse(typed_name).is_ok_and(|typed| typed.key() == key.name.key());
        (in_use && !confirmed)
            .then(|| FieldError::new("confirm_name", "unconfirmed", format!("That doesn't match “{}”.", key.name)))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
