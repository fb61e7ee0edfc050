use clap::{ArgAction, Args, Subcommand};
use domain::{
    key::AccessTokenFormat,
    name::{Contact, Name},
    organization::{Kinds, Limit, Organization, OrganizationState, Plan, Policy, SelfService},
    scope::Scopes,
    settings,
    slug::OrganizationSlug,
    zone::ZoneName,
};
use serde_json::{Value, json};
use service::{Service, authority::Operator, deletions::DeletionRefused, organizations::OrganizationWanted};
use store::{OrganizationChange, Tombstone};

use super::{
    Failure, Output,
    export::{self, hex},
    value::{self, rule, switch, word},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an organization with the environments production, staging and development
    Create(Create),
    /// Change an organization
    Set(Set),
    /// List all organizations
    List {
        /// What stays of those that were deleted, instead
        #[arg(long)]
        deleted: bool,
    },
    /// Write an organization's settings, environments, people, keys and Activity Log as JSON Lines, without secrets
    Export(One),
    /// Delete a disabled organization for good: its keys, its Activity Log, and people who belong nowhere else
    Delete(One),
}

#[derive(Args)]
pub(super) struct One {
    /// Slug of the organization
    #[arg(value_name = "SLUG", value_parser = rule(OrganizationSlug::parse))]
    organization: OrganizationSlug,
}

#[derive(Args)]
pub(super) struct Create {
    /// Name in addresses: lower-case letters, digits and hyphens
    #[arg(long, value_parser = rule(OrganizationSlug::parse))]
    slug: OrganizationSlug,
    /// Name people see
    #[arg(long, value_parser = rule(Name::parse))]
    name: Name,
    /// What it has bought
    #[arg(long, default_value = "free", value_parser = word!(Plan))]
    plan: Plan,
    /// Whether API keys are turned on
    #[arg(long, action = ArgAction::Set, default_value = "off", value_name = "on|off", value_parser = switch)]
    api_keys: bool,
    /// Zone its dates are in, such as Europe/Warsaw
    #[arg(long, default_value = "UTC", value_parser = rule(ZoneName::parse))]
    time_zone: ZoneName,
    /// Whom its people ask: an address, a link, or words
    #[arg(long, default_value = "", value_parser = rule(Contact::parse))]
    contact: Contact,
    #[command(flatten)]
    policy: PolicyFlags,
}

#[derive(Args)]
pub(super) struct Set {
    /// Slug of the organization
    #[arg(value_name = "SLUG", value_parser = rule(OrganizationSlug::parse))]
    organization: OrganizationSlug,
    /// Name people see
    #[arg(long, value_parser = rule(Name::parse))]
    name: Option<Name>,
    /// Zone its dates are in, such as Europe/Warsaw
    #[arg(long, value_parser = rule(ZoneName::parse))]
    time_zone: Option<ZoneName>,
    /// Whom its people ask: an address, a link, or words; empty for nobody
    #[arg(long, value_parser = rule(Contact::parse))]
    contact: Option<Contact>,
    /// What it has bought
    #[arg(long, value_parser = word!(Plan))]
    plan: Option<Plan>,
    /// Whether it may do anything at all
    #[arg(long, value_parser = word!(OrganizationState))]
    state: Option<OrganizationState>,
    /// Whether API keys are turned on
    #[arg(long, value_name = "on|off", value_parser = switch)]
    api_keys: Option<bool>,
    #[command(flatten)]
    policy: PolicyFlags,
}

/// The rules for an organization's keys.
#[derive(Args)]
struct PolicyFlags {
    /// Most live keys in one environment; its administrators may go below
    #[arg(long, value_name = "N")]
    max_keys_per_environment: Option<u32>,
    /// Most live keys one user owns; its administrators may go below
    #[arg(long, value_name = "N")]
    max_keys_per_user: Option<u32>,
    /// Who may own keys beside the organization
    #[arg(long, value_parser = word!(SelfService))]
    self_service: Option<SelfService>,
    /// Which kinds of key it makes
    #[arg(long, value_parser = word!(Kinds))]
    kinds: Option<Kinds>,
    /// Format of access tokens where a key says nothing
    #[arg(long, value_parser = word!(AccessTokenFormat))]
    access_token_format: Option<AccessTokenFormat>,
    /// Life of an access token where the request says nothing, 30 to 3600
    #[arg(long, value_name = "SECONDS", value_parser = rule(settings::token_lifetime))]
    token_lifetime_s: Option<u32>,
    /// Longest life of a key; `none` takes the cap away
    #[arg(long, value_name = "DAYS|none", value_parser = rule(cap))]
    max_key_lifetime_days: Option<Cap>,
    /// Whether a key may have no end
    #[arg(long, value_name = "on|off", value_parser = switch)]
    allow_no_expiration: Option<bool>,
    /// Whether a key needs a description
    #[arg(long, value_name = "on|off", value_parser = switch)]
    require_description: Option<bool>,
    /// The organization's own scopes, separated by spaces
    #[arg(long, value_parser = rule(settings::own_scopes))]
    scopes: Option<Scopes>,
}

/// A number of days, or none. A type of its own, because clap reads `Option<Option<_>>` in another way.
#[derive(Clone, Copy)]
struct Cap(Option<u32>);

