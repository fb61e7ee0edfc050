//! Deleting organizations, and taking out what has to be kept of one.

use domain::{
    activity::{Event, Target},
    organization::{Environment, Organization},
    slug::OrganizationSlug,
};
use serde_json::json;
use store::{ChainedEntry, DeleteOrganization, Membership, Tombstone};

use crate::{Failure, Service, authority::Operator, master_key::MasterKey};

/// Why an organization is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionRefused {
    /// There is none.
    NotFound,
    /// It is not disabled, so somebody may be using it.
    Active,
}

impl Service {
    /// Deletes a disabled organization: keys, people who belong nowhere else, and its Activity Log, of which a signed
    /// tombstone stays.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it may not be deleted.
    pub async fn delete_organization(
        &self,
        operator: Operator,
        slug: &OrganizationSlug,
    ) -> Result<Result<Tombstone, DeletionRefused>, Failure> {
        let Some(organization) = self.organization(operator, slug).await? else {
            return Ok(Err(DeletionRefused::NotFound));
        };
        let master_key = self.master_key();
        let sign = Box::new(move |tombstone: &Tombstone| signature(&master_key, tombstone));
        Ok(match self.store.delete_organization(&organization.id, self.now(), sign).await? {
            DeleteOrganization::Deleted(tombstone) => Ok(*tombstone),
            DeleteOrganization::Active => Err(DeletionRefused::Active),
            DeleteOrganization::NotFound => Err(DeletionRefused::NotFound),
        })
    }

    /// What stays of organizations that were deleted, by slug, each with whether this deployment wrote it.
    pub async fn tombstones(&self, _operator: Operator) -> Result<Vec<(Tombstone, bool)>, Failure> {
        let master_key = self.master_key();
        let judged = |tombstone: Tombstone| {
            let genuine = tombstone.signature == signature(&master_key, &tombstone);
            (tombstone, genuine)
        };
        Ok(self.store.tombstones().await?.into_iter().map(judged).collect())
    }

    /// Writes down that an organization is taken out as a file; gives its environments and people.
    pub async fn export_organization(
        &self,
        operator: Operator,
        organization: &Organization,
    ) -> Result<(Vec<Environment>, Vec<Membership>), Failure> {
        let target = Target { id: organization.id.to_string(), name: organization.name.to_string() };
        let (issuer, event) = (operator.issuer(&organization.id), Event::ActivityExported);
        let details = json!({ "format": "organization" });
        self.store.append_activity(vec![self.entry(&issuer, event, target, None, self.now(), &details)]).await?;
        let environments = self.store.environments(&organization.id, None, self.now()).await?;
        Ok((environments, self.store.members(&organization.id).await?))
    }

    /// Rows of an organization's Activity Log after a place in it, oldest first, at most `limit`.
    pub async fn activity_after(
        &self,
        _operator: Operator,
        organization: &Organization,
        sequence: i64,
        limit: u32,
    ) -> Result<Vec<ChainedEntry>, Failure> {
        Ok(self.store.activity_after(&organization.id, sequence, limit).await?)
    }
}

fn signature(master_key: &MasterKey, tombstone: &Tombstone) -> store::Hash {
    let Tombstone { id, slug, name, created_at, deleted_at, sequence, hash, signature: _ } = tombstone;
    let signed = format!("deleted\0{id}\0{slug}\0{name}\0{created_at}\0{deleted_at}\0{sequence}\0{hash:?}");
    master_key.record_tag(signed.as_bytes())
}
