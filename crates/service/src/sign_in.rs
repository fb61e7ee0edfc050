//! Signing in with e-mail and password.

use domain::{
    activity::{Actor, ActorKind, Event, Target},
    email,
    id::UserId,
};
use serde_json::json;
use zeroize::Zeroizing;

use crate::{
    Failure, Service, Throttled,
    authority::{Issuer, Origin, Visitor},
    passwords::Verified,
};

/// Why nobody was signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInRefused {
    /// Unknown, wrong, deactivated or without an active organization: said alike.
    Wrong,
    /// Too many wrong passwords for this account from this network.
    Throttled(Throttled),
}

impl Service {
    /// Checks e-mail and password. Every refusal takes the work of one verification.
    ///
    /// # Errors
    /// `Ok(Err(_))` when nobody was signed in.
    pub async fn sign_in(
        &self,
        typed_email: &str,
        password: Zeroizing<String>,
        origin: &Origin,
    ) -> Result<Result<UserId, SignInRefused>, Failure> {
        let (now, email_key) = (self.now(), email::key(typed_email));
        if let Err(throttled) = self.sign_in_throttle.check(&email_key, &origin.address, now) {
            return Ok(Err(SignInRefused::Throttled(throttled)));
        }
        let account = self.store.account(&email_key).await?;
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let verified = self.passwords.verify(password.clone(), stored.clone()).await?;
        let Some(account) = account.filter(|account| verified != Verified::Wrong && account.may_sign_in) else {
            self.sign_in_throttle.fail(&email_key, &origin.address, now);
            tracing::info!(request_id = origin.request_id, "sign-in refused");
            return Ok(Err(SignInRefused::Wrong));
        };
        self.sign_in_throttle.succeed(&email_key, &origin.address);
        if let (Verified::RightButWeak, Some(old)) = (verified, stored) {
            let new = self.passwords.hash(password).await?;
            self.store.replace_password_hash(&account.id, &old, &new).await?;
        }
        let actor = Actor { kind: ActorKind::User, id: account.id.to_string(), name: account.name.to_string() };
        let entries = account.organizations.iter().map(|organization| {
            let issuer = Issuer { organization, actor: actor.clone(), origin: origin.clone() };
            let target = Target { id: account.id.to_string(), name: account.name.to_string() };
            self.entry(&issuer, Event::SignedIn, target, None, now, &json!({}))
        });
        self.store.append_activity(entries.collect()).await?;
        Ok(Ok(account.id))
    }

    /// Ends a session by hand.
    pub async fn sign_out(&self, visitor: &Visitor, session_id: &str) -> Result<(), Failure> {
        let memberships = self.store.memberships(visitor.user()).await?;
        self.end_session(session_id).await?;
        let entries = memberships.iter().map(|member| {
            let actor = Actor { kind: ActorKind::User, id: member.user.to_string(), name: member.name.to_string() };
            let target = Target { id: member.user.to_string(), name: member.name.to_string() };
            let issuer = Issuer { organization: &member.organization.id, actor, origin: visitor.origin().clone() };
            self.entry(&issuer, Event::SignedOut, target, None, self.now(), &json!({}))
        });
        Ok(self.store.append_activity(entries.collect()).await?)
    }
}
