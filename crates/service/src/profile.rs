//! What people change about themselves.

use domain::{
    activity::{Event, Target},
    email::Email,
    field::{FieldError, Refusal},
    name::Name,
    zone::Times,
};
use serde_json::json;
use store::{ChangeEmail, Member};

use crate::{
    Failure, Service,
    authority::{Recent, Visitor, person},
    master_key::hash_of,
};

impl Service {
    /// Gives a person another name in every organization of theirs; `false` when it was theirs already.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is no name.
    pub async fn change_name(&self, visitor: &Visitor, typed: &str) -> Result<Result<bool, FieldError>, Failure> {
        let name = match Name::parse(typed) {
            Ok(name) => name,
            Err(refused) => return Ok(Err(refused.of("name"))),
        };
        let Some(member) = self.somebody(visitor).await? else { return Ok(Ok(false)) };
        let details = json!({ "name": { "before": member.name.as_str(), "after": name.as_str() } });
        let entries = self.own_entries(visitor, &member, Event::NameChanged, details);
        Ok(Ok(self.store.change_name(visitor.user(), name, entries).await?))
    }

    /// Lets a person who has proved lately who they are sign in with another address. Their other sessions end; that with
    /// the cookie value `session_id` goes on. `false` when the address was theirs already.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is no address, or another account has it.
    pub async fn change_email(
        &self,
        visitor: &Recent<'_, Visitor>,
        session_id: &str,
        typed: &str,
    ) -> Result<Result<bool, FieldError>, Failure> {
        let email = match Email::parse(typed) {
            Ok(email) => email,
            Err(refused) => return Ok(Err(refused.of("email"))),
        };
        let Some(member) = self.somebody(visitor).await? else { return Ok(Ok(false)) };
        let details = json!({ "email": { "before": member.email.as_str(), "after": email.as_str() } });
        let entries = self.own_entries(visitor, &member, Event::EmailChanged, details);
        let session = hash_of(session_id.as_bytes());
        Ok(match self.store.change_email(visitor.user(), email, session, entries).await? {
            ChangeEmail::Done => Ok(true),
            ChangeEmail::Unchanged => Ok(false),
            ChangeEmail::Taken => {
                Err(FieldError::new("email", "taken", "Another account has this address. Use a different one."))
            }
        })
    }

    /// Keeps how a person wants times to be shown.
    pub async fn set_times(&self, visitor: &Visitor, times: Times) -> Result<(), Failure> {
        Ok(self.store.set_times(visitor.user(), times).await?)
    }

    /// Name and address of a person, wherever they are a member; without an active membership there is no session.
    async fn somebody(&self, visitor: &Visitor) -> Result<Option<Member>, Failure> {
        Ok(self.memberships(visitor).await?.into_iter().next())
    }

    fn own_entries(
        &self,
        visitor: &Visitor,
        member: &Member,
        event: Event,
        details: serde_json::Value,
    ) -> store::EntryFor {
        let target = Target { id: member.user.to_string(), name: member.name.to_string() };
        self.account_entries(person(&member.user, &member.name), visitor.origin().clone(), event, target, details)
    }
}
