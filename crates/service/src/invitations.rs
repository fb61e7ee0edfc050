//! Invitations: a one-time link with which a person joins an organization.

use domain::{
    activity::{Entry, Event, Target},
    email::{self, Email},
    field::{FieldError, Refusal, keep},
    id::{InvitationId, UserId},
    name::Name,
    user::{Role, UserState},
};
use serde_json::json;
use store::{AcceptInvitation, Account, InsertInvitation, Invitation, InvitationOffer, Invitee, NewInvitation};
use zeroize::Zeroizing;

use crate::{
    Failure, Service, Throttled,
    authority::{Administrator, Issuer, Origin, Recent, Visitor, person},
    form::FormId,
    master_key::hash_of,
    passwords,
    sessions::Proven,
    sign_in::SignInRefused,
};

/// How long an invitation's link works, seconds.
pub const INVITATION_S: i64 = 7 * 24 * 3600;

/// An invitation that was made.
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// What stands in the link's path, shown once; `None` where the link is mailed.
    pub token: Option<Zeroizing<String>>,
}

/// Most addresses that are invited at once.
pub const INVITED_AT_ONCE: usize = 50;

/// Who is to be invited: 1 to [`INVITED_AT_ONCE`] addresses, and what was typed among them that is none.
pub struct Invitees(Vec<Result<Email, String>>);

impl Invitees {
    /// Reads a text of addresses.
    ///
    /// # Errors
    /// There is nothing in it, or more than can be invited at once.
    pub fn parse(typed: &str) -> Result<Self, FieldError> {
        let addresses = email::list(typed);
        if addresses.is_empty() {
            return Err(FieldError::new("emails", "required", "Enter at least one e-mail address."));
        }
        if addresses.len() > INVITED_AT_ONCE {
            let words = format!("Invite {INVITED_AT_ONCE} people or fewer at once; this has {}.", addresses.len());
            return Err(FieldError::new("emails", "too_many", words));
        }
        Ok(Self(addresses))
    }
}

/// What became of one address among several.
pub enum InviteOutcome {
    /// Invited.
    Invited(Invited),
    /// The same form has invited this address before. Its link was shown then.
    SentBefore(Email),
    /// Somebody with this address is in the organization already, active or not.
    AlreadyMember(Email),
    /// It is no address; as it was typed.
    NoAddress(String),
}

/// Why somebody was not invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InviteRefused {
    /// The same form has invited this address before.
    SentBefore,
    /// Somebody with this address is in the organization already, active or not.
    AlreadyMember,
}

/// Why an invitation was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptRefused {
    /// The link is unknown, used or over.
    LinkOver,
    /// There is an account with this address, whose password is needed.
    AccountExists,
    /// It is not the password of the account, or that is deactivated.
    WrongPassword,
    /// Too many were wrong.
    Throttled(Throttled),
    /// The invitation is for another address than that of the person who has signed in.
    OtherAddress,
    /// The person is in the organization already.
    AlreadyMember,
    /// Fields to mend.
    Fields(Vec<FieldError>),
}

impl Service {
    /// Invites somebody, which opens a way in: by an administrator who has proved lately who they are. An older invitation
    /// of the same address stops working. Sending the same form again changes nothing.
    ///
    /// # Errors
    /// `Ok(Err(_))` when nobody was invited.
    pub async fn invite(
        &self,
        administrator: &Recent<'_, Administrator>,
        form: &FormId,
        email: Email,
        role: Role,
    ) -> Result<Result<Invited, InviteRefused>, Failure> {
        let (now, id, mailed) = (self.now(), self.new_id(InvitationId::new), self.sends_mail());
        let token = if mailed { self.link_token(id.as_str()) } else { self.draw_link_token() };
        let invitation = Invitation {
            id,
            email,
            role,
            invited_by: administrator.member().name.to_string(),
            created_at: now,
            ends_at: now.plus_seconds(INVITATION_S),
        };
        let target = Target { id: invitation.id.to_string(), name: invitation.email.to_string() };
        let details = json!({ "role": role });
        let entry = self.entry(&administrator.issuer(), Event::InvitationCreated, target, None, now, &details);
        let new = NewInvitation {
            invitation: invitation.clone(),
            organization: administrator.member().organization.id.clone(),
            token_hash: hash_of(token.as_bytes()),
            form_id: form.0.clone(),
            mailed,
        };
        Ok(match self.store.insert_invitation(new, entry).await? {
            InsertInvitation::Inserted => Ok(Invited { invitation, token: (!mailed).then_some(token) }),
            InsertInvitation::SentBefore => Err(InviteRefused::SentBefore),
            InsertInvitation::AlreadyMember => Err(InviteRefused::AlreadyMember),
        })
    }

