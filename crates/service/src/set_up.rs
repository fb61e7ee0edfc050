//! The first organization and administrator, made in the browser through a one-time link.

use domain::{
    activity::{Actor, ActorKind, Event, Target},
    email::Email,
    field::{FieldError, Refusal, keep},
    name::{Contact, Name},
    organization::{Plan, Policy},
    slug::OrganizationSlug,
    user::Role,
    zone::ZoneName,
};
use serde_json::json;
use store::{Link, LinkPurpose, SetUp};
use zeroize::Zeroizing;

use crate::{
    Failure, Service,
    authority::{Issuer, Operator, Origin},
    master_key::hash_of,
    organizations::OrganizationWanted,
    passwords,
};

/// How long the link works, seconds.
pub const SET_UP_LINK_S: i64 = 30 * 60;

/// The fields of the set-up form as they were typed.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of the form, by name")]
pub struct SetUpForm {
    pub organization: String,
    pub slug: String,
    pub name: String,
    pub email: String,
    pub password: Zeroizing<String>,
}

/// Why nothing was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetUpRefused {
    /// Fields to mend.
    Fields(Vec<FieldError>),
    /// The link is unknown, used or over, or there is an organization already.
    LinkOver,
}

struct Parsed {
    organization: Name,
    slug: OrganizationSlug,
    name: Name,
    email: Email,
}

impl Service {
    /// Draws a one-time link's token while there is no organization; `None` once there is one.
    pub async fn set_up_link(&self, operator: Operator) -> Result<Option<Zeroizing<String>>, Failure> {
        if !self.organizations(operator).await?.is_empty() {
            return Ok(None);
        }
        let token = self.draw_link_token();
        let now = self.now();
        let link = Link {
            token_hash: hash_of(token.as_bytes()),
            purpose: LinkPurpose::SetUp,
            at: now,
            ends_at: now.plus_seconds(SET_UP_LINK_S),
        };
        self.store.insert_link(link).await?;
        Ok(Some(token))
    }

    /// Whether a set-up link works.
    pub async fn set_up_link_works(&self, token: &str) -> Result<bool, Failure> {
        Ok(self.store.link_works(&hash_of(token.as_bytes()), LinkPurpose::SetUp, self.now()).await?)
    }

    /// Makes the first organization, on the largest plan with API keys on, and its administrator.
    ///
    /// # Errors
    /// `Ok(Err(_))` when the link or a field is refused; a refused field does not use the link up.
    pub async fn set_up(
        &self,
        token: &str,
        form: SetUpForm,
        origin: Origin,
    ) -> Result<Result<(), SetUpRefused>, Failure> {
        if !self.set_up_link_works(token).await? {
            return Ok(Err(SetUpRefused::LinkOver));
        }
        let parsed = match parse(&form) {
            Ok(parsed) => parsed,
            Err(errors) => return Ok(Err(SetUpRefused::Fields(errors))),
        };
        let wanted = OrganizationWanted {
            slug: parsed.slug,
            name: parsed.organization,
            plan: Plan::Enterprise,
            api_keys: true,
            time_zone: ZoneName::default(),
            support_contact: Contact::default(),
            policy: Policy::default(),
        };
        let new = self.new_organization(wanted, self.now());
        let administrator = self.new_user(parsed.email, parsed.name, Some(form.password)).await?;
        let issuer = Issuer {
            organization: &new.organization.id,
            actor: Actor {
                kind: ActorKind::User,
                id: administrator.id.to_string(),
                name: administrator.name.to_string(),
            },
            origin,
        };
        let at = administrator.at;
        let organization = Target { id: new.organization.id.to_string(), name: new.organization.name.to_string() };
        let person = Target { id: administrator.id.to_string(), name: administrator.name.to_string() };
        let details = json!({ "plan": new.organization.plan, "api_keys": new.organization.api_keys });
        let entries = vec![
            self.entry(&issuer, Event::OrganizationCreated, organization, None, at, &details),
            self.entry(&issuer, Event::UserCreated, person, None, at, &json!({ "role": Role::Admin })),
        ];
        let done = self.store.set_up(&hash_of(token.as_bytes()), new.clone(), administrator, entries).await?;
        Ok(match done {
            SetUp::Done(_) => Ok(()),
            SetUp::LinkOver => Err(SetUpRefused::LinkOver),
        })
    }
}

fn parse(form: &SetUpForm) -> Result<Parsed, Vec<FieldError>> {
    let mut errors = Vec::new();
    let organization = keep(Name::parse(&form.organization).map_err(|error| error.of("organization")), &mut errors);
    let slug = keep(OrganizationSlug::parse(form.slug.trim()).map_err(|error| error.of("slug")), &mut errors);
    let name = keep(Name::parse(&form.name).map_err(|error| error.of("name")), &mut errors);
    let email = keep(Email::parse(&form.email).map_err(|error| error.of("email")), &mut errors);
    let about = [form.email.as_str(), form.name.as_str(), form.organization.as_str()];
    let password = keep(passwords::check(&form.password, &about).map_err(|error| error.of("password")), &mut errors);
    match (organization, slug, name, email, password) {
        (Some(organization), Some(slug), Some(name), Some(email), Some(())) => {
            Ok(Parsed { organization, slug, name, email })
        }
        _ => Err(errors),
    }
}
