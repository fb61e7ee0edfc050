//! API keys as people manage them.

pub mod exposed;

mod admission;
mod bulk;
mod create;
mod room;
mod running;

use domain::{
    activity::{Entry, Event, Target},
    field::FieldError,
    key::{ApiKey, Owner, StatusReason, Verb, VerbRefused},
    name::{Description, Name},
    organization::Environment,
    secret::{ClientId, Secret},
    time::Timestamp,
};
use serde_json::json;
use store::{ChangeKey, Earlier, Hash, Idempotency, IssuedTokens, KeyChange, KeyPage, KeyQuery, Member};

use crate::{
    Failure, Service,
    authority::{Issuer, KeyMaker, KeyManager, Reach},
    form::FormId,
    master_key::{MasterKey, hash_of},
};

pub(crate) use admission::Admitted;
use admission::{AdmittedRotation, objection_to_reapproval};
pub use bulk::{BULK_MAX, BulkChange, BulkChanged};
pub use create::{CreateRefused, Created, KeyWanted};
pub use room::{Limit, LimitOf};
pub(crate) use running::Running;
pub use running::UnderWay;

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

/// What makes sending something twice harmless.
#[derive(Clone, Debug)]
pub enum Once {
    /// The hidden value of a form. Other contents are another request, also after going back in the browser.
    Form(FormId),
    /// An `Idempotency-Key`, which stands for one request only.
    Header {
        /// The header's value.
        key: String,
        /// What was to be done, and with which body.
        request: Hash,
    },
}

/// What becomes of a secret's predecessor, and of the key, when it gets a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Seconds for which the present secret goes on working, 0–604 800.
    pub grace_s: u32,
    /// `Some` sets a new end of the key.
    pub expires_at: Option<Option<Timestamp>>,
    /// What becomes of access tokens already issued.
    pub issued_tokens: IssuedTokens,
}

/// Longest time for which two secrets of a key work, seconds.
pub const GRACE_MAX_S: u32 = 7 * 24 * 3600;

/// How rotating a key ended.
pub enum Rotated {
    /// A new secret.
    Issued(Box<IssuedKey>),
    /// The same request was sent before; the secret was shown then.
    Replayed(Box<ApiKey>),
}

/// Why a key was not changed.
#[derive(Debug)]
pub enum ChangeRefused {
    /// The organization has no such key, or it is out of reach.
    NotFound,
    /// Its state does not allow it.
    State(VerbRefused, Box<ApiKey>),
    /// Somebody changed it meanwhile.
    Stale(Box<ApiKey>),
    /// A live key of the environment has the new name.
    NameTaken,
    /// The idempotency key was used for something else.
    IdempotencyReused,
    /// Only the owner of a key gets its secret, and re-approves it after signing out.
    NotOwner,
    /// Somebody other than its owner suspended it, so only an administrator re-approves it.
    NotAdministrator,
    /// A key that somebody else has suspended does not let itself work again through an access token that runs out.
    OwnKey,
    /// The key has these scopes of our own API, and the program that would get its secret has not.
    Lacks(Vec<&'static str>),
    /// The organization's policy is against it.
    Invalid(FieldError),
    /// The key would outlive the program that renews it.
    Outlives(FieldError),
}

impl Service {
    pub(crate) fn idempotency(&self, manager: &impl KeyManager, once: Once, fingerprint: Hash) -> Idempotency {
        let (key, fingerprint) = match once {
            Once::Form(form) => (format!("{} {}", form.0, hex(&fingerprint)), fingerprint),
            Once::Header { key, request } => (key, request),
        };
        let ends_at = self.now().plus_seconds(IDEMPOTENCY_S);
        Idempotency { actor: manager.actor().id, key, fingerprint, ends_at }
    }

    /// What an idempotency key was used for, where the request cannot be made any more.
    async fn earlier(
        &self,
        manager: &impl KeyManager,
        idempotency: Option<Idempotency>,
    ) -> Result<Option<Earlier>, Failure> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        Ok(self.store.earlier(&manager.organization().id, idempotency, self.now()).await?)
    }

