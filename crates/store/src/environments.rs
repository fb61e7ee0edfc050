//! Environments as an organization's administrators manage them.

use async_trait::async_trait;
use domain::{
    activity::Entry, id::OrganizationId, name::Name, organization::Environment, slug::EnvironmentSlug, time::Timestamp,
};

use crate::Error;

/// How making an environment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateEnvironment {
    /// It is there, after the others.
    Created,
    /// The organization has, or had, one with this slug.
    SlugTaken,
    /// The organization has as many as it may.
    Full {
        /// How many that is.
        limit: u32,
    },
}

/// How retiring an environment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetireEnvironment {
    /// It is gone; its slug stays taken.
    Retired,
    /// Live keys are in it.
    InUse {
        /// How many, personal credentials and suspended keys among them.
        live_keys: u32,
    },
    /// It is the only one.
    Last,
    /// There is no such environment.
    NotFound,
}

/// Environments of one organization.
#[async_trait]
pub trait Environments {
    /// Makes an environment.
    async fn create_environment(
        &self,
        organization: &OrganizationId,
        new: Environment,
        limit: u32,
        entry: Entry,
    ) -> Result<CreateEnvironment, Error>;

    /// Changes its display name; `false` when there is no such environment.
    async fn rename_environment(
        &self,
        organization: &OrganizationId,
        slug: &EnvironmentSlug,
        name: Name,
        entry: Entry,
    ) -> Result<bool, Error>;

    /// Retires an environment without live keys.
    async fn retire_environment(
        &self,
        organization: &OrganizationId,
        slug: &EnvironmentSlug,
        at: Timestamp,
        entry: Entry,
    ) -> Result<RetireEnvironment, Error>;
}
