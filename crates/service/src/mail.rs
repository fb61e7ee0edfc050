//! Mail to people. What a mail tells of is written down by the change itself, in its transaction; here it is read again,
//! put into a [`Letter`] and given to a [`Mailer`]. Links are made only then, see decision 11.

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    activity::{Entry, Event, Target, Told},
    email::{Email, EmailError},
    id::{EventId, OrganizationId},
    key::{ApiKey, Status},
    name::Name,
    organization::Organization,
    secret::ClientId,
    time::Timestamp,
};
use serde_json::json;
use store::{About, Account, InvitationOffer, Mail, PasswordForgotten};
use zeroize::Zeroizing;

use crate::{
    CLEAN_UP_BATCH, Failure, Service, Throttled,
    authority::{Origin, person},
    master_key::hash_of,
};

/// Most mails that a process takes for itself at once.
const BATCH: u32 = 20;

/// How long a process that dies while it sends keeps its mails from the others, seconds: longer than a whole batch takes.
const CLAIM_S: i64 = 600;

/// How long sending is tried, seconds.
const GIVE_UP_S: i64 = 24 * 3600;

/// Longest pause between two tries, seconds.
const LONGEST_PAUSE_S: i64 = 3600;

/// How many days before its end people are reminded of a key, and which reminder comes next; the last one is 0.
const REMINDERS: [(u32, u32); 3] = [(14, 3), (3, 1), (1, 0)];

/// Password links that are mailed to one person within [`ASKED_WINDOW_S`], whoever asks for them and from wherever.
pub(crate) const ASKED_MAILS: u32 = 3;

/// Seconds.
pub(crate) const ASKED_WINDOW_S: i64 = 600;

/// A mail before it is put into words.
pub struct Letter {
    /// The same at every try; 32 hexadecimal digits.
    pub id: String,
    /// To which address.
    pub to: Email,
    /// Display name of the person, where there is one.
    pub name: Option<Name>,
    /// When what it tells of happened.
    pub at: Timestamp,
    /// What it tells.
    pub message: Message,
}

/// What a mail tells. Has no `Debug`, so that a link cannot be logged.
pub enum Message {
    /// Something happened to a key.
    Key(Box<Entry>, Box<ApiKey>, Box<Organization>),
    /// A key ends soon.
    KeyExpires(Box<ApiKey>, Box<Organization>),
    /// The person has a new password, or another address.
    Account(Box<Entry>, Box<Organization>),
    /// An invitation, with what stands in the path of its link.
    Invitation(InvitationOffer, Zeroizing<String>),
    /// A link to choose a new password: what stands in its path, and who asked for it.
    PasswordLink(Zeroizing<String>, AskedBy),
}

/// Who asked for a link to choose a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// Somebody at the sign-in page.
    Anybody,
    /// An administrator.
    Administrator,
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// No mail server takes anything at the moment; every mail waits.
    Unreachable(String),
    /// It does not take this one at the moment.
    Later(String),
    /// It never will.
    Never(String),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail, or says why not, within seconds.
    async fn send(&self, letter: &Letter) -> Result<(), NotSent>;
}

/// Why nobody is mailed a link to choose a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgottenRefused {
    /// This is no address.
    NoAddress(EmailError),
    /// Asked for too often, for this address or from this network.
    Throttled(Throttled),
}

impl Service {
    /// Whether mail is sent, and not only logged.
    pub fn sends_mail(&self) -> bool {
        self.settings.sends_mail
    }

    /// Sends some of what is due, until `stop` says so; whether more may be due. Of several processes each sends other
    /// mails.
    ///
    /// # Errors
    /// When the database fails; what is left waits.
    pub async fn send_mails(&self, mailer: &dyn Mailer, stop: impl Fn() -> bool + Send) -> Result<bool, Failure> {
        let now = self.now();
        let mails = self.store.claim_mails(now, now.plus_seconds(CLAIM_S), BATCH).await?;
        let (mut waits, full) = (false, mails.len() == BATCH as usize);
        for mail in mails {
            if stop() || waits {
                let next_at = if waits { now.plus_seconds(pause_s(1)) } else { now };
                self.store.release_mail(&mail.id, next_at).await?;
                continue;
            }
            match self.send_mail(mailer, &mail).await {
                Ok(unreachable) => waits = unreachable,
                Err(failure) if failure.is_temporary() => return Err(failure),
                // It cannot be put together, and the others need not wait for it.
                Err(failure) => self.try_again(&mail, &failure.to_string()).await?,
            }
        }
        Ok(full && !waits)
    }

