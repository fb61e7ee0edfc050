//! Accounts as a whole: their state, and choosing a new password.

use domain::{
    activity::{Actor, Event, Target},
    email::Email,
    field::{FieldError, Refusal},
    id::{EventId, UserId},
    name::Name,
    slug::OrganizationSlug,
    user::UserState,
};
use serde_json::json;
use store::{Account, ChangeMember, InsertReset, Member, PasswordReset, ResetOffer};
use zeroize::Zeroizing;

use crate::{
    Failure, Service, Throttled,
    authority::{Administrator, Operator, Origin, Recent, Visitor, person},
    master_key::hash_of,
    passwords,
    sign_in::SignInRefused,
};

/// How long a link to choose a new password works, seconds.
pub const RESET_LINK_S: i64 = 30 * 60;

/// Why an account, or a membership, was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountRefused {
    /// There is none.
    NotFound,
    /// It was so already.
    Unchanged,
    /// This organization would be left without an active administrator.
    LastAdmin(OrganizationSlug),
}

impl AccountRefused {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Unchanged => "unchanged",
            Self::LastAdmin(_) => "last_admin",
        }
    }
}

/// Why no link to choose a new password was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetLinkRefused {
    /// There is no such person, or the account is deactivated.
    NotActive,
    /// The person belongs to other organizations too, whose administrators have a say.
    Elsewhere,
}

/// Why a password was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordRefused {
    /// The link is unknown, used or over.
    LinkOver,
    /// The present password is wrong.
    Wrong,
    /// Too many were wrong.
    Throttled(Throttled),
    /// The field to mend.
    Field(FieldError),
}

impl Service {
    /// Deactivates or reactivates an account everywhere. An organization that is left without an administrator by that is
    /// named in the log: only the operator can give it another.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a rule forbids it.
    pub async fn set_account_state(
        &self,
        _operator: Operator,
        email: &Email,
        state: UserState,
    ) -> Result<Result<Account, AccountRefused>, Failure> {
        let Some(account) = self.store.account(&email.key()).await? else {
            return Ok(Err(AccountRefused::NotFound));
        };
        let event = match state {
            UserState::Active => Event::UserReactivated,
            UserState::Deactivated => Event::UserDeactivated,
        };
        let details = json!({ "everywhere": true });
        let entries = self.account_entries(Actor::operator(), Origin::default(), event, target(&account), details);
        let abandoned = match state {
            UserState::Active => None,
            UserState::Deactivated => self.store.only_administrator_in(&account.id).await?,
        };
        let changed = self.store.set_account_state(&account.id, state, entries).await?;
        if let Some(organization) = abandoned.filter(|_| changed == ChangeMember::Done) {
            tracing::warn!(%organization, "the organization has no active administrator any more");
        }
        Ok(outcome(changed).map(|()| Account { state, ..account }))
    }

    /// Draws the token of a one-time link with which a person chooses a new password. An operator may for anybody.
    ///
    /// # Errors
    /// `Ok(Err(_))` when there is no such active account.
    pub async fn reset_link(
        &self,
        _operator: Operator,
        email: &Email,
    ) -> Result<Result<Zeroizing<String>, ResetLinkRefused>, Failure> {
        let Some(account) = self.store.account(&email.key()).await? else {
            return Ok(Err(ResetLinkRefused::NotActive));
        };
        let token = self.draw_link_token();
        let reset = self.new_reset(&account.id, &token, None);
        let details = json!({});
        let made = Event::ResetLinkMade;
        let entries = self.account_entries(Actor::operator(), Origin::default(), made, target(&account), details);
        let inserted = self.store.insert_password_reset(reset, None, entries).await?;
        Ok(reset_outcome(inserted).map(|()| token))
    }

    /// The same by an administrator who has proved lately who they are, only for people of that organization alone. Where
    /// mail is sent, the link is mailed and no token comes back.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the person is not active, or belongs to another organization too.
    pub async fn reset_link_of_member(
        &self,
        administrator: &Recent<'_, Administrator>,
        user: &UserId,
    ) -> Result<Result<Option<Zeroizing<String>>, ResetLinkRefused>, Failure> {
        let organization = &administrator.member().organization.id;
        let Some(membership) = self.store.membership(organization, user).await? else {
            return Ok(Err(ResetLinkRefused::NotActive));
        };
        let mail = self.sends_mail().then(|| self.new_id(EventId::new).to_string());
        let token = mail.as_deref().map_or_else(|| self.draw_link_token(), |mail| self.link_token(mail));
        let by_hand = mail.is_none();
        let reset = self.new_reset(user, &token, mail);
        let target = Target { id: user.to_string(), name: membership.name.to_string() };
        let issuer = administrator.issuer();
        let entries = self.account_entries(issuer.actor, issuer.origin, Event::ResetLinkMade, target, json!({}));
        let inserted = self.store.insert_password_reset(reset, Some(organization.clone()), entries).await?;
        Ok(reset_outcome(inserted).map(|()| by_hand.then_some(token)))
    }

