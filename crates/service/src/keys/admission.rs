//! What an organization's policy says of a key, in one place that every way of asking for one goes through.

use domain::{
    field::{FieldError, Refusal, keep},
    key::{ApiKey, Kind, Owner, StatusReason},
    name::{Description, Name},
    new_key,
    scope::{ScopeError, Scopes},
    time::Timestamp,
};

use super::{ChangeRefused, GRACE_MAX_S, KeyWanted, Rotation};
use crate::authority::{KeyManager, KeyOwner};

/// A key that policy lets somebody have. Only this module makes one, and only of one is a key made.
pub(crate) struct Admitted(KeyWanted);

impl Admitted {
    /// Checks kind, description, scopes and end.
    ///
    /// # Errors
    /// One for each field that policy is against.
    pub(crate) fn of(manager: &impl KeyManager, wanted: KeyWanted, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let organization = manager.organization();
        let scopes = wanted.scopes.check_for_key(&organization.policy.scopes);
        let scopes = match scopes {
            // A program may hand on what it has, also what is no longer offered.
            Err(ScopeError::Unknown) if manager.program().is_some() => Ok(()),
            scopes => scopes.map_err(|error| error.of("scopes")),
        };
        let mut errors = Vec::new();
        keep(new_key::description(wanted.description.as_str(), organization), &mut errors);
        keep(new_key::kind(wanted.kind.as_str(), organization), &mut errors);
        keep(scopes, &mut errors);
        keep(check_end(manager, wanted.expires_at, now), &mut errors);
        if errors.is_empty() { Ok(Self(wanted)) } else { Err(errors) }
    }

    /// A member's personal credential, which has nothing to choose but its name.
    pub(crate) fn personal(owner: &KeyOwner, name: Name, expires_at: Option<Timestamp>) -> Self {
        Self(KeyWanted {
            name,
            description: Description::default(),
            kind: Kind::Client,
            owner: Owner::User(owner.member().user.clone()),
            scopes: Scopes::default(),
            access_token_format: owner.organization().policy.access_token_format,
            expires_at,
            suspend_on_sign_out: false,
        })
    }

    pub(crate) fn into_wanted(self) -> KeyWanted {
        self.0
    }
}

/// A rotation that policy lets somebody make. Only this module makes one. A secret that was found in public, and that
/// of a personal credential, is given no grace.
pub(crate) struct AdmittedRotation(Rotation);

impl AdmittedRotation {
    /// Checks who asks, grace and end, and what a program may have. Only the owner of a user's key gets its secret.
    ///
    /// # Errors
    /// What is against it.
    pub(crate) fn of(
        manager: &impl KeyManager,
        key: &ApiKey,
        rotation: Rotation,
        now: Timestamp,
    ) -> Result<Self, ChangeRefused> {
        if matches!(&key.owner, Owner::User(owner) if manager.user() != Some(owner)) {
            return Err(ChangeRefused::NotOwner);
        }
        if rotation.grace_s > GRACE_MAX_S {
            let message = format!("Use 0 to {GRACE_MAX_S} seconds.");
            return Err(ChangeRefused::Invalid(FieldError::new("grace_s", "out_of_range", message)));
        }
        if let Some(end) = rotation.expires_at {
            check_end(manager, end, now).map_err(ChangeRefused::Invalid)?;
        }
        let grace_s = if key.has_grace() { rotation.grace_s } else { 0 };
        let rotation = Rotation { grace_s, ..rotation };
        let objection = manager.program().and_then(|program| program.objection_to_rotation(key, &rotation));
        objection.map_or(Ok(Self(rotation)), Err)
    }

    pub(crate) fn rotation(&self) -> &Rotation {
        &self.0
    }
}

/// Why somebody does not let a suspended key work again. One that was suspended at sign-out waits for its owner; one that
/// somebody else suspended waits for an administrator.
pub(crate) fn objection_to_reapproval(manager: &impl KeyManager, key: &ApiKey) -> Option<ChangeRefused> {
    if manager.program().is_some_and(|program| !program.is_at_large(key)) {
        return Some(ChangeRefused::OwnKey);
    }
    let Owner::User(owner) = &key.owner else { return None };
    let by_owner = manager.user() == Some(owner) && manager.program().is_none();
    if !by_owner && key.suspended.is_some_and(|(_, reason)| reason == StatusReason::SignedOut) {
        return Some(ChangeRefused::NotOwner);
    }
    let allowed = manager.is_administrator() || key.is_reapproved_by(owner);
    (!allowed).then_some(ChangeRefused::NotAdministrator)
}

fn check_end(manager: &impl KeyManager, end: Option<Timestamp>, now: Timestamp) -> Result<(), FieldError> {
    let organization = manager.organization();
    let checked = organization.expiration_policy().check_instant(end, now, &organization.zone());
    checked.map(drop).map_err(|error| error.of("expires_at"))
}
