//! One change, made to several keys one after the other: each is the change of a single key, with its own transaction
//! and row in the Activity Log.

use domain::{key::ApiKey, name::Description, secret::ClientId, slug::EnvironmentSlug};
use store::IssuedTokens;

use super::ChangeRefused;
use crate::{Failure, Service, authority::KeyManager};

/// Most keys that are changed at once.
pub const BULK_MAX: usize = 500;

/// What is done to each key.
#[derive(Clone, Debug)]
pub enum BulkChange {
    /// As [`Service::suspend_key`].
    Suspend {
        /// A note for the Activity Log.
        reason: Option<Description>,
        /// What becomes of access tokens already issued.
        issued_tokens: IssuedTokens,
    },
    /// As [`Service::reapprove_key`].
    Reapprove,
    /// As [`Service::revoke_key`].
    Revoke {
        /// What becomes of access tokens already issued.
        issued_tokens: IssuedTokens,
    },
}

/// How changing several keys ended.
#[derive(Debug, Default)]
pub struct BulkChanged {
    /// Those that were changed.
    pub done: Vec<ApiKey>,
    /// Those that were not, each with its reason.
    pub refused: Vec<(ApiKey, ChangeRefused)>,
    /// Those that were not reached, because this broke before.
    pub broken: Option<(Failure, Vec<ApiKey>)>,
}

impl Service {
    /// The keys within reach among `ids` that belong to `environment`, each once; others are left out.
    pub async fn keys_among(
        &self,
        manager: &impl KeyManager,
        environment: &EnvironmentSlug,
        ids: &[ClientId],
    ) -> Result<Vec<ApiKey>, Failure> {
        let mut keys: Vec<ApiKey> = Vec::with_capacity(ids.len());
        for client_id in ids {
            let known = keys.iter().any(|key| key.client_id == *client_id);
            let key = if known { None } else { self.key(manager, client_id).await? };
            keys.extend(key.filter(|key| key.environment == *environment));
        }
        Ok(keys)
    }

    /// Makes one change to several keys, each with the revision a person saw, if any.
    pub async fn change_keys(
        &self,
        manager: &impl KeyManager,
        keys: Vec<(ApiKey, Option<i64>)>,
        change: &BulkChange,
    ) -> BulkChanged {
        let mut changed = BulkChanged::default();
        let mut keys = keys.into_iter();
        while let Some((key, revision)) = keys.next() {
            match self.change_one(manager, &key.client_id, change, revision).await {
                Ok(Ok(key)) => changed.done.push(key),
                Ok(Err(refused)) => changed.refused.push((key, refused)),
                Err(failure) => {
                    let rest = std::iter::once(key).chain(keys.by_ref().map(|(key, _)| key));
                    changed.broken = Some((failure, rest.collect()));
                }
            }
        }
        changed
    }

    async fn change_one(
        &self,
        manager: &impl KeyManager,
        client_id: &ClientId,
        change: &BulkChange,
        revision: Option<i64>,
    ) -> Result<Result<ApiKey, ChangeRefused>, Failure> {
        match change {
            BulkChange::Suspend { reason, issued_tokens } => {
                self.suspend_key(manager, client_id, reason.as_ref(), *issued_tokens, revision).await
            }
            BulkChange::Reapprove => self.reapprove_key(manager, client_id, revision).await,
            BulkChange::Revoke { issued_tokens } => self.revoke_key(manager, client_id, *issued_tokens, revision).await,
        }
    }
}
