//! Secrets that were found where they do not belong.

use domain::{
    activity::Event,
    key::{ApiKey, StatusReason},
    organization::Organization,
    secret::Secret,
    text_enum,
};
use serde_json::json;
use store::{IssuedTokens, KeyChange};

use super::ChangeRefused;
use crate::{Failure, Service, authority::Operator};

text_enum! {
    /// What was done about a secret that was found in public.
    Response {
        /// It is its key's present one, so the key is suspended, and its access tokens are stopped.
        Suspended = "suspended",
        /// Another has taken its place already, so it alone was ended.
        PreviousSecretEnded = "previous_secret_ended",
        /// Nothing: it does not work any more, or this was known.
        Nothing = "nothing",
    }
}

/// A key whose secret was found in public.
#[derive(Clone, Debug)]
pub struct Exposed {
    /// Whose key.
    pub organization: Organization,
    /// The key, as it is now.
    pub key: ApiKey,
    /// What was done.
    pub response: Response,
}

impl Service {
    /// Stops a secret that was found in public; `None` when it is no secret of this deployment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secret_exposed(&self, operator: Operator, secret: &Secret) -> Result<Option<Exposed>, Failure> {
        let hash = self.master_key().hash_secret(secret.expose());
        loop {
            let Some(client) = self.store.client_by_secret(&hash).await? else { return Ok(None) };
            let Some(organization) = self.store.organization_by_id(&client.organization).await? else {
                return Ok(None);
            };
            let manager = operator.in_organization(organization.clone());
            let Some(key) = self.key(&manager, &client.client_id).await? else { return Ok(None) };
            let (change, event, details, response) = match client.secret_ends_at {
                None => (
                    KeyChange::Suspend {
                        reason: StatusReason::Exposed,
                        by: None,
                        takes_over: true,
                        issued_tokens: IssuedTokens::Stop,
                    },
                    Event::KeySuspended,
                    json!({ "reason": StatusReason::Exposed, "issued_tokens": IssuedTokens::Stop.as_str() }),
                    Response::Suspended,
                ),
                Some(_) => (
                    KeyChange::EndPreviousSecret,
                    Event::PreviousSecretEnded,
                    json!({ "reason": StatusReason::Exposed }),
                    Response::PreviousSecretEnded,
                ),
            };
            // Which secret it is was read before, so the key must still be as it was.
            let revision = Some(key.revision);
            let (key, response) =
                match self.change(&manager, &client.client_id, change, revision, event, &details).await? {
                    Ok(key) => (key, response),
                    Err(ChangeRefused::Stale(_)) => continue,
                    Err(_) => (key, Response::Nothing),
                };
            return Ok(Some(Exposed { organization, key, response }));
        }
    }
}
