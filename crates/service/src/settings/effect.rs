//! What a stricter key policy means for keys that exist: nothing stops, and this says so before it is saved.

use std::fmt;

use domain::{
    expiration::{Expiration, ExpirationPolicy},
    key::Kind,
    name::Name,
    organization::{Environment, Limit, Organization},
    settings::KeyPolicy,
    time::Timestamp,
    user::Role,
};
use store::{RulesAsked, Survey};

use crate::{Failure, Service, authority::Administrator};

/// Something that exists and could not be made any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Keys that end later than a new one may.
    Longer(u32),
    /// Keys without an end.
    WithoutEnd(u32),
    /// Keys without a description.
    Undescribed(u32),
    /// Keys that are exchanged for access tokens.
    Exchanged(u32),
    /// Keys that are sent as they are.
    SentAsTheyAre(u32),
    /// Keys of people who may not own one any more.
    Owned(u32),
    /// More keys in an environment than its new limit.
    EnvironmentFull {
        /// The environment.
        name: Name,
        /// Live keys in it.
        keys: u32,
        /// The new limit.
        limit: u32,
    },
    /// People with more keys than their new limit.
    UsersAbove {
        /// How many.
        users: u32,
        /// The new limit.
        limit: u32,
    },
    /// Keys that carry a scope which is taken away.
    ScopeCarried {
        /// The scope.
        scope: String,
        /// How many keys.
        keys: u32,
    },
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Longer(1) => {
                f.write_str("1 existing key is longer than this. It keeps its date; new keys follow the policy.")
            }
            Self::Longer(keys) => {
                write!(
                    f,
                    "{keys} existing keys are longer than this. They keep their dates; new keys follow the policy."
                )
            }
            Self::WithoutEnd(1) => {
                f.write_str("1 existing key has no expiration. It stays so until someone removes it.")
            }
            Self::WithoutEnd(keys) => {
                write!(f, "{keys} existing keys have no expiration. They stay so until someone removes them.")
            }
            Self::Undescribed(1) => f.write_str("1 existing key has no description. It needs one when it is edited."),
            Self::Undescribed(keys) => {
                write!(f, "{keys} existing keys have no description. They need one when they are edited.")
            }
            Self::Exchanged(1) => {
                f.write_str("1 existing key is exchanged for access tokens. It goes on working, and can be rotated.")
            }
            Self::Exchanged(keys) => {
                write!(
                    f,
                    "{keys} existing keys are exchanged for access tokens. They go on working, and can be rotated."
                )
            }
            Self::SentAsTheyAre(1) => {
                f.write_str("1 existing key is sent as it is. It goes on working, and can be rotated.")
            }
            Self::SentAsTheyAre(keys) => {
                write!(f, "{keys} existing keys are sent as they are. They go on working, and can be rotated.")
            }
            Self::Owned(1) => f.write_str(
                "1 existing key belongs to a person who may then own none. It goes on working; its owner cannot manage \
                 it any more, and administrators can.",
            ),
            Self::Owned(keys) => write!(
                f,
                "{keys} existing keys belong to people who may then own none. They go on working; their owners cannot \
                 manage them any more, and administrators can.",
            ),
            Self::EnvironmentFull { name, keys, limit } => write!(
                f,
                "{name} has {keys} keys, and the limit becomes {limit}. They all go on working; nobody creates another \
                 until there are fewer.",
            ),
            Self::UsersAbove { users: 1, limit } => {
                write!(f, "1 person owns more than {limit} keys. They all go on working; that person creates no more.")
            }
            Self::UsersAbove { users, limit } => {
                write!(
                    f,
                    "{users} people own more than {limit} keys. They all go on working; those people create no more."
                )
            }
            Self::ScopeCarried { scope, keys: 1 } => {
                write!(f, "1 existing key carries {scope}. It keeps it until it is removed; new keys cannot have it.")
            }
            Self::ScopeCarried { scope, keys } => {
                write!(
                    f,
                    "{keys} existing keys carry {scope}. They keep it until they are removed; new keys cannot have it."
                )
            }
        }
    }
}

