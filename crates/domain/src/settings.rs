//! What an organization's administrators may set: one parser for the console's forms and for the command line.

use std::fmt;

use crate::{
    field::{FieldError, Refusal, keep},
    key::AccessTokenFormat,
    name::{Contact, Name},
    organization::{KeyNotices, Kinds, Limit, Organization, Policy, SelfService, TOKEN_LIFETIME_S},
    scope::{ScopeError, Scopes},
    zone::ZoneName,
};

/// Longest cap for the life of a key, days: a century.
pub const KEY_LIFETIME_MAX_DAYS: u32 = 36_500;

/// Choices of the form for the longest life of a key, days.
pub const KEY_LIFETIMES: [u32; 4] = [30, 90, 180, 365];

/// Why a setting is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingError {
    /// Outside 30–3600 s.
    TokenLifetime,
    /// No number of days, or more than a century.
    KeyLifetime,
    /// One of Keyline's own scopes among those of the organization.
    OwnScope,
    /// Not of the grammar, or more than fit a request.
    Scopes(ScopeError),
    /// No whole number.
    NoNumber,
    /// Above what the operator allows.
    BeyondCeiling(u32),
    /// None of the choices.
    Unchosen,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TokenLifetime => f.write_str("Choose from 30 seconds to 60 minutes (3600 seconds)."),
            Self::KeyLifetime => write!(f, "Enter a number of days from 1 to {KEY_LIFETIME_MAX_DAYS}."),
            Self::OwnScope => f.write_str("A scope of Keyline's own API is among them; those are always there."),
            Self::Scopes(error) => error.fmt(f),
            Self::NoNumber => f.write_str("Enter a whole number, or leave it empty."),
            Self::BeyondCeiling(ceiling) => {
                write!(f, "Enter {ceiling} or less: whoever runs this console allows no more.")
            }
            Self::Unchosen => f.write_str("Choose one of these."),
        }
    }
}

impl Refusal for SettingError {
    fn code(&self) -> &'static str {
        match self {
            Self::TokenLifetime | Self::KeyLifetime => "out_of_range",
            Self::OwnScope => "own_scope",
            Self::Scopes(error) => error.code(),
            Self::NoNumber => "malformed",
            Self::BeyondCeiling(_) => "beyond_ceiling",
            Self::Unchosen => "required",
        }
    }
}

/// Reads the life of access tokens, seconds.
///
/// # Errors
/// [`SettingError::TokenLifetime`].
pub fn token_lifetime(text: &str) -> Result<u32, SettingError> {
    number(text).filter(|seconds| TOKEN_LIFETIME_S.contains(seconds)).ok_or(SettingError::TokenLifetime)
}

/// Reads the longest life of a key, days; `none` is no cap.
///
/// # Errors
/// [`SettingError::KeyLifetime`].
pub fn key_lifetime(text: &str) -> Result<Option<u32>, SettingError> {
    if text == "none" {
        return Ok(None);
    }
    let days = number(text).filter(|days| (1..=KEY_LIFETIME_MAX_DAYS).contains(days));
    days.map(Some).ok_or(SettingError::KeyLifetime)
}

/// Reads an organization's own scopes, separated by any white space. Keyline's are there for every organization and
/// cannot be made again.
///
/// # Errors
/// [`SettingError::Scopes`] or [`SettingError::OwnScope`].
pub fn own_scopes(text: &str) -> Result<Scopes, SettingError> {
    let joined = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let scopes = Scopes::parse(&joined).map_err(SettingError::Scopes)?;
    if scopes.has_own() { Err(SettingError::OwnScope) } else { Ok(scopes) }
}

/// Digits and nothing else, as people and browsers write whole numbers.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The settings in general.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct General {
    /// Its name.
    pub name: Name,
    /// The zone its dates are in.
    pub time_zone: ZoneName,
    /// Whom its people ask.
    pub support_contact: Contact,
}

impl General {
    /// Checks every field.
    ///
    /// # Errors
    /// One error for each field that is wrong.
    pub fn parse(name: &str, time_zone: &str, support_contact: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = keep(Name::parse(name).map_err(|error| error.of("name")), &mut errors);
        let time_zone = keep(ZoneName::parse(time_zone).map_err(|error| error.of("time_zone")), &mut errors);
        let contact = Contact::parse(support_contact).map_err(|error| error.of("support_contact"));
        match (name, time_zone, keep(contact, &mut errors)) {
            (Some(name), Some(time_zone), Some(support_contact)) => Ok(Self { name, time_zone, support_contact }),
            _ => Err(errors),
        }
    }
}

/// What access tokens are like where key and request say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessTokens {
    /// Their format.
    pub format: AccessTokenFormat,
    /// Their life, seconds.
    pub lifetime_s: u32,
}

impl AccessTokens {
    /// Checks the format and the life in minutes and seconds.
    ///
    /// # Errors
    /// One error for each field that is wrong.
    pub fn parse(format: &str, minutes: &str, seconds: &str) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let format = AccessTokenFormat::parse(format).ok_or(SettingError::Unchosen);
        let format = keep(format.map_err(|error| error.of("access_token_format")), &mut errors);
        let part = |text: &str| number(if text.trim().is_empty() { "0" } else { text.trim() });
        let total =
            part(minutes).zip(part(seconds)).and_then(|(minutes, rest)| minutes.checked_mul(60)?.checked_add(rest));
        let lifetime = token_lifetime(&total.map(|total| total.to_string()).unwrap_or_default());
        let lifetime_s = keep(lifetime.map_err(|error| error.of("token_lifetime_min")), &mut errors);
        format.zip(lifetime_s).map(|(format, lifetime_s)| Self { format, lifetime_s }).ok_or(errors)
    }
}