    pub(crate) fn new_reset(&self, user: &UserId, token: &str, mail: Option<String>) -> PasswordReset {
        let (token_hash, at) = (hash_of(token.as_bytes()), self.now());
        PasswordReset { token_hash, user: user.clone(), at, ends_at: at.plus_seconds(RESET_LINK_S), mail }
    }

    /// Whose password a link is for, while it works.
    pub async fn reset_offer(&self, token: &str) -> Result<Option<ResetOffer>, Failure> {
        Ok(self.store.password_reset(&hash_of(token.as_bytes()), self.now()).await?)
    }

    /// Sets the password through a link, and ends every session of the person.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the link or the password is refused; a refused password does not use the link up.
    pub async fn reset_password(
        &self,
        token: &str,
        password: Zeroizing<String>,
        origin: Origin,
    ) -> Result<Result<(), PasswordRefused>, Failure> {
        let Some(offer) = self.reset_offer(token).await? else {
            return Ok(Err(PasswordRefused::LinkOver));
        };
        let memberships = self.store.memberships(&offer.user).await?;
        if let Err(refused) = check_password(&password, &offer.email, &offer.name, &memberships) {
            return Ok(Err(refused));
        }
        let hash = self.passwords.hash(password).await?;
        let target = Target { id: offer.user.to_string(), name: offer.name.to_string() };
        let actor = person(&offer.user, &offer.name);
        let entries = self.account_entries(actor, origin, Event::PasswordChanged, target, json!({ "by": "link" }));
        let done = self.store.reset_password(&hash_of(token.as_bytes()), hash, self.now(), entries).await?;
        Ok(done.map(|_| ()).ok_or(PasswordRefused::LinkOver))
    }

    /// Sets a new password for somebody who knows the present one, and ends their other sessions.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the present password is wrong or the new one is refused.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        session_id: &str,
        present: Zeroizing<String>,
        new: Zeroizing<String>,
    ) -> Result<Result<(), PasswordRefused>, Failure> {
        let memberships = self.memberships(visitor).await?;
        let Some(member) = memberships.first() else {
            return Ok(Err(PasswordRefused::Wrong));
        };
        let account = match self.verify_password(&member.email.key(), present, visitor.origin()).await? {
            Ok(account) => account,
            Err(SignInRefused::Wrong) => return Ok(Err(PasswordRefused::Wrong)),
            Err(SignInRefused::Throttled(throttled)) => return Ok(Err(PasswordRefused::Throttled(throttled))),
        };
        if let Err(refused) = check_password(&new, &member.email, &member.name, &memberships) {
            return Ok(Err(refused));
        }
        let old = account.password_hash.unwrap_or_default();
        let hash = self.passwords.hash(new).await?;
        let target = Target { id: member.user.to_string(), name: member.name.to_string() };
        let (actor, origin) = (person(&member.user, &member.name), visitor.origin().clone());
        let entries = self.account_entries(actor, origin, Event::PasswordChanged, target, json!({ "by": "password" }));
        let session = hash_of(session_id.as_bytes());
        let done = self.store.change_password(&member.user, &old, hash, session, entries).await?;
        Ok(if done { Ok(()) } else { Err(PasswordRefused::Wrong) })
    }
}

pub(crate) fn outcome(changed: ChangeMember) -> Result<(), AccountRefused> {
    match changed {
        ChangeMember::Done => Ok(()),
        ChangeMember::Unchanged => Err(AccountRefused::Unchanged),
        ChangeMember::LastAdmin(organization) => Err(AccountRefused::LastAdmin(organization)),
        ChangeMember::NotFound => Err(AccountRefused::NotFound),
    }
}

fn reset_outcome(inserted: InsertReset) -> Result<(), ResetLinkRefused> {
    match inserted {
        InsertReset::Inserted => Ok(()),
        InsertReset::NotActive => Err(ResetLinkRefused::NotActive),
        InsertReset::Elsewhere => Err(ResetLinkRefused::Elsewhere),
    }
}

/// A password may not be made of names around its person.
fn check_password(password: &str, email: &Email, name: &Name, memberships: &[Member]) -> Result<(), PasswordRefused> {
    let organizations = memberships.iter().map(|member| member.organization.name.as_str());
    let about: Vec<_> = [email.as_str(), name.as_str()].into_iter().chain(organizations).collect();
    passwords::check(password, &about).map_err(|refused| PasswordRefused::Field(refused.of("password")))
}

fn target(account: &Account) -> Target {
    Target { id: account.id.to_string(), name: account.name.to_string() }
}
