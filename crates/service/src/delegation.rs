//! What a program may hand on: an API client gives no key more than it has itself.

use domain::{
    field::FieldError,
    key::ApiKey,
    scope::{OWN, Scopes},
    time::Timestamp,
};

use crate::{
    authority::ApiClient,
    keys::{ChangeRefused, KeyWanted, Rotation},
};

impl ApiClient {
    /// Whether nobody has stopped this client, or nobody but itself, in what it does to `key`. Its access tokens run out after
    /// it is stopped, and must not undo that.
    pub(crate) fn is_at_large(&self, key: &ApiKey) -> bool {
        if key.id == self.bearer().key { key.is_suspended_by_itself() } else { self.bearer().key_in_use }
    }

    /// What is in the way of giving a key all this, field by field.
    pub(crate) fn objections_to(&self, wanted: &KeyWanted) -> Vec<FieldError> {
        let objections = [self.objection_to_scopes(&wanted.scopes), self.objection_to_end(wanted.expires_at)];
        objections.into_iter().flatten().collect()
    }

    /// Why this client does not get the secret of a key that is renewed like this. With it, it would have the scopes of the
    /// key. Those of the organization never stand beside those of our API, so they are left out: otherwise no program could
    /// renew a key that has them.
    pub(crate) fn objection_to_rotation(&self, key: &ApiKey, rotation: &Rotation) -> Option<ChangeRefused> {
        let lacks: Vec<_> = OWN.into_iter().filter(|own| key.scopes.contains(own) && !self.may(own)).collect();
        if !lacks.is_empty() {
            return Some(ChangeRefused::Lacks(lacks));
        }
        let objection = match rotation.expires_at {
            Some(end) => self.objection_to_end(end),
            // It keeps the end that somebody else has given it.
            None if self.is_at_large(key) => None,
            None => self.objection_while_stopped(),
        };
        objection.map(ChangeRefused::Outlives)
    }

    fn objection_to_scopes(&self, scopes: &Scopes) -> Option<FieldError> {
        let beyond = scopes.iter().find(|scope| !self.may(scope))?;
        let message = format!("The caller does not hold {beyond}, so it cannot give it to another key.");
        Some(FieldError::new("scopes", "beyond_caller", message))
    }

    /// A client whose token runs out after its key makes nothing that lasts.
    fn objection_while_stopped(&self) -> Option<FieldError> {
        let message = "The caller's own key is suspended or removed, so it cannot make or renew others.";
        (!self.bearer().key_in_use).then(|| FieldError::new("expires_at", "outlives_caller", message))
    }

    /// No end that this client gives to a key is after its own.
    fn objection_to_end(&self, expires_at: Option<Timestamp>) -> Option<FieldError> {
        if let Some(stopped) = self.objection_while_stopped() {
            return Some(stopped);
        }
        let end = self.bearer().key_expires_at?;
        if expires_at.is_some_and(|wanted| wanted <= end) {
            return None;
        }
        let message = format!("The caller expires at {end}. Choose that time or an earlier one.");
        Some(FieldError::new("expires_at", "outlives_caller", message))
    }
}
