//! A key as a person asks for it: one parser for the dialog, the form without script and the command line.

use crate::{
    expiration::Expiration,
    field::{FieldError, Refusal, keep},
    key::{Kind, NewOwner},
    name::{Description, Name},
    organization::Organization,
    scope::Scopes,
    time::Timestamp,
};

/// The fields of the create form as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of the form, by name")]
pub struct KeyForm {
    pub name: String,
    pub description: String,
    pub kind: String,
    pub owner: String,
    pub suspend_on_sign_out: String,
    pub scopes: String,
    pub expiration: String,
    pub expires_on: String,
}

/// A key somebody may have, if name and limit allow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Its name.
    pub name: Name,
    /// What it is for.
    pub description: Description,
    /// How it will be used.
    pub kind: Kind,
    /// Who it will belong to; left out, those whose keys are made there.
    pub owner: Option<NewOwner>,
    /// Whether the box is ticked that it is to be suspended when its owner signs out.
    pub suspend_on_sign_out: bool,
    /// What it may do.
    pub scopes: Scopes,
    /// When it stops.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    /// Checks every field, so that a person can mend all of them at once.
    ///
    /// # Errors
    /// One error for each field that is wrong, in the order of the form.
    pub fn parse(form: &KeyForm, organization: &Organization, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = keep(Name::parse(&form.name).map_err(|error| error.of("name")), &mut errors);
        let description = keep(description(&form.description, organization), &mut errors);
        let kind = keep(kind(&form.kind, organization), &mut errors);
        let owner = keep(owner(&form.owner), &mut errors);
        let scopes = keep(scopes(&form.scopes, organization), &mut errors);
        let expires_at = Expiration::parse(&form.expiration, &form.expires_on)
            .and_then(|choice| choice.ends_at(now, &organization.zone(), organization.expiration_policy()))
            .map_err(|error| error.of(error.field()));
        let expires_at = keep(expires_at, &mut errors);
        match (name.zip(description), kind.zip(owner), scopes, expires_at) {
            (Some((name, description)), Some((kind, owner)), Some(scopes), Some(expires_at)) => {
                let suspend_on_sign_out = !form.suspend_on_sign_out.is_empty();
                Ok(Self { name, description, kind, owner, suspend_on_sign_out, scopes, expires_at })
            }
            _ => Err(errors),
        }
    }
}

/// Reads a description, which an organization may require.
///
/// # Errors
/// A refusal of the field `description`.
pub fn description(typed: &str, organization: &Organization) -> Result<Description, FieldError> {
    let description = Description::parse(typed).map_err(|error| error.of("description"))?;
    if organization.policy.require_description && description.as_str().is_empty() {
        return Err(FieldError::new("description", "required", "Your organization asks for a description."));
    }
    Ok(description)
}

/// Reads who a key is to belong to; an empty text says nothing of it.
fn owner(typed: &str) -> Result<Option<NewOwner>, FieldError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let owner = NewOwner::parse(typed).map(Some);
    owner.ok_or_else(|| FieldError::new("owner", "unknown", "Choose who owns the key."))
}

/// Reads scopes, separated by spaces, that a key of the organization may have.
fn scopes(typed: &str, organization: &Organization) -> Result<Scopes, FieldError> {
    let scopes = Scopes::parse(typed).and_then(|scopes| {
        scopes.check_for_key(&organization.policy.scopes)?;
        Ok(scopes)
    });
    scopes.map_err(|error| error.of("scopes"))
}

/// Reads a kind; an empty text is the organization's default.
///
/// # Errors
/// A refusal of the field `kind`.
pub fn kind(typed: &str, organization: &Organization) -> Result<Kind, FieldError> {
    let allowed = organization.policy.kinds;
    let default = if allowed.allow(Kind::Client) { Kind::Client } else { Kind::Token };
    let kind = if typed.is_empty() { Some(default) } else { Kind::parse(typed) };
    kind.filter(|kind| allowed.allow(*kind))
        .ok_or_else(|| FieldError::new("kind", "not_allowed", "Choose one of the ways your organization allows."))
}
