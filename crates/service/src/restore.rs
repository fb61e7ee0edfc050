//! What makes of a restored database one that may be served: nothing that was stopped after the backup works again by
//! itself.

use std::collections::HashMap;

use domain::{
    activity::{Event, Target},
    id::OrganizationId,
    key::{ApiKey, StatusReason},
    time::Timestamp,
};
use serde_json::json;
use store::{FinishRestore, Restored};

use crate::{Failure, Service, authority::Operator};

/// Generations are raised by this and up to as much again by chance, so that no token of a time that was forgotten fits.
const GENERATION_STEP: i64 = 1 << 32;

impl Service {
    /// Ends access tokens, sessions and one-time links, and holds every live key until somebody re-approves it.
    ///
    /// # Errors
    /// When the database fails; nothing was done then.
    pub async fn finish_restore(&self, operator: Operator) -> Result<Restored, Failure> {
        let at = self.now();
        let organizations = self.organizations(operator).await?.into_iter();
        let names: HashMap<_, _> =
            organizations.map(|organization| (organization.id, organization.name.to_string())).collect();
        let service = self.clone();
        let restored = move |organization: &OrganizationId, taken_at: Option<Timestamp>, held: usize| {
            let name = names.get(organization).cloned().unwrap_or_default();
            let target = Target { id: organization.to_string(), name };
            let details = json!({ "backup_of": taken_at, "held_keys": held });
            service.entry(&operator.issuer(organization), Event::OrganizationRestored, target, None, at, &details)
        };
        let service = self.clone();
        let held = move |organization: &OrganizationId, key: &ApiKey| {
            let target = Target { id: key.client_id.to_string(), name: key.name.to_string() };
            let details = json!({ "reason": StatusReason::Restored });
            let environment = Some(key.environment.clone());
            service.entry(&operator.issuer(organization), Event::KeySuspended, target, environment, at, &details)
        };
        let chance = i64::from(u32::from_be_bytes(self.draws.bytes::<4>()));
        let finish = FinishRestore {
            at,
            generation_step: GENERATION_STEP + chance,
            restored: Box::new(restored),
            held: Box::new(held),
        };
        Ok(self.store.finish_restore(finish).await?)
    }
}
