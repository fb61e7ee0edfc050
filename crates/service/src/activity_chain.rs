//! Checks that nobody has altered the Activity Log behind the application's back.

use domain::{activity::chain_hash, id::OrganizationId, slug::OrganizationSlug};
use serde::Serialize;
use store::{ChainedEntry, Hash};

use crate::{Failure, Service, authority::Operator};

/// Rows read at once.
const PART: u32 = 500;

/// A chain without a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedChain {
    /// Whose.
    pub organization: OrganizationSlug,
    /// How many rows it has, those left out that are not kept any longer.
    pub rows: i64,
}

/// The first row of a chain that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenChain {
    /// Whose.
    pub organization: OrganizationSlug,
    /// Place of the row.
    pub sequence: i64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// A field of it was changed.
    Altered,
    /// It does not follow the row before it.
    Detached,
    /// A field of it holds what the application never writes.
    Unreadable,
    /// It comes after the last row that was written.
    Beyond,
    /// What stays of it, and of those before, was not written by this deployment.
    Forged,
}

impl std::fmt::Display for BrokenChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fault = match self.fault {
            Fault::Missing => "is missing",
            Fault::Altered => "was altered",
            Fault::Detached => "does not follow the row before it",
            Fault::Unreadable => "cannot be read",
            Fault::Beyond => "comes after the last row that was written",
            Fault::Forged => "was removed by somebody else",
        };
        write!(f, "Activity Log of {}: row {} {fault}.", self.organization, self.sequence)
    }
}

impl Service {
    /// Walks the chain of every organization, by slug, and looks at what stays of those that were deleted.
    ///
    /// # Errors
    /// `Ok(Err(_))` names the first row that is not as it was written.
    pub async fn verify_activity(
        &self,
        operator: Operator,
    ) -> Result<Result<Vec<VerifiedChain>, BrokenChain>, Failure> {
        for (tombstone, genuine) in self.tombstones(operator).await? {
            if !genuine {
                let (organization, sequence) = (tombstone.slug, tombstone.sequence);
                return Ok(Err(BrokenChain { organization, sequence, fault: Fault::Forged }));
            }
        }
        let mut verified = Vec::new();
        for organization in self.organizations(operator).await? {
            let slug = organization.slug;
            match self.verify_chain(&organization.id).await? {
                Ok(rows) => verified.push(VerifiedChain { organization: slug, rows }),
                Err((sequence, fault)) => return Ok(Err(BrokenChain { organization: slug, sequence, fault })),
            }
        }
        Ok(Ok(verified))
    }

    /// How many rows follow each other up to the end of the chain, from where it begins.
    async fn verify_chain(&self, organization: &OrganizationId) -> Result<Result<i64, (i64, Fault)>, Failure> {
        let begin = match self.store.checkpoint(organization).await? {
            Some(checkpoint) if !self.is_genuine(&checkpoint) => {
                return Ok(Err((checkpoint.sequence, Fault::Forged)));
            }
            Some(checkpoint) => (checkpoint.sequence, checkpoint.hash),
            None => (0, Hash::default()),
        };
        let (mut at, mut beyond) = (begin, None);
        loop {
            let Some((end, end_hash)) = self.store.activity_head(organization).await? else {
                return Ok(Err((1, Fault::Missing)));
            };
            // A row and the head move together, so one that was just written is not beyond the head by now.
            if let Some(row) = beyond.filter(|row| *row > end) {
                return Ok(Err((row, Fault::Beyond)));
            }
            if let Err(fault) = self.walk(organization, &mut at, end).await? {
                return Ok(Err(fault));
            }
            if at.1 != end_hash {
                return Ok(Err((end, Fault::Altered)));
            }
            beyond = match self.store.activity_after(organization, end, 1).await {
                Ok(rows) => rows.first().map(|row| row.sequence),
                Err(store::Error::Corrupt { .. }) => Some(end + 1),
                Err(error) => return Err(error.into()),
            };
            if beyond.is_none() {
                return Ok(Ok(end - begin.0));
            }
        }
    }

    /// Goes from one row, its place and its hash, to another one.
    async fn walk(
        &self,
        organization: &OrganizationId,
        (sequence, hash): &mut (i64, Hash),
        end: i64,
    ) -> Result<Result<(), (i64, Fault)>, Failure> {
        let mut part = PART;
        while *sequence < end {
            let rows = match self.store.activity_after(organization, *sequence, part).await {
                Ok(rows) => rows,
                // One of the next rows: they are read one by one to find it.
                Err(store::Error::Corrupt { .. }) if part > 1 => {
                    part = 1;
                    continue;
                }
                Err(store::Error::Corrupt { .. }) => return Ok(Err((*sequence + 1, Fault::Unreadable))),
                Err(error) => return Err(error.into()),
            };
            if rows.is_empty() {
                return Ok(Err((*sequence + 1, Fault::Missing)));
            }
            for row in &rows {
                if *sequence == end {
                    break;
                }
                if let Some(fault) = fault(row, *sequence, hash) {
                    return Ok(Err((*sequence + 1, fault)));
                }
                (*sequence, *hash) = (row.sequence, row.hash);
            }
        }
        Ok(Ok(()))
    }
}

fn fault(row: &ChainedEntry, previous: i64, previous_hash: &Hash) -> Option<Fault> {
    if row.sequence != previous + 1 {
        Some(Fault::Missing)
    } else if row.previous_hash != *previous_hash {
        Some(Fault::Detached)
    } else if row.hash != chain_hash(previous_hash, row.sequence, &row.entry) {
        Some(Fault::Altered)
    } else {
        None
    }
}