    /// Invites everybody, each on its own: one that cannot be invited keeps nobody else out.
    ///
    /// # Errors
    /// `Ok(Err(_))` when there is nobody to invite among them.
    pub async fn invite_all(
        &self,
        administrator: &Recent<'_, Administrator>,
        form: &FormId,
        invitees: Invitees,
        role: Role,
    ) -> Result<Result<Vec<InviteOutcome>, FieldError>, Failure> {
        let mut outcomes = Vec::new();
        for address in invitees.0 {
            outcomes.push(match address {
                Err(typed) => InviteOutcome::NoAddress(typed),
                Ok(email) => match self.invite(administrator, form, email.clone(), role).await? {
                    Ok(invited) => InviteOutcome::Invited(invited),
                    Err(InviteRefused::SentBefore) => InviteOutcome::SentBefore(email),
                    Err(InviteRefused::AlreadyMember) => InviteOutcome::AlreadyMember(email),
                },
            });
        }
        let is_invited = |outcome: &_| matches!(outcome, InviteOutcome::Invited(_) | InviteOutcome::SentBefore(_));
        let nobody = !outcomes.iter().any(is_invited);
        Ok(if nobody { Err(nobody_to_invite(&outcomes)) } else { Ok(outcomes) })
    }

    /// Invitations that nobody has accepted yet, newest first.
    pub async fn invitations(&self, administrator: &Administrator) -> Result<Vec<Invitation>, Failure> {
        Ok(self.store.invitations(&administrator.member().organization.id, self.now()).await?)
    }

    /// Takes an invitation back; `false` when there is none.
    pub async fn withdraw_invitation(&self, administrator: &Administrator, id: &InvitationId) -> Result<bool, Failure> {
        let invitations = self.invitations(administrator).await?;
        let Some(invitation) = invitations.into_iter().find(|invitation| invitation.id == *id) else {
            return Ok(false);
        };
        let target = Target { id: id.to_string(), name: invitation.email.to_string() };
        let event = Event::InvitationWithdrawn;
        let entry = self.entry(&administrator.issuer(), event, target, None, self.now(), &json!({}));
        Ok(self.store.delete_invitation(&administrator.member().organization.id, id, entry).await?)
    }

    /// What an invitation's link offers, while it works.
    pub async fn invitation_offer(&self, token: &str) -> Result<Option<InvitationOffer>, Failure> {
        Ok(self.store.invitation_offer(&hash_of(token.as_bytes()), self.now()).await?)
    }

    /// Accepts an invitation with a new account, whose address is that of the invitation. Its person counts as signed in.
    ///
    /// # Errors
    /// `Ok(Err(_))` when link or field is refused; a refused field does not use the link up.
    pub async fn accept_with_new_account(
        &self,
        token: &str,
        typed_name: &str,
        password: Zeroizing<String>,
        origin: Origin,
    ) -> Result<Result<Proven, AcceptRefused>, Failure> {
        let offer = match self.invitation_offer(token).await? {
            None => return Ok(Err(AcceptRefused::LinkOver)),
            Some(offer) if offer.has_account => return Ok(Err(AcceptRefused::AccountExists)),
            Some(offer) => offer,
        };
        let mut errors = Vec::new();
        let name = keep(Name::parse(typed_name).map_err(|error| error.of("name")), &mut errors);
        let about = [offer.email.as_str(), typed_name, offer.name.as_str()];
        let good = keep(passwords::check(&password, &about).map_err(|error| error.of("password")), &mut errors);
        let (Some(name), Some(())) = (name, good) else {
            return Ok(Err(AcceptRefused::Fields(errors)));
        };
        let new = self.new_user(offer.email.clone(), name, Some(password)).await?;
        let entry = self.joined(&offer, &new.id, &new.name, origin.clone());
        let accepted = self.accept(token, Invitee::New(new), entry).await?;
        if accepted.is_ok()
            && let Some(account) = self.store.account(&offer.email.key()).await?
        {
            self.note_sign_in(&account, &origin).await?;
        }
        Ok(accepted.map(|user| Proven { user, credentials_version: 0 }))
    }

