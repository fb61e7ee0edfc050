//! Who may get a secret. A browser that was left open is not enough: its person has proved lately who they are.

use std::ops::Deref;

use domain::{activity::Actor, id::UserId, organization::Organization, time::Timestamp};
use zeroize::Zeroizing;

use super::{
    Administrator, ApiClient, KeyManager, KeyOwner, OperatorIn, OrgAdmin, Origin, Reach, Visitor, sealed::Sealed,
};
use crate::{Failure, Service, sign_in::SignInRefused};

/// For how long the password that was given last is proof enough, seconds.
pub const RECENT_S: i64 = 15 * 60;

/// Somebody who may create and rotate keys, and so gets to see secrets.
pub trait KeyMaker: KeyManager {}

impl KeyMaker for ApiClient {}

impl KeyMaker for OperatorIn {}

/// Somebody who acts from a session of the console.
pub trait InSession: Sealed {
    /// When the person last proved who they are.
    fn authenticated_at(&self) -> Timestamp;
}

impl InSession for OrgAdmin {
    fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }
}

impl Sealed for Visitor {}

impl InSession for Visitor {
    fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }
}

impl Sealed for Administrator {}

impl InSession for Administrator {
    fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }
}

impl InSession for KeyOwner {
    fn authenticated_at(&self) -> Timestamp {
        self.authenticated_at
    }
}

/// Somebody in a session who has proved lately who they are. Only [`Service::recent`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Recent<'a, M>(&'a M);

impl<M> Deref for Recent<'_, M> {
    type Target = M;

    fn deref(&self) -> &M {
        self.0
    }
}

impl<M: InSession + KeyManager> KeyMaker for Recent<'_, M> {}

impl<M: InSession> Sealed for Recent<'_, M> {}

impl<M: InSession + KeyManager> KeyManager for Recent<'_, M> {
    fn organization(&self) -> &Organization {
        self.0.organization()
    }

    fn reach(&self) -> Reach {
        self.0.reach()
    }

    fn is_administrator(&self) -> bool {
        self.0.is_administrator()
    }

    fn user(&self) -> Option<&UserId> {
        self.0.user()
    }

    fn actor(&self) -> Actor {
        self.0.actor()
    }

    fn origin(&self) -> Origin {
        self.0.origin()
    }

    fn program(&self) -> Option<&ApiClient> {
        self.0.program()
    }
}

impl Service {
    /// Somebody as one who has proved lately who they are; `None` when the password must be asked for first.
    pub fn recent<'a, M: InSession>(&self, person: &'a M) -> Option<Recent<'a, M>> {
        self.is_recent(person.authenticated_at()).then_some(Recent(person))
    }

    /// Whether a visitor needs not be asked for the password.
    pub fn is_confirmed(&self, visitor: &Visitor) -> bool {
        self.is_recent(visitor.authenticated_at)
    }

    fn is_recent(&self, authenticated_at: Timestamp) -> bool {
        self.now() <= authenticated_at.plus_seconds(RECENT_S)
    }

    /// Checks the password of somebody who has a session. Wrong ones count together with those at sign-in.
    ///
    /// # Errors
    /// `Ok(Err(_))` when it is not theirs, or too many were wrong.
    pub async fn confirm(
        &self,
        visitor: &Visitor,
        password: Zeroizing<String>,
    ) -> Result<Result<Visitor, SignInRefused>, Failure> {
        let Some(member) = self.memberships(visitor).await?.into_iter().next() else {
            return Ok(Err(SignInRefused::Wrong));
        };
        let verified = self.verify_password(&member.email.key(), password, &visitor.origin).await?;
        Ok(verified.map(|account| Visitor::new(account.id, self.now(), visitor.origin.clone())))
    }
}
