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
            let is_present = key.secrets.first().is_some_and(|present| present.version == client.secret_version);
            let (change, event, details, response) = measure(is_present);
            // Which of its secrets that is decides, so the key must still be as it was read.
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

/// What is done about the present secret of a key, and about the one before.
fn measure(is_present: bool) -> (KeyChange, Event, serde_json::Value, Response) {
    let reason = StatusReason::Exposed;
    if is_present {
        let issued_tokens = IssuedTokens::Stop;
        let suspend = KeyChange::Suspend { reason, by: None, takes_over: true, issued_tokens };
        let details = json!({ "reason": reason, "issued_tokens": issued_tokens.as_str() });
        (suspend, Event::KeySuspended, details, Response::Suspended)
    } else {
        let details = json!({ "reason": reason });
        (KeyChange::EndPreviousSecret, Event::PreviousSecretEnded, details, Response::PreviousSecretEnded)
    }
}
