//! The Activity Log as people and programs read it.

use domain::{
    activity::{Event, Target},
    id::{OrganizationId, UserId},
};
use serde_json::json;
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

    /// Writes down that an administrator takes these rows out as a file of this format; gives the query for those that
    /// are there now, which that row is not among.
    ///
    /// # Errors
    /// When the database fails; nothing may be taken out then.
    pub async fn export_activity(
        &self,
        administrator: &Administrator,
        format: &str,
        query: ActivityQuery,
    ) -> Result<ActivityQuery, Failure> {
        let organization = &administrator.member().organization;
        let head = self.store.activity_head(&organization.id).await?.map_or(0, |(sequence, _)| sequence);
        let details = json!({
            "format": format,
            "actor": query.actor,
            "event": query.event,
            "target": query.target,
            "environment": query.environment.as_ref().map(ToString::to_string),
            "from": query.from,
            "until": query.until,
        });
        let target = Target { id: organization.id.to_string(), name: organization.name.to_string() };
        let event = Event::ActivityExported;
        let entry = self.entry(&administrator.issuer(), event, target, None, self.now(), &details);
        self.store.append_activity(vec![entry]).await?;
        let before = query.before.map_or(head + 1, |before| before.min(head + 1));
        Ok(ActivityQuery { before: Some(before), ..query })
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