    /// Accepts an invitation for somebody who gives the password of their account: also one that is a member nowhere, and
    /// so can't sign in. Wrong passwords count together with those at sign-in.
    ///
    /// # Errors
    /// `Ok(Err(_))` when link or password is refused; a refused password does not use the link up.
    pub async fn accept_with_password(
        &self,
        token: &str,
        password: Zeroizing<String>,
        origin: Origin,
    ) -> Result<Result<Proven, AcceptRefused>, Failure> {
        let Some(offer) = self.invitation_offer(token).await? else {
            return Ok(Err(AcceptRefused::LinkOver));
        };
        let is_active = |account: &Account| account.state == UserState::Active;
        let account = match self.verify_password_of(&offer.email.key(), password, &origin, is_active).await? {
            Ok(account) => account,
            Err(SignInRefused::Wrong) => return Ok(Err(AcceptRefused::WrongPassword)),
            Err(SignInRefused::Throttled(throttled)) => return Ok(Err(AcceptRefused::Throttled(throttled))),
        };
        let entry = self.joined(&offer, &account.id, &account.name, origin.clone());
        if let Err(refused) = self.accept(token, Invitee::Known(account.id.clone()), entry).await? {
            return Ok(Err(refused));
        }
        let mut organizations = account.organizations.clone();
        organizations.push(offer.organization);
        self.note_sign_in(&Account { organizations, ..account.clone() }, &origin).await?;
        Ok(Ok(Proven::by_password(&account)))
    }

    /// Accepts an invitation for somebody who has signed in.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the link does not work or is for somebody else.
    pub async fn accept_as(&self, visitor: &Visitor, token: &str) -> Result<Result<UserId, AcceptRefused>, Failure> {
        let Some(offer) = self.invitation_offer(token).await? else {
            return Ok(Err(AcceptRefused::LinkOver));
        };
        let account = self.store.account(&offer.email.key()).await?;
        let Some(account) = account.filter(|account| account.id == *visitor.user()) else {
            return Ok(Err(AcceptRefused::OtherAddress));
        };
        let entry = self.joined(&offer, &account.id, &account.name, visitor.origin().clone());
        self.accept(token, Invitee::Known(account.id), entry).await
    }

    fn joined(&self, offer: &InvitationOffer, user: &UserId, name: &Name, origin: Origin) -> Entry {
        let issuer = Issuer { organization: &offer.organization, actor: person(user, name), origin };
        let target = Target { id: user.to_string(), name: name.to_string() };
        let details = json!({ "role": offer.role, "invited": true });
        self.entry(&issuer, Event::UserCreated, target, None, self.now(), &details)
    }

    async fn accept(
        &self,
        token: &str,
        invitee: Invitee,
        entry: Entry,
    ) -> Result<Result<UserId, AcceptRefused>, Failure> {
        let accepted = self.store.accept_invitation(&hash_of(token.as_bytes()), invitee, self.now(), entry).await?;
        Ok(match accepted {
            AcceptInvitation::Accepted(user) => Ok(user),
            AcceptInvitation::LinkOver => Err(AcceptRefused::LinkOver),
            AcceptInvitation::AccountExists => Err(AcceptRefused::AccountExists),
            AcceptInvitation::OtherAddress => Err(AcceptRefused::OtherAddress),
            AcceptInvitation::AlreadyMember => Err(AcceptRefused::AlreadyMember),
        })
    }
}

/// Why none of them was invited, in one sentence for each.
fn nobody_to_invite(outcomes: &[InviteOutcome]) -> FieldError {
    let reasons = outcomes.iter().filter_map(|outcome| match outcome {
        InviteOutcome::Invited(_) | InviteOutcome::SentBefore(_) => None,
        InviteOutcome::AlreadyMember(email) => Some(format!("{email} belongs to the organization already.")),
        InviteOutcome::NoAddress(typed) => Some(format!("“{typed}” is not an e-mail address.")),
    });
    FieldError::new("emails", "nobody_to_invite", reasons.collect::<Vec<_>>().join(" "))
}
