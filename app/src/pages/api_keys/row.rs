//! One key of the list, in words.

use domain::{
    id::UserId,
    key::{AccessTokenFormat, ApiKey, Kind, Owner, Status, StatusReason},
    time::Timestamp,
};

use crate::{
    components::{
        key_verbs::{VerbState, Viewer},
        moment::{Clock, Moment},
        status::KeyStatus,
    },
    words::api_keys as words,
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A key as the list and its own page show it.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Public identifier.
    pub client_id: String,
    /// Name.
    pub name: String,
    /// Description, may be empty.
    pub description: String,
    /// "OAuth client" or "API token".
    pub kind: &'static str,
    /// What it may do, separated by spaces.
    pub scopes: String,
    /// What it is exchanged for, if anything.
    pub access_tokens: Option<AccessTokenFormat>,
    /// Who owns it, where a person does.
    pub owner: Option<KeyOwner>,
    /// Whether it is its owner's API credentials.
    pub personal: bool,
    /// Whether it is suspended when its owner signs out.
    pub suspend_on_sign_out: bool,
    /// Status.
    pub status: KeyStatus,
    /// What a person may do with it.
    pub verbs: Vec<VerbState>,
    /// Whether they may look into the Activity Log.
    pub sees_activity: bool,
    /// Last use.
    pub last_used: Option<Moment>,
    /// Address of the last use.
    pub last_used_ip: Option<String>,
    /// What it was used by then, as it calls itself.
    pub last_used_agent: String,
    /// End.
    pub expires: Option<Moment>,
    /// Creation.
    pub created: Moment,
    /// Who made it.
    pub created_by: String,
    /// "Last used 4 minutes ago from 203.0.113.7.", for the question before removal.
    pub evidence: String,
    /// Whether something used it in the last 24 hours, so that its name is asked before removal.
    pub in_use: bool,
}

/// The person who owns a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// The one who looks at it.
    You,
    /// Somebody else, by name.
    Other(String),
}

impl KeyOwner {
    fn of(key: &ApiKey, person: Option<&UserId>) -> Option<Self> {
        match &key.owner {
            Owner::Organization => None,
            Owner::User(owner) if person == Some(owner) => Some(Self::You),
            Owner::User(_) => Some(Self::Other(key.owner_name.as_ref().map(ToString::to_string).unwrap_or_default())),
        }
    }
}

impl KeyRow {
    /// "owned by Mia Lindqvist", "your credentials"; nothing for a key of the organization.
    pub fn ownership(&self) -> Option<String> {
        use words::ownership;
        Some(match (self.owner.as_ref()?, self.personal) {
            (KeyOwner::You, false) => ownership::YOURS.to_owned(),
            (KeyOwner::You, true) => ownership::YOUR_CREDENTIALS.to_owned(),
            (KeyOwner::Other(name), false) => ownership::theirs(name),
            (KeyOwner::Other(name), true) => ownership::their_credentials(name),
        })
    }

    /// `key` as it stands at the clock's instant, for `viewer`.
    pub fn new(key: &ApiKey, viewer: Viewer<'_>, clock: &Clock) -> Self {
        let used_ago = key.last_used_at.map(|at| clock.now().as_millis() - at.as_millis());
        Self {
            client_id: key.client_id.as_str().to_owned(),
            name: key.name.as_str().to_owned(),
            description: key.description.as_str().to_owned(),
            kind: words::kind(key.kind),
            scopes: key.scopes.to_string(),
            access_tokens: (key.kind == Kind::Client).then_some(key.access_token_format),
            owner: KeyOwner::of(key, viewer.user),
            personal: key.personal,
            suspend_on_sign_out: key.suspend_on_sign_out,
            status: status(key, clock),
            verbs: VerbState::of(key, viewer, clock.now()),
            sees_activity: viewer.is_administrator,
            last_used: key.last_used_at.map(|at| clock.relative(at)),
            last_used_ip: key.last_used_ip.clone(),
            last_used_agent: key.last_used_agent.clone(),
            expires: key.expires_at.map(|at| clock.end(at)),
            created: clock.day(key.created_at),
            created_by: key.created_by.clone(),
            evidence: evidence(key, clock),
            in_use: used_ago.is_some_and(|ago| ago < DAY_MS),
        }
    }
}

/// The first rule that fits, in the order people need to know.
pub fn status(key: &ApiKey, clock: &Clock) -> KeyStatus {
    let now = clock.now();
    match key.status(now) {
        Status::Revoked => return KeyStatus::Removed,
        Status::Expired => return KeyStatus::Expired,
        Status::Suspended => {
            return match key.status_reason(now) {
                Some(StatusReason::Exposed) => KeyStatus::Exposed,
                Some(StatusReason::OwnerDeactivated) => KeyStatus::OwnerDeactivated,
                Some(StatusReason::SignedOut) => KeyStatus::SignedOut,
                Some(StatusReason::Restored) => KeyStatus::Restored,
                Some(StatusReason::SuspendedByAdmin) | None => KeyStatus::Suspended,
            };
        }
        Status::Active => {}
    }
    if key.acknowledged_at.is_none() && key.last_used_at.is_none() {
        return KeyStatus::NotDelivered;
    }
    if let Some(end) = key.previous_secret(now).and_then(|previous| previous.ends_at) {
        return KeyStatus::Rotating(clock.shortly(end));
    }
    key.expires_at.and_then(|end| expires_soon(key.created_at, end, clock)).unwrap_or(KeyStatus::Active)
}

/// Within 48 hours always; within 14 days where that is no more than a quarter of the key's life.
fn expires_soon(created: Timestamp, end: Timestamp, clock: &Clock) -> Option<KeyStatus> {
    let left = end.as_millis() - clock.now().as_millis();
    let life = end.as_millis() - created.as_millis();
    let urgent = left <= 48 * HOUR_MS;
    let soon = left <= 14 * DAY_MS && left.saturating_mul(4) <= life;
    (urgent || soon).then(|| KeyStatus::ExpiresSoon { when: clock.relative(end).words, urgent })
}

/// "Last used 4 minutes ago from 203.0.113.7."
pub fn evidence(key: &ApiKey, clock: &Clock) -> String {
    match (key.last_used_at, &key.last_used_ip) {
        (None, _) => words::evidence::NEVER_USED.to_owned(),
        (Some(at), _) if clock.now().as_millis() - at.as_millis() >= DAY_MS => {
            words::evidence::not_used_since(&clock.day_in_words(at))
        }
        (Some(at), ip) => words::evidence::last_used(&clock.relative(at).words, ip.as_deref()),
    }
}
