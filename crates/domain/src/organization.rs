//! Organizations, the tenants, and the settings that rule their keys.

use jiff::tz::TimeZone;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    expiration::ExpirationPolicy,
    id::{EnvironmentId, OrganizationId},
    key::{AccessTokenFormat, Kind},
    name::{Contact, Name},
    scope::Scopes,
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
    user::Role,
    zone::zone,
};

/// Shortest and longest life of an access token, seconds.
pub const TOKEN_LIFETIME_S: std::ops::RangeInclusive<u32> = 30..=3600;

/// Most environments of one organization that are not retired.
pub const ENVIRONMENTS_MAX: u32 = 20;

/// Environments of a new organization: slug and display name.
pub const DEFAULT_ENVIRONMENTS: [(&str, &str); 3] =
    [("production", "Production"), ("staging", "Staging"), ("development", "Development")];

/// Declares an enum that stands as text in the database, the API and forms.
#[macro_export]
macro_rules! text_enum {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text it stands as.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the text; `None` for any other.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )+};
}

text_enum! {
    /// What the organization has bought.
    Plan {
        /// Keys of the organization only.
        Free = "free",
        /// With personal credentials.
        Growth = "growth",
        /// With personal credentials.
        Enterprise = "enterprise",
    }
    /// Whether the organization may do anything at all.
    OrganizationState {
        /// In use.
        Active = "active",
        /// Every key, token and session of it is refused.
        Disabled = "disabled",
    }
    /// Who may own keys beside the organization itself.
    SelfService {
        /// Nobody.
        Off = "off",
        /// Administrators.
        Admins = "admins",
        /// Every member.
        Members = "members",
    }
    /// Which kinds of key the organization makes.
    Kinds {
        /// Exchanged for access tokens only.
        Client = "client",
        /// Sent as they are only.
        Token = "token",
        /// Either, chosen at creation.
        Both = "both",
    }
    /// Who is told by mail of the organization's own keys. Owners are told of theirs in any case.
    KeyNotices {
        /// Administrators.
        Admins = "admins",
        /// Nobody.
        Nobody = "nobody",
    }
}

impl Plan {
    /// Whether members may generate personal credentials.
    pub fn has_personal_credentials(self) -> bool {
        matches!(self, Self::Growth | Self::Enterprise)
    }
}

impl SelfService {
    /// Whether somebody with this role may own keys.
    pub fn allows(self, role: Role) -> bool {
        match self {
            Self::Off => false,
            Self::Admins => role == Role::Admin,
            Self::Members => true,
        }
    }
}

impl Kinds {
    /// Whether a key of `kind` may be made.
    pub fn allow(self, kind: Kind) -> bool {
        matches!((self, kind), (Self::Both, _) | (Self::Client, Kind::Client) | (Self::Token, Kind::Token))
    }
}

/// How many of something an organization may have: the operator sets the ceiling, an administrator may go below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The operator's.
    pub ceiling: u32,
    /// The administrators' own, which stays what it is when the ceiling moves; `None` follows the ceiling.
    pub own: Option<u32>,
}

impl Limit {
    /// What counts: the lower of the two.
    pub fn effective(self) -> u32 {
        self.own.map_or(self.ceiling, |own| own.min(self.ceiling))
    }
}

/// A ceiling that nobody went below.
impl From<u32> for Limit {
    fn from(ceiling: u32) -> Self {
        Self { ceiling, own: None }
    }
}

/// An organization with its settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: OrganizationSlug,
    /// Its name.
    pub name: Name,
    /// IANA name of the zone its dates are in.
    pub time_zone: String,
    /// Whom its people ask.
    pub support_contact: Contact,
    /// What it has bought.
    pub plan: Plan,
    /// Whether it may do anything.
    pub state: OrganizationState,
    /// Whether API keys are turned on.
    pub api_keys: bool,
    /// Its rules for keys.
    #[serde(flatten)]
    pub policy: Policy,
    /// What its changes are counted to.
    #[serde(skip)]
    pub revision: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An organization's rules for keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Most live keys in one environment.
    #[serde(flatten, serialize_with = "per_environment")]
    pub max_keys_per_environment: Limit,
    /// Most live keys one user owns.
    #[serde(flatten, serialize_with = "per_user")]
    pub max_keys_per_user: Limit,
    /// Who may own keys.
    pub self_service: SelfService,
    /// Which kinds are made.
    pub kinds: Kinds,
    /// Format of access tokens where a key says nothing.
    pub access_token_format: AccessTokenFormat,
    /// Life of an access token where the request says nothing, seconds.
    pub token_lifetime_s: u32,
    /// Longest life of a key, days.
    pub max_key_lifetime_days: Option<u32>,
    /// Whether a key may have no end.
    pub allow_no_expiration: bool,
    /// Whether a key needs a description.
    pub require_description: bool,
    /// Who is told of the organization's own keys.
    pub key_notices: KeyNotices,
    /// Whether people are reminded before a key ends.
    pub expiry_reminders: bool,
    /// The organization's own scopes.
    #[serde(serialize_with = "scopes_as_list")]
    pub scopes: Scopes,
}

/// The limit that counts under `names[0]`, then the ceiling and the administrators' own.
fn limit_as<S: Serializer>(names: [&str; 3], limit: Limit, serializer: S) -> Result<S::Ok, S::Error> {
    let mut members = serializer.serialize_map(Some(names.len()))?;
    members.serialize_entry(names[0], &limit.effective())?;
    members.serialize_entry(names[1], &limit.ceiling)?;
    members.serialize_entry(names[2], &limit.own)?;
    members.end()
}

fn per_environment<S: Serializer>(limit: &Limit, serializer: S) -> Result<S::Ok, S::Error> {
    let names = ["max_keys_per_environment", "max_keys_per_environment_ceiling", "own_max_keys_per_environment"];
    limit_as(names, *limit, serializer)
}

fn per_user<S: Serializer>(limit: &Limit, serializer: S) -> Result<S::Ok, S::Error> {
    limit_as(["max_keys_per_user", "max_keys_per_user_ceiling", "own_max_keys_per_user"], *limit, serializer)
}

fn scopes_as_list<S: Serializer>(scopes: &Scopes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(scopes.iter())
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_keys_per_environment: 50.into(),
            max_keys_per_user: 10.into(),
            self_service: SelfService::Members,
            kinds: Kinds::Both,
            access_token_format: AccessTokenFormat::Jwt,
            token_lifetime_s: *TOKEN_LIFETIME_S.end(),
            max_key_lifetime_days: None,
            allow_no_expiration: true,
            require_description: false,
            key_notices: KeyNotices::Admins,
            expiry_reminders: true,
            scopes: Scopes::default(),
        }
    }
}

impl Policy {
    /// What it allows for the end of a key.
    pub fn expiration(&self) -> ExpirationPolicy {
        ExpirationPolicy { longest_days: self.max_key_lifetime_days, allow_never: self.allow_no_expiration }
    }
}

impl Organization {
    /// What it allows for the end of a key.
    pub fn expiration_policy(&self) -> ExpirationPolicy {
        self.policy.expiration()
    }

    /// The zone its dates are in.
    pub fn zone(&self) -> TimeZone {
        zone(&self.time_zone)
    }
}

/// An environment of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// Its id.
    pub id: EnvironmentId,
    /// Its name in addresses and secrets.
    pub slug: EnvironmentSlug,
    /// Its name.
    pub name: Name,
    /// Live keys in it.
    pub live_keys: u32,
}