    /// The key that a request with the same name and body made, where it could not be made any more: what the organization
    /// allowed then it may not allow now.
    pub async fn made_before(&self, manager: &impl KeyManager, once: Option<Once>) -> Result<Option<ApiKey>, Failure> {
        let idempotency = once.map(|once| self.idempotency(manager, once, Hash::default()));
        Ok(match self.earlier(manager, idempotency).await? {
            Some(Earlier::Same(key)) => Some(*key),
            Some(Earlier::Other) | None => None,
        })
    }

    /// Changes name or description; `None` leaves one as it is.
    pub async fn edit_key(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        name: Option<Name>,
        description: Option<Description>,
        expected_revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        loop {
            let Some(key) = self.key(manager, client_id).await? else {
                return Ok(Err(ChangeRefused::NotFound));
            };
            let details = edited(&key, name.as_ref(), description.as_ref());
            let change = KeyChange::Edit { name: name.clone(), description: description.clone() };
            // The row says what was there before, so that must still be there.
            let revision = expected_revision.or(Some(key.revision));
            let done = self.change(manager, client_id, change, revision, Event::KeyEdited, &details).await?;
            let again = expected_revision.is_none() && matches!(done, Err(ChangeRefused::Stale(_)));
            if !again {
                return Ok(done);
            }
        }
    }

    /// Refuses a key until it is re-approved. `reason` is a note for the Activity Log.
    pub async fn suspend_key(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        reason: Option<&Description>,
        issued_tokens: IssuedTokens,
        expected_revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        let details = json!({ "reason": reason, "issued_tokens": issued_tokens.as_str() });
        let by = [manager.user().map(ToString::to_string), manager.program().map(|_| manager.actor().id)];
        let by = by.into_iter().flatten().reduce(|person, program| format!("{person} {program}"));
        let takes_over = manager.is_administrator();
        let change = KeyChange::Suspend { reason: StatusReason::SuspendedByAdmin, by, takes_over, issued_tokens };
        self.change(manager, client_id, change, expected_revision, Event::KeySuspended, &details).await
    }

    /// Lets a suspended key work again, until its end.
    pub async fn reapprove_key(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        expected_revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        loop {
            let Some(key) = self.key(manager, client_id).await? else {
                return Ok(Err(ChangeRefused::NotFound));
            };
            if let Some(refused) = objection_to_reapproval(manager, &key) {
                return Ok(Err(self.not_allowed(&key, Verb::Reapprove).unwrap_or(refused)));
            }
            // What was read decides, so it must still be so.
            let decides = matches!(key.owner, Owner::User(_)) || key.is_suspended_by_itself();
            let revision = expected_revision.or(decides.then_some(key.revision));
            let (change, event) = (KeyChange::Reapprove, Event::KeyReapproved);
            let done = self.change(manager, client_id, change, revision, event, &json!({})).await?;
            let again = expected_revision.is_none() && matches!(done, Err(ChangeRefused::Stale(_)));
            if !again {
                return Ok(done);
            }
        }
    }

    /// Ends the previous secret of a rotated key now.
    pub async fn end_previous_secret(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        expected_revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        let change = KeyChange::EndPreviousSecret;
        self.change(manager, client_id, change, expected_revision, Event::PreviousSecretEnded, &json!({})).await
    }

    /// Revokes a key; final and immediate.
    pub async fn revoke_key(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        issued_tokens: IssuedTokens,
        expected_revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        let details = json!({ "issued_tokens": issued_tokens.as_str() });
        let change = KeyChange::Revoke { issued_tokens };
        self.change(manager, client_id, change, expected_revision, Event::KeyRevoked, &details).await
    }

