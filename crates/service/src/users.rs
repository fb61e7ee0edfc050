//! People as an operator adds them.

use domain::{
    activity::{Event, Target},
    email::Email,
    id::UserId,
    name::Name,
    organization::Organization,
    user::Role,
};
use serde_json::json;
use store::{Account, AddMember, Member, NewUser};
use zeroize::Zeroizing;

use crate::{Failure, PasswordError, Service, authority::Operator, passwords};

/// A person as they are asked for.
pub struct UserWanted {
    /// Address.
    pub email: Email,
    /// Display name.
    pub name: Name,
    /// Password of a new account; not used when the e-mail exists.
    pub password: Option<Zeroizing<String>>,
}

impl Service {
    /// Adds a person to an organization; an account that exists gets a membership and keeps its name and password.
    ///
    /// # Errors
    /// `Ok(Err(_))` when a new account's password is refused.
    pub async fn create_user(
        &self,
        operator: Operator,
        organization: &Organization,
        wanted: UserWanted,
        role: Role,
    ) -> Result<Result<AddMember, PasswordError>, Failure> {
        let account = self.store.account(&wanted.email.key()).await?;
        let password = wanted.password.filter(|_| account.is_none());
        if let Some(password) = &password {
            let about = [wanted.email.as_str(), wanted.name.as_str(), organization.name.as_str()];
            if let Err(refused) = passwords::check(password, &about) {
                return Ok(Err(refused));
            }
        }
        let new = self.new_user(wanted.email, wanted.name, password).await?;
        let name = account.map_or_else(|| new.name.clone(), |account| account.name);
        let target = Target { id: new.id.to_string(), name: name.to_string() };
        let details = json!({ "role": role });
        let entry = self.entry(&operator.issuer(&organization.id), Event::UserCreated, target, None, new.at, &details);
        Ok(Ok(self.store.add_member(&organization.id, new, role, entry).await?))
    }

    /// The account with this address, whatever its state.
    pub async fn account(&self, _operator: Operator, email: &Email) -> Result<Option<Account>, Failure> {
        Ok(self.store.account(&email.key()).await?)
    }

    /// The active member of an organization with this address.
    pub async fn member_by_email(
        &self,
        _operator: Operator,
        organization: &Organization,
        email: &Email,
    ) -> Result<Option<Member>, Failure> {
        let Some(account) = self.store.account(&email.key()).await? else {
            return Ok(None);
        };
        Ok(self.store.member(&account.id, &organization.slug).await?)
    }

    pub(crate) async fn new_user(
        &self,
        email: Email,
        name: Name,
        password: Option<Zeroizing<String>>,
    ) -> Result<NewUser, Failure> {
        let password_hash = match password {
            Some(password) => Some(self.passwords.hash(password).await?),
            None => None,
        };
        Ok(NewUser { id: self.new_id(UserId::new), email, name, password_hash, at: self.now() })
    }
}
