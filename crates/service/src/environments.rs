//! Environments as an organization's administrators manage them.

use domain::{
    activity::{Entry, Event, Target},
    id::EnvironmentId,
    name::Name,
    organization::{ENVIRONMENTS_MAX, Environment},
    slug::EnvironmentSlug,
};
use serde_json::json;
use store::{CreateEnvironment, RetireEnvironment};

use crate::{Failure, Service, authority::Administrator};

impl Service {
    /// Makes an environment, after those there are.
    pub async fn create_environment(
        &self,
        administrator: &Administrator,
        slug: EnvironmentSlug,
        name: Name,
    ) -> Result<CreateEnvironment, Failure> {
        let new = Environment { id: self.new_id(EnvironmentId::new), slug, name, live_keys: 0 };
        let entry = self.environment_entry(administrator, Event::EnvironmentCreated, &new, &json!({}));
        Ok(self.store.create_environment(&administrator.member().organization.id, new, ENVIRONMENTS_MAX, entry).await?)
    }

    /// Changes the display name of an environment; its slug never changes. `false` when there is no such environment.
    pub async fn rename_environment(
        &self,
        administrator: &Administrator,
        slug: &EnvironmentSlug,
        name: Name,
    ) -> Result<bool, Failure> {
        let Some(environment) = self.find_environment(administrator, slug).await? else {
            return Ok(false);
        };
        let details = json!({ "name": { "before": environment.name, "after": name } });
        let renamed = Environment { name: name.clone(), ..environment };
        let entry = self.environment_entry(administrator, Event::EnvironmentRenamed, &renamed, &details);
        Ok(self.store.rename_environment(&administrator.member().organization.id, slug, name, entry).await?)
    }

    /// Retires an environment that holds no live key.
    pub async fn retire_environment(
        &self,
        administrator: &Administrator,
        slug: &EnvironmentSlug,
    ) -> Result<RetireEnvironment, Failure> {
        let Some(environment) = self.find_environment(administrator, slug).await? else {
            return Ok(RetireEnvironment::NotFound);
        };
        let entry = self.environment_entry(administrator, Event::EnvironmentRetired, &environment, &json!({}));
        Ok(self.store.retire_environment(&administrator.member().organization.id, slug, entry.at, entry).await?)
    }

    async fn find_environment(
        &self,
        administrator: &Administrator,
        slug: &EnvironmentSlug,
    ) -> Result<Option<Environment>, Failure> {
        let environments = self.environments_of(administrator.member()).await?;
        Ok(environments.into_iter().find(|environment| environment.slug == *slug))
    }

    fn environment_entry(
        &self,
        administrator: &Administrator,
        event: Event,
        environment: &Environment,
        details: &serde_json::Value,
    ) -> Entry {
        let target = Target { id: environment.id.to_string(), name: environment.name.to_string() };
        self.entry(&administrator.issuer(), event, target, Some(environment.slug.clone()), self.now(), details)
    }
}
