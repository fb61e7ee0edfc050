//! Deleting organizations.

use async_trait::async_trait;
use domain::{id::OrganizationId, name::Name, slug::OrganizationSlug, time::Timestamp};

use crate::{Error, Hash};

/// What stays of an organization that was deleted. Its slug is not given again: access tokens of before name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Its id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: OrganizationSlug,
    /// Its name.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Timestamp,
    /// How many rows its Activity Log had.
    pub sequence: i64,
    /// Hash of the last of them.
    pub hash: Hash,
    /// Shows that the application wrote all of the above.
    pub signature: Hash,
}

/// Signs a tombstone, whose own signature is empty still.
pub type SignTombstone = Box<dyn FnOnce(&Tombstone) -> Hash + Send>;

/// How deleting an organization ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteOrganization {
    /// This is what stays.
    Deleted(Box<Tombstone>),
    /// It is not disabled.
    Active,
    /// There is none.
    NotFound,
}

/// Deleting organizations.
#[async_trait]
pub trait Deletions {
    /// Deletes a disabled organization with all that belongs to it, and accounts that belong nowhere else, in one
    /// transaction.
    async fn delete_organization(
        &self,
        id: &OrganizationId,
        at: Timestamp,
        sign: SignTombstone,
    ) -> Result<DeleteOrganization, Error>;

    /// What stays of those that were deleted, by slug.
    async fn tombstones(&self) -> Result<Vec<Tombstone>, Error>;
}