impl Service {
    /// What exists that `wanted` would not let anybody make, where the policy so far did. To be said before it is saved.
    pub async fn effects_of(&self, administrator: &Administrator, wanted: &KeyPolicy) -> Result<Vec<Effect>, Failure> {
        let organization = &administrator.member().organization;
        let now = self.now();
        let per_user = Limit { own: wanted.own_max_keys_per_user, ..organization.policy.max_keys_per_user }.effective();
        let rules = RulesAsked { ends_by: last_end(wanted, organization, now), per_user };
        let survey = self.store.survey_keys(&organization.id, &rules, now).await?;
        let environments = self.store.environments(&organization.id, None, now).await?;
        Ok(effects(organization, wanted, per_user, &survey, &environments))
    }
}

/// The last instant at which a key made now may end.
fn last_end(wanted: &KeyPolicy, organization: &Organization, now: Timestamp) -> Timestamp {
    let policy = ExpirationPolicy { longest_days: wanted.max_key_lifetime_days, allow_never: false };
    let end = Expiration::Longest.ends_at(now, &organization.zone(), policy);
    end.ok().flatten().unwrap_or(Timestamp::from_millis(i64::MAX))
}

fn effects(
    organization: &Organization,
    wanted: &KeyPolicy,
    per_user: u32,
    survey: &Survey,
    environments: &[Environment],
) -> Vec<Effect> {
    let before = &organization.policy;
    let mut effects = Vec::new();
    let mut add = |stricter: bool, counted: u32, effect: fn(u32) -> Effect| {
        if stricter && counted > 0 {
            effects.push(effect(counted));
        }
    };
    let shorter = is_lower(wanted.max_key_lifetime_days, before.max_key_lifetime_days);
    add(shorter, survey.ending_later, Effect::Longer);
    let had_no_end = before.allow_no_expiration && before.max_key_lifetime_days.is_none();
    let may_have_no_end = wanted.allow_no_expiration && wanted.max_key_lifetime_days.is_none();
    add(had_no_end && !may_have_no_end, survey.without_end, Effect::WithoutEnd);
    add(wanted.require_description && !before.require_description, survey.undescribed, Effect::Undescribed);
    let lost = |kind| before.kinds.allow(kind) && !wanted.kinds.allow(kind);
    add(lost(Kind::Client), survey.of_kind_client, Effect::Exchanged);
    add(lost(Kind::Token), survey.of_kind_token, Effect::SentAsTheyAre);
    let barred = |role| before.self_service.allows(role) && !wanted.self_service.allows(role);
    let of = [(Role::Admin, survey.of_admins), (Role::Member, survey.of_members)];
    let owned = of.into_iter().filter(|(role, _)| barred(*role)).map(|(_, keys)| keys).sum();
    add(true, owned, Effect::Owned);

    let limit = Limit { own: wanted.own_max_keys_per_environment, ..before.max_keys_per_environment }.effective();
    if limit < before.max_keys_per_environment.effective() {
        let full = environments.iter().filter(|environment| environment.live_keys > limit);
        effects.extend(full.map(|environment| Effect::EnvironmentFull {
            name: environment.name.clone(),
            keys: environment.live_keys,
            limit,
        }));
    }
    if per_user < before.max_keys_per_user.effective() && survey.users_above > 0 {
        effects.push(Effect::UsersAbove { users: survey.users_above, limit: per_user });
    }
    let gone = before.scopes.iter().filter(|scope| !wanted.scopes.contains(scope));
    effects.extend(gone.filter_map(|scope| {
        let keys = survey.by_scopes.iter().filter(|(scopes, _)| scopes.contains(scope)).map(|(_, keys)| keys).sum();
        (keys > 0).then(|| Effect::ScopeCarried { scope: scope.to_owned(), keys })
    }));
    effects
}

/// Whether a cap is lower than the one before, none being the highest.
fn is_lower(cap: Option<u32>, before: Option<u32>) -> bool {
    cap.is_some_and(|cap| before.is_none_or(|before| cap < before))
}