/// The form of the key policy as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the form, by name")]
pub struct KeyPolicyForm {
    /// `none`, a number of days, or `custom`.
    pub max_key_lifetime: String,
    /// Days for `custom`.
    pub max_key_lifetime_days: String,
    pub allow_no_expiration: bool,
    pub require_description: bool,
    pub kinds: String,
    pub self_service: String,
    /// Empty to follow the ceiling.
    pub max_keys_per_environment: String,
    /// Empty to follow the ceiling.
    pub max_keys_per_user: String,
    pub key_notices: String,
    pub expiry_reminders: bool,
    pub scopes: String,
}

/// The rules for keys that administrators set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPolicy {
    /// Longest life of a key, days.
    pub max_key_lifetime_days: Option<u32>,
    /// Whether a key may have no end.
    pub allow_no_expiration: bool,
    /// Whether a key needs a description.
    pub require_description: bool,
    /// Which kinds are made.
    pub kinds: Kinds,
    /// Who may own keys.
    pub self_service: SelfService,
    /// Their own limit in one environment; `None` follows the ceiling.
    pub own_max_keys_per_environment: Option<u32>,
    /// Their own limit for one user; `None` follows the ceiling.
    pub own_max_keys_per_user: Option<u32>,
    /// Who is told of the organization's own keys.
    pub key_notices: KeyNotices,
    /// Whether people are reminded before a key ends.
    pub expiry_reminders: bool,
    /// The organization's own scopes.
    pub scopes: Scopes,
}

impl KeyPolicyForm {
    /// The form filled in with what is set.
    pub fn of(policy: &Policy) -> Self {
        let days = policy.max_key_lifetime_days;
        let choice = match days {
            None => "none".to_owned(),
            Some(days) if KEY_LIFETIMES.contains(&days) => days.to_string(),
            Some(_) => "custom".to_owned(),
        };
        let own = |limit: Limit| limit.own.map(|own| own.to_string()).unwrap_or_default();
        Self {
            max_key_lifetime: choice,
            max_key_lifetime_days: days.map(|days| days.to_string()).unwrap_or_default(),
            allow_no_expiration: policy.allow_no_expiration,
            require_description: policy.require_description,
            kinds: policy.kinds.to_string(),
            self_service: policy.self_service.to_string(),
            max_keys_per_environment: own(policy.max_keys_per_environment),
            max_keys_per_user: own(policy.max_keys_per_user),
            key_notices: policy.key_notices.to_string(),
            expiry_reminders: policy.expiry_reminders,
            scopes: policy.scopes.iter().collect::<Vec<_>>().join("\n"),
        }
    }

    /// Checks every field, so that a person can mend all of them at once.
    ///
    /// # Errors
    /// One error for each field that is wrong, in the order of the form.
    pub fn parse(&self, organization: &Organization) -> Result<KeyPolicy, Vec<FieldError>> {
        let mut errors = Vec::new();
        let policy = &organization.policy;
        let (lifetime, field) = match self.max_key_lifetime.as_str() {
            "custom" => (key_lifetime(self.max_key_lifetime_days.trim()), "max_key_lifetime_days"),
            "" => (Err(SettingError::Unchosen), "max_key_lifetime"),
            choice => (key_lifetime(choice), "max_key_lifetime"),
        };
        let lifetime = keep(lifetime.map_err(|error| error.of(field)), &mut errors);
        let kinds = chosen(Kinds::parse(&self.kinds), "kinds", &mut errors);
        let self_service = chosen(SelfService::parse(&self.self_service), "self_service", &mut errors);
        let mut own = |text: &str, limit: Limit, field: &str| {
            keep(own_limit(text, limit).map_err(|error| error.of(field)), &mut errors)
        };
        let per_environment =
            own(&self.max_keys_per_environment, policy.max_keys_per_environment, "max_keys_per_environment");
        let per_user = own(&self.max_keys_per_user, policy.max_keys_per_user, "max_keys_per_user");
        let key_notices = chosen(KeyNotices::parse(&self.key_notices), "key_notices", &mut errors);
        let scopes = keep(own_scopes(&self.scopes).map_err(|error| error.of("scopes")), &mut errors);
        match (lifetime, kinds, self_service, per_environment, per_user, key_notices, scopes) {
            (
                Some(max_key_lifetime_days),
                Some(kinds),
                Some(self_service),
                Some(own_max_keys_per_environment),
                Some(own_max_keys_per_user),
                Some(key_notices),
                Some(scopes),
            ) => Ok(KeyPolicy {
                max_key_lifetime_days,
                allow_no_expiration: self.allow_no_expiration,
                require_description: self.require_description,
                kinds,
                self_service,
                own_max_keys_per_environment,
                own_max_keys_per_user,
                key_notices,
                expiry_reminders: self.expiry_reminders,
                scopes,
            }),
            _ => Err(errors),
        }
    }
}

fn chosen<T>(value: Option<T>, field: &str, errors: &mut Vec<FieldError>) -> Option<T> {
    keep(value.ok_or(SettingError::Unchosen.of(field)), errors)
}

/// Reads an administrators' own limit. One that was set under a higher ceiling may stay.
fn own_limit(text: &str, limit: Limit) -> Result<Option<u32>, SettingError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let own = number(text).ok_or(SettingError::NoNumber)?;
    if own > limit.ceiling && limit.own != Some(own) {
        return Err(SettingError::BeyondCeiling(limit.ceiling));
    }
    Ok(Some(own))
}
