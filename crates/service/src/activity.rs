//! The Activity Log as people and programs read it.

use domain::id::{OrganizationId, UserId};
use store::{ActivityQuery, ChainedEntry};

use crate::{
    Failure, Service,
    authority::{Administrator, KeyManager, Reach},
};

/// A page of the Activity Log, newest first.
#[derive(Clone, Debug)]
pub struct ActivityPage {
    /// Its rows.
    pub rows: Vec<ChainedEntry>,
    /// Whether older ones follow.
    pub has_next: bool,
}

impl Service {
    /// A page of what a manager may know of; tenant and person in `query` are replaced by those of `manager`.
    pub async fn activity(&self, manager: &impl KeyManager, query: ActivityQuery) -> Result<ActivityPage, Failure> {
        let concerning = match manager.reach() {
            Reach::Organization => None,
            Reach::OwnedBy(user) => Some(user),
        };
        self.activity_page(manager.organization().id.clone(), concerning, query).await
    }

    /// The same of everything in an administrator's organization, whether API keys are on or not.
    pub async fn activity_of_organization(
        &self,
        administrator: &Administrator,
        query: ActivityQuery,
    ) -> Result<ActivityPage, Failure> {
        self.activity_page(administrator.member().organization.id.clone(), None, query).await
    }

    async fn activity_page(
        &self,
        organization: OrganizationId,
        concerning: Option<UserId>,
        query: ActivityQuery,
    ) -> Result<ActivityPage, Failure> {
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let one_more = ActivityQuery { organization, concerning, limit: query.limit.saturating_add(1), ..query };
        let mut rows = self.store.activity_page(&one_more).await?;
        let has_next = rows.len() > wanted;
        rows.truncate(wanted);
        Ok(ActivityPage { rows, has_next })
    }
}
