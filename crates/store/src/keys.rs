//! API keys as their organization manages them.

use std::fmt;

use async_trait::async_trait;
use domain::{
    activity::Entry,
    id::{KeyId, OrganizationId, UserId},
    key::{AccessTokenFormat, ApiKey, Kind, Owner, StatusReason, Verb, VerbRefused},
    name::{Description, Name},
    scope::Scopes,
    secret::ClientId,
    slug::EnvironmentSlug,
    time::Timestamp,
};

use crate::{Error, Hash};

/// A key to be made, with the hash of its first secret.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is that of the same name in `ApiKey`")]
pub struct NewKey {
    pub id: KeyId,
    pub client_id: ClientId,
    pub organization: OrganizationId,
    pub environment: EnvironmentSlug,
    pub name: Name,
    pub description: Description,
    pub kind: Kind,
    pub owner: Owner,
    pub personal: bool,
    pub suspend_on_sign_out: bool,
    pub scopes: Scopes,
    pub access_token_format: AccessTokenFormat,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// Display name of who makes it.
    pub created_by: String,
    /// When its secret was shown, where that is known from the start.
    pub acknowledged_at: Option<Timestamp>,
    /// HMAC-SHA-256 of the secret.
    pub secret_hash: Hash,
    /// Version of the hash key it was made under.
    pub hash_key_version: i32,
}

/// Marks a creation that must happen once however often it is asked for.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Who asks: a user id or a client id. Keys of different askers do not meet.
    pub actor: String,
    /// What the asker calls this creation.
    pub key: String,
    /// SHA-256 of the request, so that the same key with another body is noticed.
    pub fingerprint: Hash,
    /// Until when it is remembered.
    pub ends_at: Timestamp,
}

/// What an idempotency key was used for earlier, within the time it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// The same request, about this key.
    Same(Box<ApiKey>),
    /// Another request.
    Other,
}

/// How making a key ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InsertKey {
    /// It is there.
    Inserted(Box<ApiKey>),
    /// The idempotency key was used before.
    Earlier(Earlier),
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
    /// The owner is no active member.
    OwnerInactive,
    /// The organization does not let somebody with the owner's role own keys.
    SelfServiceOff,
    /// The owner has a personal credential already.
    PersonalTaken,
}

/// What becomes of access tokens already issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuedTokens {
    /// They live until they expire.
    RunOut,
    /// They are refused at once where tokens are checked online.
    Stop,
}

impl IssuedTokens {
    /// The word in the API and in the Activity Log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RunOut => "run_out",
            Self::Stop => "stop",
        }
    }

    /// Reads the word; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::RunOut, Self::Stop].into_iter().find(|choice| choice.as_str() == word)
    }
}

/// What is to be done to a key.
#[derive(Clone, Debug)]
pub enum KeyChange {
    /// New name or description; `None` leaves one as it is.
    Edit {
        /// New name.
        name: Option<Name>,
        /// New description.
        description: Option<Description>,
    },
    /// Refuse it until it is re-approved.
    Suspend {
        /// Why.
        reason: StatusReason,
        /// Who, where it is done by hand.
        by: Option<String>,
        /// Whether that takes over from the key itself or its owner.
        takes_over: bool,
        /// What becomes of its tokens.
        issued_tokens: IssuedTokens,
    },
    /// Let it work again.
    Reapprove,
    /// Give it a new secret. A previous one ends at once. A key that was found in public is suspended like any other then.
    Rotate {
        /// HMAC-SHA-256 of the new secret.
        secret_hash: Hash,
        /// Version of the hash key it was made under.
        hash_key_version: i32,
        /// Until when the present secret works.
        present_ends_at: Timestamp,
        /// `Some` sets a new end of the key.
        expires_at: Option<Option<Timestamp>>,
        /// What becomes of its tokens.
        issued_tokens: IssuedTokens,
        /// Marks a rotation that must happen once however often it is asked for.
        idempotency: Option<Idempotency>,
    },
    /// End its previous secret now.
    EndPreviousSecret,
    /// Refuse it for good and give its name free.
    Revoke {
        /// What becomes of its tokens.
        issued_tokens: IssuedTokens,
    },
}

