//! The Activity Log as people and programs read it.

use store::{ActivityQuery, ChainedEntry};

use crate::{
    Failure, Service,
    authority::{KeyManager, Reach},
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
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let organization = manager.organization().id.clone();
        let one_more = ActivityQuery { organization, concerning, limit: query.limit.saturating_add(1), ..query };
        let mut rows = self.store.activity_page(&one_more).await?;
        let has_next = rows.len() > wanted;
        rows.truncate(wanted);
        Ok(ActivityPage { rows, has_next })
    }
}