impl Command {
    pub(super) async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(service, output).await,
            Self::Set(set) => set.run(service, output).await,
            Self::List { deleted: true } => {
                let tombstones = service.tombstones(Operator::at_the_command_line()).await?;
                let tombstones: Vec<_> = tombstones.iter().map(|(tombstone, _)| shown(tombstone)).collect();
                output.list(&tombstones, |tombstone| format!("{}\t{}", tombstone["slug"], tombstone["deleted_at"]))
            }
            Self::Export(one) => {
                let organization = value::organization(service, &one.organization).await?;
                export::organization(service, &organization).await
            }
            Self::Delete(one) => one.delete(service, output).await,
            Self::List { deleted: false } => {
                let organizations = service.organizations(Operator::at_the_command_line()).await?;
                output.list(&organizations, line)
            }
        }
    }
}

impl Create {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let refusal =
            format!("There is an organization {0} already, or {0} was deleted: choose another slug.", self.slug);
        let wanted = OrganizationWanted {
            slug: self.slug,
            name: self.name,
            plan: self.plan,
            api_keys: self.api_keys,
            time_zone: self.time_zone,
            support_contact: self.contact,
            policy: self.policy.policy(),
        };
        let created = service.create_organization(Operator::at_the_command_line(), wanted).await?;
        output.object(&created.ok_or(Failure::Refused(refusal))?)
    }
}

impl One {
    async fn delete(self, service: &Service, output: Output) -> Result<(), Failure> {
        let slug = self.organization;
        match service.delete_organization(Operator::at_the_command_line(), &slug).await? {
            Ok(tombstone) => output
                .write(&shown(&tombstone), || format!("{slug} is deleted. Its name in addresses is not given again.")),
            Err(DeletionRefused::NotFound) => Err(Failure::refused(format!("There is no organization {slug}."))),
            Err(DeletionRefused::Active) => Err(Failure::refused(format!(
                "{slug} is active. Disable it first, look whether anybody misses it, and export what you have to keep: \
                 `keyline org set {slug} --state disabled`, `keyline org export {slug}`."
            ))),
        }
    }
}

impl Set {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let change = OrganizationChange {
            name: self.name,
            time_zone: self.time_zone,
            support_contact: self.contact,
            plan: self.plan,
            state: self.state,
            api_keys: self.api_keys,
            ..self.policy.change()
        };
        let operator = Operator::at_the_command_line();
        let changed = service.set_organization(operator, &self.organization, change).await?;
        let organization =
            changed.ok_or_else(|| Failure::refused(format!("There is no organization {}.", self.organization)))?;
        output.write(&organization, || line(&organization))
    }
}

impl PolicyFlags {
    fn change(self) -> OrganizationChange {
        OrganizationChange {
            max_keys_per_environment: self.max_keys_per_environment,
            max_keys_per_user: self.max_keys_per_user,
            self_service: self.self_service,
            kinds: self.kinds,
            access_token_format: self.access_token_format,
            token_lifetime_s: self.token_lifetime_s,
            max_key_lifetime_days: self.max_key_lifetime_days.map(|cap| cap.0),
            allow_no_expiration: self.allow_no_expiration,
            require_description: self.require_description,
            scopes: self.scopes,
            ..OrganizationChange::default()
        }
    }

    fn policy(self) -> Policy {
        let defaults = Policy::default();
        Policy {
            max_keys_per_environment: self
                .max_keys_per_environment
                .map_or(defaults.max_keys_per_environment, Limit::from),
            max_keys_per_user: self.max_keys_per_user.map_or(defaults.max_keys_per_user, Limit::from),
            self_service: self.self_service.unwrap_or(defaults.self_service),
            kinds: self.kinds.unwrap_or(defaults.kinds),
            access_token_format: self.access_token_format.unwrap_or(defaults.access_token_format),
            token_lifetime_s: self.token_lifetime_s.unwrap_or(defaults.token_lifetime_s),
            max_key_lifetime_days: self.max_key_lifetime_days.map_or(defaults.max_key_lifetime_days, |cap| cap.0),
            allow_no_expiration: self.allow_no_expiration.unwrap_or(defaults.allow_no_expiration),
            require_description: self.require_description.unwrap_or(defaults.require_description),
            scopes: self.scopes.unwrap_or(defaults.scopes),
            ..defaults
        }
    }
}

fn shown(tombstone: &Tombstone) -> Value {
    let Tombstone { id, slug, name, created_at, deleted_at, sequence, hash, signature: _ } = tombstone;
    json!({
        "id": id,
        "slug": slug,
        "name": name,
        "created_at": created_at,
        "deleted_at": deleted_at,
        "activity_rows": sequence,
        "activity_hash": hex(hash),
    })
}

fn cap(text: &str) -> Result<Cap, settings::SettingError> {
    settings::key_lifetime(text).map(Cap)
}

fn line(organization: &Organization) -> String {
    let Organization { slug, name, plan, state, api_keys, .. } = organization;
    let api_keys = if *api_keys { "on" } else { "off" };
    format!("{slug}\t{name}\tplan {plan}\t{state}\tAPI keys {api_keys}")
}