    /// Sends one; whether the others had better wait.
    async fn send_mail(&self, mailer: &dyn Mailer, mail: &Mail) -> Result<bool, Failure> {
        let Some(letter) = self.letter(mail).await? else {
            // What it was about is over: a link was used or withdrawn, a key was removed.
            self.store.delete_mail(&mail.id).await?;
            return Ok(false);
        };
        match mailer.send(&letter).await {
            Ok(()) => {
                count("sent");
                self.store.delete_mail(&mail.id).await?;
                Ok(false)
            }
            Err(NotSent::Never(why)) => {
                count("refused");
                tracing::error!(mail = mail.id, why, "a mail was refused for good, and is dropped");
                self.store.delete_mail(&mail.id).await?;
                Ok(false)
            }
            Err(NotSent::Later(why)) => self.try_again(mail, &why).await.map(|()| false),
            Err(NotSent::Unreachable(why)) => self.try_again(mail, &why).await.map(|()| true),
        }
    }

    async fn try_again(&self, mail: &Mail, why: &str) -> Result<(), Failure> {
        let now = self.now();
        if mail.created_at.plus_seconds(GIVE_UP_S) <= now {
            count("given_up");
            tracing::error!(
                mail = mail.id,
                attempts = mail.attempts + 1,
                why,
                "a mail could not be sent for a day, and is dropped"
            );
            self.store.delete_mail(&mail.id).await?;
            return Ok(());
        }
        count("postponed");
        let attempts = mail.attempts + 1;
        let next_at = now.plus_seconds(pause_s(attempts));
        tracing::warn!(mail = mail.id, attempts, why, %next_at, "a mail was not sent yet");
        self.store.postpone_mail(&mail.id, next_at).await?;
        Ok(())
    }

    /// The mail as it is now; `None` when what it tells of is over.
    async fn letter(&self, mail: &Mail) -> Result<Option<Letter>, Failure> {
        let token = self.link_token(&mail.id);
        let message = match &mail.about {
            About::Event { organization, sequence } => self.happened(organization, *sequence).await?,
            About::Expiry { organization, client_id, .. } => self.expires(organization, client_id).await?,
            About::Invitation => {
                let offer = self.invitation_offer(&token).await?;
                offer.map(|offer| Message::Invitation(offer, token))
            }
            About::PasswordLink => self.password_link(token, AskedBy::Administrator).await?,
            About::PasswordForgotten { address, request_id } => {
                let origin = Origin { address: address.clone(), request_id: request_id.clone(), ..Origin::default() };
                return self.letter_to_forgetful(mail, token, origin).await;
            }
        };
        Ok(message.map(|message| letter(mail, mail.to.clone(), mail.name.clone(), message)))
    }

    async fn password_link(&self, token: Zeroizing<String>, by: AskedBy) -> Result<Option<Message>, Failure> {
        let works = self.reset_offer(&token).await?.is_some();
        Ok(works.then(|| Message::PasswordLink(token, by)))
    }

    async fn happened(&self, organization: &OrganizationId, sequence: i64) -> Result<Option<Message>, Failure> {
        let row = self.store.activity_after(organization, sequence - 1, 1).await?.pop();
        let row = row.filter(|row| row.sequence == sequence);
        let Some((row, at)) = row.zip(self.store.organization_by_id(organization).await?) else { return Ok(None) };
        let (entry, at) = (Box::new(row.entry), Box::new(at));
        Ok(match entry.event.told() {
            None => None,
            Some(Told::Person) => Some(Message::Account(entry, at)),
            Some(Told::OfKey) => {
                let Some(client_id) = ClientId::parse(&entry.target.id) else { return Ok(None) };
                let key = self.store.key(organization, &client_id).await?;
                key.map(|key| Message::Key(entry, Box::new(key), at))
            }
        })
    }

    async fn expires(&self, organization: &OrganizationId, key: &ClientId) -> Result<Option<Message>, Failure> {
        let (key, now) = (self.store.key(organization, key).await?, self.now());
        let key = key.filter(|key| !matches!(key.status(now), Status::Revoked | Status::Expired));
        let organization = self.store.organization_by_id(organization).await?;
        Ok(key.zip(organization).map(|(key, at)| Message::KeyExpires(Box::new(key), Box::new(at))))
    }

