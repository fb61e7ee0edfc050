//! Signing in with e-mail and password.

use domain::{
    activity::{Event, RefusalReason, Target},
    email::{self, EMAIL_MAX_BYTES},
    id::{OrganizationId, UserId},
    key::{ApiKey, StatusReason},
};
use serde_json::json;
use store::{Account, EndSessions};
use tracing::Instrument;
use zeroize::Zeroizing;

use crate::{
    Failure, Service, Throttled,
    authority::{Issuer, Origin, Visitor, person},
    master_key::hash_of,
    passwords::Verified,
    refusals::Refused,
    sessions::Proven,
    throttle::Outcome,
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
    ) -> Result<Result<Proven, SignInRefused>, Failure> {
        // Nobody has a longer address, and folding makes a text up to eleven times as long.
        let fits = typed_email.len() <= EMAIL_MAX_BYTES;
        let email_key = if fits { email::key(typed_email) } else { String::new() };
        let account = match self.verify_password(&email_key, password, origin).await? {
            Ok(account) => account,
            Err(refused) => return Ok(Err(refused)),
        };
        self.note_sign_in(&account, origin).await?;
        Ok(Ok(Proven::by_password(&account)))
    }

    /// Notes in every organization of an account that its person has proved who they are.
    pub(crate) async fn note_sign_in(&self, account: &Account, origin: &Origin) -> Result<(), Failure> {
        let (actor, now) = (person(&account.id, &account.name), self.now());
        let entries = account.organizations.iter().map(|organization| {
            let issuer = Issuer { organization, actor: actor.clone(), origin: origin.clone() };
            let target = Target { id: account.id.to_string(), name: account.name.to_string() };
            self.entry(&issuer, Event::SignedIn, target, None, now, &json!({}))
        });
        Ok(self.store.append_activity(entries.collect()).await?)
    }

    /// The account with this address and password, where it may be signed in to.
    pub(crate) async fn verify_password(
        &self,
        email_key: &str,
        password: Zeroizing<String>,
        origin: &Origin,
    ) -> Result<Result<Account, SignInRefused>, Failure> {
        self.verify_password_of(email_key, password, origin, |account| account.may_sign_in).await
    }

    /// The account with this address and password, where it is good for what is asked, its hash as strong as today's are.
    /// Wrong passwords count.
    pub(crate) async fn verify_password_of(
        &self,
        email_key: &str,
        password: Zeroizing<String>,
        origin: &Origin,
        is_good: impl FnOnce(&Account) -> bool + Send + 'static,
    ) -> Result<Result<Account, SignInRefused>, Failure> {
        let (now, address) = (self.now(), origin.address.as_str());
        if let Err(throttled) = self.network_throttle.attempt("", address, now) {
            return Ok(Err(self.throttled(throttled, email_key, origin)));
        }
        if let Err(throttled) = self.sign_in_throttle.begin(email_key, address, now).await {
            self.network_throttle.refund("", address);
            return Ok(Err(self.throttled(throttled, email_key, origin)));
        }
        let (service, key, origin) = (self.clone(), email_key.to_owned(), origin.clone());
        let settling = async move {
            let settled = service.settle_attempt(&key, password, &origin, is_good).await;
            let outcome = match &settled {
                Ok(Ok(_)) => Outcome::Right,
                Ok(Err(_)) => Outcome::Wrong,
                Err(_) => Outcome::Unknown,
            };
            service.sign_in_throttle.settle(&key, &origin.address, service.now(), outcome);
            if outcome != Outcome::Wrong {
                service.network_throttle.refund("", &origin.address);
            }
            settled
        };
        // In a task of its own, so that an attempt counts as what it was, also when nobody waits for the answer any more.
        tokio::spawn(settling.in_current_span()).await.unwrap_or_else(|stopped| {
            self.sign_in_throttle.settle(email_key, address, now, Outcome::Unknown);
            Err(Failure::Password(stopped.to_string()))
        })
    }

    fn throttled(&self, throttled: Throttled, email_key: &str, origin: &Origin) -> SignInRefused {
        if email_key.len() <= EMAIL_MAX_BYTES {
            self.count_refusal(Refused::Address(email_key.to_owned()), RefusalReason::Throttled, origin);
        }
        SignInRefused::Throttled(throttled)
    }

    /// Verifies the password of an attempt that has begun.
    async fn settle_attempt(
        &self,
        email_key: &str,
        password: Zeroizing<String>,
        origin: &Origin,
        is_good: impl FnOnce(&Account) -> bool + Send,
    ) -> Result<Result<Account, SignInRefused>, Failure> {
        let account = self.store.account(email_key).await?;
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        let verified = self.passwords.verify(password.clone(), stored.clone()).await?;
        let mut account = match checked(account, verified, is_good) {
            Ok(account) => account,
            Err(refused) => {
                tracing::info!(request_id = origin.request_id, "sign-in refused");
                if let Some((person, reason)) = refused {
                    self.count_refusal(Refused::Person(person), reason, origin);
                }
                return Ok(Err(SignInRefused::Wrong));
            }
        };
        if let (Verified::RightButWeak, Some(old)) = (verified, stored) {
            let new = self.passwords.hash(password).await?;
            if self.store.replace_password_hash(&account.id, &old, &new).await? {
                account.password_hash = Some(new);
            }
        }
        Ok(Ok(account))
    }

    /// Ends a session by hand, and suspends the keys that are to be suspended with it.
    pub async fn sign_out(&self, visitor: &Visitor, session_id: &str) -> Result<(), Failure> {
        self.end_by_hand(visitor, EndSessions::One(hash_of(session_id.as_bytes()))).await
    }

    /// The same for every session of the person.
    pub async fn sign_out_everywhere(&self, visitor: &Visitor) -> Result<(), Failure> {
        self.end_by_hand(visitor, EndSessions::Every).await
    }

    pub(crate) async fn end_by_hand(&self, visitor: &Visitor, sessions: EndSessions) -> Result<(), Failure> {
        // Without an active membership there is no session.
        let Some(member) = self.store.memberships(visitor.user()).await?.into_iter().next() else {
            return Ok(());
        };
        let (now, actor, origin) = (self.now(), person(&member.user, &member.name), visitor.origin().clone());
        let target = Target { id: actor.id.clone(), name: actor.name.clone() };
        let details = json!({ "everywhere": sessions == EndSessions::Every });
        let signed_out = self.account_entries(actor.clone(), origin.clone(), Event::SignedOut, target, details);
        let service = self.clone();
        let suspended = Box::new(move |organization: &OrganizationId, key: &ApiKey| {
            let issuer = Issuer { organization, actor: actor.clone(), origin: origin.clone() };
            let target = Target { id: key.client_id.to_string(), name: key.name.to_string() };
            let details = json!({ "reason": StatusReason::SignedOut });
            service.entry(&issuer, Event::KeySuspended, target, Some(key.environment.clone()), now, &details)
        });
        Ok(self.store.sign_out(visitor.user(), sessions, now, signed_out, suspended).await?)
    }
}

/// The account, or who is refused and why.
fn checked(
    account: Option<Account>,
    verified: Verified,
    is_good: impl FnOnce(&Account) -> bool,
) -> Result<Account, Option<(UserId, RefusalReason)>> {
    let account = account.ok_or(None)?;
    if verified == Verified::Wrong {
        return Err(Some((account.id, RefusalReason::WrongPassword)));
    }
    if is_good(&account) { Ok(account) } else { Err(Some((account.id, RefusalReason::Deactivated))) }
}