impl KeyChange {
    /// Whether a key is open to the change at `at`.
    ///
    /// # Errors
    /// Why it is not.
    pub fn allowed_by(&self, key: &ApiKey, at: Timestamp) -> Result<(), VerbRefused> {
        match (key.allows(self.verb(), at), self) {
            (Err(VerbRefused::AlreadySuspended), Self::Suspend { by, takes_over: true, .. })
                if key.is_taken_over_by(by.as_deref()) =>
            {
                Ok(())
            }
            // Whatever suspended it: nobody lets it work again without knowing of this.
            (Err(VerbRefused::AlreadySuspended), Self::Suspend { reason: StatusReason::Exposed, .. })
                if !key.is_exposed() =>
            {
                Ok(())
            }
            (allowed, _) => allowed,
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Edit { .. } => Verb::Edit,
            Self::Suspend { .. } => Verb::Suspend,
            Self::Reapprove => Verb::Reapprove,
            Self::Rotate { .. } => Verb::Rotate,
            Self::EndPreviousSecret => Verb::EndPreviousSecret,
            Self::Revoke { .. } => Verb::Revoke,
        }
    }
}

/// How changing a key ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKey {
    /// It is changed; as it was just after.
    Done(Box<ApiKey>),
    /// It was rotated by an earlier request with the same idempotency key and body.
    Replayed(Box<ApiKey>),
    /// The idempotency key was used with another body.
    IdempotencyReused,
    /// The key's state does not allow it; as it is.
    Refused(VerbRefused, Box<ApiKey>),
    /// Somebody changed it since the revision that was expected; as it is.
    Stale(Box<ApiKey>),
    /// A live key of the environment has the new name.
    NameTaken,
    /// The organization has no such key.
    NotFound,
}

/// Which keys a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyFilter {
    /// All but the revoked ones.
    #[default]
    NotRevoked,
    /// Working now.
    Active,
    /// Working now and ending within 14 days.
    ExpiresSoon,
    /// Suspended, by a person or with their owner, and not expired.
    Suspended,
    /// Expired and not revoked.
    Expired,
    /// Not revoked and never used.
    NeverUsed,
    /// Revoked.
    Revoked,
    /// Every state.
    Every,
}

/// What a list is sorted by; ties are broken by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Folded name.
    Name,
    /// Last use; never used is before every use.
    LastUsed,
    /// End; no end is after every end.
    Expires,
    /// Creation.
    #[default]
    Created,
}

/// What an order puts in the place of a use that never was, milliseconds: before all times.
const NEVER_USED_MS: i64 = -999_999_999_999_999;

/// What an order puts in the place of an end that there is not, milliseconds: after all times.
const NO_END_MS: i64 = 999_999_999_999_999;

/// What a key is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortValue {
    /// A folded name.
    Name(String),
    /// A time, milliseconds since 1970.
    Time(i64),
}

impl SortBy {
    /// By what this order sorts a key.
    fn value_of(self, key: &ApiKey) -> SortValue {
        match self {
            Self::Name => SortValue::Name(key.name.key()),
            Self::LastUsed => SortValue::Time(key.last_used_at.map_or(NEVER_USED_MS, Timestamp::as_millis)),
            Self::Expires => SortValue::Time(key.expires_at.map_or(NO_END_MS, Timestamp::as_millis)),
            Self::Created => SortValue::Time(key.created_at.as_millis()),
        }
    }

    /// Reads what [`SortValue`] is written as.
    fn parse_value(self, text: &str) -> Option<SortValue> {
        match self {
            // No name holds what no database takes.
            Self::Name => (!text.contains('\0')).then(|| SortValue::Name(text.to_owned())),
            Self::LastUsed | Self::Expires | Self::Created => text.parse().ok().map(SortValue::Time),
        }
    }
}

impl fmt::Display for SortValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Time(millis) => write!(f, "{millis}"),
        }
    }
}

/// Order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    #[default]
    Descending,
}

/// Where a page begins or ends: keys strictly after, or strictly before, a place. A place of another organization or
/// environment, or of a key that is gone, gives the first page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The page that follows this place.
    After(Place),
    /// The page that ends just before this place.
    Before(Place),
}

/// A place in a list: where a key is, or where it was, by what it was sorted by then. From where it was, a walk neither
/// leaves out nor repeats what stays where it is, whatever becomes of the key it has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    client_id: ClientId,
    was: Option<SortValue>,
}

/// What stands between the two halves of a written place.
const PLACE_SEPARATOR: char = '.';

impl Place {
    /// Where a key is now in a list of that order, whatever becomes of it.
    pub fn of(key: &ApiKey, sort: SortBy) -> Self {
        Self { client_id: key.client_id.clone(), was: Some(sort.value_of(key)) }
    }

