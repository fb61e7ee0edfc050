//! How much room the limits on live keys leave.

use domain::organization::Environment;

use crate::{
    Failure, Service,
    authority::{KeyManager, Reach},
};

/// Whose live keys a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitOf {
    /// Everybody's in an environment.
    Environment,
    /// A person's own, whatever the environment.
    Person,
}

/// A limit, and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Whose keys it counts.
    pub of: LimitOf,
    /// Live keys.
    pub used: u32,
    /// Live keys allowed.
    pub max: u32,
}

impl Limit {
    /// Whether there is no room for another key.
    pub fn is_reached(self) -> bool {
        self.used >= self.max
    }

    fn room(self) -> u32 {
        self.max.saturating_sub(self.used)
    }
}

impl Service {
    /// The limit that leaves the least room for another key of the kind that `manager` makes: the environment's, or, where
    /// a manager makes only keys of their own, that person's.
    pub async fn tightest_limit(&self, manager: &impl KeyManager, environment: &Environment) -> Result<Limit, Failure> {
        let organization = manager.organization();
        let max = organization.policy.max_keys_per_environment.effective();
        let of_environment = Limit { of: LimitOf::Environment, used: environment.live_keys, max };
        let Reach::OwnedBy(user) = manager.reach() else {
            return Ok(of_environment);
        };
        let used = self.store.live_keys_of(&organization.id, &user, self.now()).await?;
        let of_person = Limit { of: LimitOf::Person, used, max: organization.policy.max_keys_per_user.effective() };
        Ok(if of_person.room() <= of_environment.room() { of_person } else { of_environment })
    }
}
