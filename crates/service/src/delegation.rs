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
        self.objection_to_end(rotation.expires_at.unwrap_or(key.expires_at)).map(ChangeRefused::Outlives)
    }

    fn objection_to_scopes(&self, scopes: &Scopes) -> Option<FieldError> {
        let beyond = scopes.iter().find(|scope| !self.may(scope))?;
        let message = format!("The caller does not hold {beyond}, so it cannot give it to another key.");
        Some(FieldError::new("scopes", "beyond_caller", message))
    }

    /// Nothing this client makes or renews outlives it. One whose token runs out after its key makes nothing that lasts.
    fn objection_to_end(&self, expires_at: Option<Timestamp>) -> Option<FieldError> {
        if !self.bearer().key_in_use {
            let message = "The caller's own key is suspended or removed, so it cannot make or renew others.";
            return Some(FieldError::new("expires_at", "outlives_caller", message));
        }
        let end = self.bearer().key_expires_at?;
        if expires_at.is_some_and(|wanted| wanted <= end) {
            return None;
        }
        let message = format!("The caller expires at {end}. Choose that time or an earlier one.");
        Some(FieldError::new("expires_at", "outlives_caller", message))
    }
}