    /// Reads what a place is written as; a client id alone is where the key is.
    pub fn parse(text: &str, sort: SortBy) -> Option<Self> {
        let (client_id, was) = match text.split_once(PLACE_SEPARATOR) {
            None => (text, None),
            Some((client_id, value)) => (client_id, Some(sort.parse_value(value)?)),
        };
        Some(Self { client_id: ClientId::parse(client_id)?, was })
    }

    /// The key that is or was there.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// By what it was sorted; `None` where that is to be looked up.
    pub fn was(&self) -> Option<&SortValue> {
        self.was.as_ref()
    }
}

/// Where the key with this client id is when the page is read.
impl From<ClientId> for Place {
    fn from(client_id: ClientId) -> Self {
        Self { client_id, was: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.client_id)?;
        self.was.as_ref().map_or(Ok(()), |value| write!(f, "{PLACE_SEPARATOR}{value}"))
    }
}

/// Which page of which keys.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named for what they are")]
pub struct KeyQuery {
    pub organization: OrganizationId,
    /// `None` for every environment.
    pub environment: Option<EnvironmentSlug>,
    /// `None` for every owner.
    pub owner: Option<Owner>,
    /// Part of a name in any case, or the beginning of a client id.
    pub search: Option<String>,
    pub filter: KeyFilter,
    pub sort: SortBy,
    pub direction: Direction,
    pub edge: Option<Edge>,
    /// Most keys in a page.
    pub limit: u32,
    /// Whether the page says how many keys there are; counting costs more than the page.
    pub counted: bool,
    pub now: Timestamp,
}

/// A page of keys in the order asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "named for what they are")]
pub struct KeyPage {
    pub keys: Vec<ApiKey>,
    pub has_previous: bool,
    pub has_next: bool,
    /// How many keys come before this page, counted up to [`KeyPage::COUNT_CAP`]; 0 where nothing is to be counted.
    pub before: u32,
    /// How many keys match on all pages, counted up to [`KeyPage::COUNT_CAP`] + 1; 0 where nothing is to be counted.
    pub total: u32,
}

impl KeyPage {
    /// Counts are exact up to here; a larger total reads "more than".
    pub const COUNT_CAP: u32 = 10_000;
}

/// API keys as their organization manages them.
#[async_trait]
pub trait Keys {
    /// Makes a key. In one transaction: the idempotency record, the limits of environment and owner over live keys
    /// (not revoked, not expired at `created_at`), the name among live keys (an expired key gives its name free), the
    /// key, its first secret, the activity row. Limits hold under any concurrency.
    async fn insert_key(&self, new: NewKey, idempotency: Option<Idempotency>, entry: Entry)
    -> Result<InsertKey, Error>;

    /// A page of keys.
    async fn keys(&self, query: &KeyQuery) -> Result<KeyPage, Error>;

    /// One key of the organization.
    async fn key(&self, organization: &OrganizationId, client_id: &ClientId) -> Result<Option<ApiKey>, Error>;

    /// Changes a key. In one transaction: the expected revision, what [`ApiKey::allows`] says, the name among live keys,
    /// the change, the activity row, which is written only when something changed.
    async fn change_key(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        change: KeyChange,
        expected_revision: Option<i64>,
        at: Timestamp,
        entry: Entry,
    ) -> Result<ChangeKey, Error>;

    /// Remembers that the secret was displayed; `false` when there is no such key. Repeating changes nothing.
    async fn acknowledge_key(
        &self,
        organization: &OrganizationId,
        client_id: &ClientId,
        at: Timestamp,
    ) -> Result<bool, Error>;

    /// The personal credential of a user, unless it is revoked or has ended.
    async fn personal_key(
        &self,
        organization: &OrganizationId,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Option<ApiKey>, Error>;

    /// Number of live keys a user owns, personal credentials not counted.
    async fn live_keys_of(&self, organization: &OrganizationId, user: &UserId, now: Timestamp) -> Result<u32, Error>;

    /// What an idempotency key was used for.
    async fn earlier(
        &self,
        organization: &OrganizationId,
        asked: Idempotency,
        at: Timestamp,
    ) -> Result<Option<Earlier>, Error>;

    /// Removes up to `limit` idempotency records that have ended; returns how many.
    async fn delete_ended_idempotency(&self, now: Timestamp, limit: u32) -> Result<u64, Error>;
}