    /// Gives a key a new secret. Only the owner of a user's key may: nobody else sees its secret.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn rotate_key(
        &self,
        manager: &impl KeyMaker,
        client_id: &ClientId,
        rotation: Rotation,
        once: Option<Once>,
        expected_revision: Option<i64>,
    ) -> Result<Result<Rotated, ChangeRefused>, Failure> {
        let fingerprint = hash_of(format!("rotate\0{client_id}\0{rotation:?}").as_bytes());
        let idempotency = once.map(|once| self.idempotency(manager, once, fingerprint));
        self.rotate(manager, client_id, rotation, idempotency, expected_revision).await
    }

    /// The same, where more than the rotation is what must happen once.
    pub(crate) async fn rotate(
        &self,
        manager: &impl KeyMaker,
        client_id: &ClientId,
        rotation: Rotation,
        idempotency: Option<Idempotency>,
        expected_revision: Option<i64>,
    ) -> Result<Result<Rotated, ChangeRefused>, Failure> {
        let Some(key) = self.key(manager, client_id).await? else {
            return Ok(Err(ChangeRefused::NotFound));
        };
        let admitted = match AdmittedRotation::of(manager, &key, rotation, self.now()) {
            Ok(admitted) => admitted,
            Err(refused) => {
                return Ok(match self.earlier(manager, idempotency).await? {
                    Some(Earlier::Same(key)) => Ok(Rotated::Replayed(key)),
                    Some(Earlier::Other) => Err(ChangeRefused::IdempotencyReused),
                    None => Err(self.not_allowed(&key, Verb::Rotate).unwrap_or(refused)),
                });
            }
        };
        let rotation = admitted.rotation();
        let secret = Secret::draw(&self.settings.key_prefix, &key.environment, &mut self.draws.clone());
        let present_ends_at = self.now().plus_seconds(rotation.grace_s.into());
        let change = KeyChange::Rotate {
            secret_hash: self.master_key().hash_secret(secret.expose()),
            hash_key_version: MasterKey::HASH_KEY_VERSION,
            present_ends_at,
            expires_at: rotation.expires_at,
            issued_tokens: rotation.issued_tokens,
            idempotency,
        };
        let details = json!({
            "previous_secret_ends_at": present_ends_at,
            "issued_tokens": rotation.issued_tokens.as_str(),
        });
        let entry = self.changed_entry(manager, &key, Event::KeyRotated, &details);
        let organization = &manager.organization().id;
        let rotated =
            self.store.change_key(organization, client_id, change, expected_revision, entry.at, entry).await?;
        Ok(match rotated {
            ChangeKey::Done(key) => Ok(Rotated::Issued(Box::new(IssuedKey { key: *key, secret }))),
            ChangeKey::Replayed(key) => Ok(Rotated::Replayed(key)),
            other => Err(refused(other)),
        })
    }

    /// Whether the state of the key is against it: that is said first, also to those who may not do it.
    fn not_allowed(&self, key: &ApiKey, verb: Verb) -> Option<ChangeRefused> {
        let refused = key.allows(verb, self.now()).err()?;
        Some(ChangeRefused::State(refused, Box::new(key.clone())))
    }

    async fn change(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        change: KeyChange,
        expected_revision: Option<i64>,
        event: Event,
        details: &serde_json::Value,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        let Some(key) = self.key(manager, client_id).await? else {
            return Ok(Err(ChangeRefused::NotFound));
        };
        let entry = self.changed_entry(manager, &key, event, details);
        let organization = &manager.organization().id;
        let changed =
            self.store.change_key(organization, client_id, change, expected_revision, entry.at, entry).await?;
        Ok(match changed {
            ChangeKey::Done(key) => Ok(*key),
            other => Err(refused(other)),
        })
    }

    fn changed_entry(
        &self,
        manager: &impl KeyManager,
        key: &ApiKey,
        event: Event,
        details: &serde_json::Value,
    ) -> Entry {
        let target = Target { id: key.client_id.to_string(), name: key.name.to_string() };
        self.entry(&Issuer::of(manager), event, target, Some(key.environment.clone()), self.now(), details)
    }

    /// Remembers that the secret was displayed.
    pub async fn acknowledge_key(&self, manager: &impl KeyManager, client_id: &ClientId) -> Result<bool, Failure> {
        if self.key(manager, client_id).await?.is_none() {
            return Ok(false);
        }
        Ok(self.store.acknowledge_key(&manager.organization().id, client_id, self.now()).await?)
    }

    /// One key within reach.
    pub async fn key(&self, manager: &impl KeyManager, client_id: &ClientId) -> Result<Option<ApiKey>, Failure> {
        let key = self.store.key(&manager.organization().id, client_id).await?;
        Ok(key.filter(|key| manager.reach().covers(key)))
    }

    /// A page of the keys within reach; tenant and reach in `query` are replaced by those of `manager`.
    pub async fn list_keys(&self, manager: &impl KeyManager, query: KeyQuery) -> Result<KeyPage, Failure> {
        let organization = manager.organization().id.clone();
        let owner = match (manager.reach(), query.owner) {
            (Reach::Organization, owner) => owner,
            (Reach::OwnedBy(user), None) => Some(Owner::User(user)),
            (Reach::OwnedBy(user), Some(Owner::User(owner))) if owner == user => Some(Owner::User(user)),
            (Reach::OwnedBy(_), Some(_)) => return Ok(KeyPage::default()),
        };
        Ok(self.store.keys(&KeyQuery { organization, owner, ..query }).await?)
    }

    /// The environments of a member's organization, each with its number of live keys.
    pub async fn environments_of(&self, member: &Member) -> Result<Vec<Environment>, Failure> {
        Ok(self.store.environments(&member.organization.id, None, self.now()).await?)
    }

    /// The environments of a manager's organization, each with the number of live keys within reach.
    pub async fn environments(&self, manager: &impl KeyManager) -> Result<Vec<Environment>, Failure> {
        let owned_by = match manager.reach() {
            Reach::Organization => None,
            Reach::OwnedBy(user) => Some(user),
        };
        Ok(self.store.environments(&manager.organization().id, owned_by.as_ref(), self.now()).await?)
    }

    /// What is missing before a key may be removed: the name of a key in use must be typed.
    pub fn unconfirmed(&self, key: &ApiKey, typed_name: &str) -> Option<FieldError> {
        let in_use = key.last_used_at.is_some_and(|at| at.plus_seconds(IN_USE_S) > self.now());
        let confirmed = Name::parse(typed_name).is_ok_and(|typed| typed.key() == key.name.key());
        (in_use && !confirmed)
            .then(|| FieldError::new("confirm_name", "unconfirmed", format!("That doesn't match “{}”.", key.name)))
    }
}

/// What an edit changes, before and after.
fn edited(key: &ApiKey, name: Option<&Name>, description: Option<&Description>) -> serde_json::Value {
    let texts = [
        ("name", key.name.as_str(), name.map(Name::as_str)),
        ("description", key.description.as_str(), description.map(Description::as_str)),
    ];
    let changed = texts.into_iter().filter_map(|(member, before, after)| {
        let after = after.filter(|after| *after != before)?;
        Some((member.to_owned(), json!({ "before": before, "after": after })))
    });
    serde_json::Value::Object(changed.collect())
}

fn refused(changed: ChangeKey) -> ChangeRefused {
    match changed {
        ChangeKey::Refused(verb, key) => ChangeRefused::State(verb, key),
        ChangeKey::Stale(key) | ChangeKey::Done(key) | ChangeKey::Replayed(key) => ChangeRefused::Stale(key),
        ChangeKey::IdempotencyReused => ChangeRefused::IdempotencyReused,
        ChangeKey::NameTaken => ChangeRefused::NameTaken,
        ChangeKey::NotFound => ChangeRefused::NotFound,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