    /// The link for somebody who asked at the sign-in page: it goes to the address of the account, which may be written
    /// otherwise than the one that was typed and even belong to somebody else. It is made at the first try; later ones bring
    /// the same, and never one that a newer link has ended.
    async fn letter_to_forgetful(
        &self,
        mail: &Mail,
        token: Zeroizing<String>,
        origin: Origin,
    ) -> Result<Option<Letter>, Failure> {
        let account = self.store.account(&mail.to.key()).await?.filter(|account| account.may_sign_in);
        let Some(account) = account else { return Ok(None) };
        let made = mail.attempts > 0 || self.reset_offer(&token).await?.is_some();
        if !made && !self.make_link_for_forgetful(mail, &account, &token, origin).await? {
            return Ok(None);
        }
        let message = self.password_link(token, AskedBy::Anybody).await?;
        Ok(message.map(|message| letter(mail, account.email, Some(account.name), message)))
    }

    async fn make_link_for_forgetful(
        &self,
        mail: &Mail,
        account: &Account,
        token: &str,
        origin: Origin,
    ) -> Result<bool, Failure> {
        if self.asked_throttle.attempt(account.id.as_str(), "", self.now()).is_err() {
            tracing::info!(mail = mail.id, "a password link is not mailed again so soon");
            return Ok(false);
        }
        let target = Target { id: account.id.to_string(), name: account.name.to_string() };
        let actor = person(&account.id, &account.name);
        let entries = self.account_entries(actor, origin, Event::ResetLinkMade, target, json!({ "by": "mail" }));
        let reset = self.new_reset(&account.id, token, None);
        self.store.insert_password_reset(reset, None, entries).await?;
        Ok(true)
    }

    /// Writes down that somebody at the sign-in page has forgotten their password. Whether there is such an account shows
    /// neither in the outcome nor in the work, which is done when the mail is sent.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is no address, or was asked for too often.
    pub async fn password_forgotten(
        &self,
        typed_email: &str,
        origin: &Origin,
    ) -> Result<Result<(), ForgottenRefused>, Failure> {
        let email = match Email::parse(typed_email) {
            Ok(email) => email,
            Err(error) => return Ok(Err(ForgottenRefused::NoAddress(error))),
        };
        let (now, address) = (self.now(), origin.address.as_str());
        let counted = self
            .network_throttle
            .attempt("", address, now)
            .and_then(|()| self.forgotten_throttle.attempt(&email.key(), address, now));
        if let Err(throttled) = counted {
            return Ok(Err(ForgottenRefused::Throttled(throttled)));
        }
        let id = self.new_id(EventId::new).to_string();
        let (address, request_id) = (origin.address.clone(), origin.request_id.clone());
        self.store.insert_password_forgotten(PasswordForgotten { id, email, address, request_id, at: now }).await?;
        Ok(Ok(()))
    }

    /// Writes the mails that remind people of keys that end soon. Any number of processes may call it.
    ///
    /// # Errors
    /// When the database fails; what is left waits for the next call.
    pub async fn remind_of_expiry(&self) -> Result<(), Failure> {
        let now = self.now();
        for (days, next) in REMINDERS {
            self.store.remind_of_expiry(days, next, now, CLEAN_UP_BATCH).await?;
        }
        Ok(())
    }

    /// What stands in the path of a link that is mailed: it follows from the mail's id and the master key.
    pub(crate) fn link_token(&self, mail: &str) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.master_key().link_tag(mail.as_bytes())))
    }
}

/// Seconds until the next try: 15, then twice as long each time, up to an hour.
fn pause_s(attempts: u32) -> i64 {
    15_i64
        .checked_shl(attempts.saturating_sub(1))
        .filter(|pause| *pause > 0)
        .unwrap_or(LONGEST_PAUSE_S)
        .min(LONGEST_PAUSE_S)
}

fn letter(mail: &Mail, to: Email, name: Option<Name>, message: Message) -> Letter {
    let id = hash_of(mail.id.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Letter { id, to, name, at: mail.created_at, message }
}

fn count(outcome: &'static str) {
    metrics::counter!("keyline_mails_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::pause_s;

    #[test]
    fn pauses_grow_up_to_an_hour() {
        let pauses = [1, 2, 3, 8, 9, 40, 64, u32::MAX].map(pause_s);
        assert_eq!(pauses, [15, 30, 60, 1_920, 3_600, 3_600, 3_600, 3_600]);
    }
}
