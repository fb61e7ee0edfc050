use std::io::{self, BufRead};

use anyhow::Context;
use clap::{Args, Subcommand};
use domain::{
    email::Email,
    expiration::Expiration,
    key::{AccessTokenFormat, ApiKey, Kind, Owner},
    name::Name,
    new_key,
    organization::Organization,
    scope::Scopes,
    secret::{ClientId, Secret},
    slug::{EnvironmentSlug, OrganizationSlug},
    time::Timestamp,
};
use serde_json::{Value, json};
use service::{
    Service,
    authority::{KeyManager, Operator},
    keys::{ChangeRefused, CreateRefused, Created, KeyWanted, exposed::Exposed},
};
use store::{Direction, Edge, IssuedTokens, KeyFilter, KeyQuery, Place, SortBy};
use zeroize::Zeroizing;

use super::{
    Failure, Output,
    value::{self, rule, word},
};
use crate::representation;

/// Keys read from the database at once.
const PAGE: u32 = 100;

/// Life of a key where nothing is said.
const DEFAULT_DAYS: u16 = 90;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Create a key and print it with its secret, this once
    Create(Create),
    /// List an organization's keys, newest first
    List(List),
    /// Revoke a key, for good and at once
    Revoke(RevokeOne),
    /// Read text that was found in public and stop the secrets in it
    ///
    /// Reads standard input. A key whose present secret is found is suspended until somebody rotates and re-approves it, and
    /// its access tokens are stopped; of a key that was rotated only the previous secret is ended.
    Exposed,
}

#[derive(Args)]
pub(super) struct Create {
    /// Slug of the organization
    #[arg(long, value_parser = rule(OrganizationSlug::parse))]
    org: OrganizationSlug,
    /// Slug of the environment
    #[arg(long, value_parser = rule(EnvironmentSlug::parse))]
    environment: EnvironmentSlug,
    /// Name, unique among the live keys of the environment
    #[arg(long, value_parser = rule(Name::parse))]
    name: Name,
    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Exchanged for access tokens, or sent as it is [default: client, where the organization makes such keys]
    #[arg(long, value_parser = word!(Kind))]
    kind: Option<Kind>,
    /// What it may do; may be repeated
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// E-mail address of the member who owns it, instead of the organization
    #[arg(long, value_name = "EMAIL", value_parser = rule(Email::parse))]
    owner: Option<Email>,
    /// What the token endpoint gives for it [default: as the organization says]
    #[arg(long, value_parser = word!(AccessTokenFormat))]
    access_token_format: Option<AccessTokenFormat>,
    /// It ends at the end of this day, counted from today in the organization's time zone [default: 90]
    #[arg(long, value_name = "N", conflicts_with = "no_expiry", value_parser = clap::value_parser!(u16).range(1..))]
    expires_in_days: Option<u16>,
    /// It has no end
    #[arg(long)]
    no_expiry: bool,
}

#[derive(Args)]
pub(super) struct List {
    /// Slug of the organization
    #[arg(long, value_parser = rule(OrganizationSlug::parse))]
    org: OrganizationSlug,
    /// Slug of one environment [default: all]
    #[arg(long, value_parser = rule(EnvironmentSlug::parse))]
    environment: Option<EnvironmentSlug>,
}

#[derive(Args)]
pub(super) struct RevokeOne {
    /// Slug of the organization
    #[arg(long, value_parser = rule(OrganizationSlug::parse))]
    org: OrganizationSlug,
    /// The key
    client_id: String,
    /// What becomes of its access tokens: they run out, or are refused where tokens are checked online
    #[arg(long, default_value = "run_out", value_parser = ["run_out", "stop"])]
    issued_tokens: String,
}

impl Command {
    pub(super) async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(service, output).await,
            Self::List(list) => list.run(service, output).await,
            Self::Revoke(revoke) => revoke.run(service, output).await,
            Self::Exposed => stop_exposed(service, output).await,
        }
    }
}

impl Create {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let organization = value::organization(service, &self.org).await?;
        let key = self.wanted(service, &organization).await?;
        let operator = Operator::at_the_command_line().in_organization(organization);
        match service.create_key(&operator, &self.environment, key, None).await? {
            Ok(Created::Issued(issued)) => {
                let mut shown = representation::key(&issued.key, &operator.organization().id, service.now());
                shown["client_secret"] = Value::from(issued.secret.expose());
                output.object(&shown)?;
                service.acknowledge_key(&operator, &issued.key.client_id).await?;
                Ok(())
            }
            Ok(Created::Replayed(_)) => unreachable!("a key without idempotency is never a replay"),
            Err(refused) => Err(self.refusal(&refused)),
        }
    }

    async fn wanted(&self, service: &Service, organization: &Organization) -> Result<KeyWanted, Failure> {
        let kind = self.kind.map_or("", Kind::as_str);
        let scopes = Scopes::from_list(self.scopes.iter().map(String::as_str))
            .and_then(|scopes| scopes.check_for_key(&organization.policy.scopes).map(|()| scopes));
        Ok(KeyWanted {
            name: self.name.clone(),
            description: new_key::description(&self.description, organization).map_err(value::refuse_field)?,
            kind: new_key::kind(kind, organization).map_err(value::refuse_field)?,
            owner: self.owner(service, organization).await?,
            scopes: scopes.map_err(|error| value::refuse("scope", &error))?,
            access_token_format: self.access_token_format.unwrap_or(organization.policy.access_token_format),
            expires_at: self.expires_at(organization, service.now())?,
            suspend_on_sign_out: false,
        })
    }

    async fn owner(&self, service: &Service, organization: &Organization) -> Result<Owner, Failure> {
        let Some(email) = &self.owner else {
            return Ok(Owner::Organization);
        };
        let member = service.member_by_email(Operator::at_the_command_line(), organization, email).await?;
        let member =
            member.ok_or_else(|| Failure::refused(format!("{email} is no active member of {}.", organization.slug)))?;
        Ok(Owner::User(member.user))
    }

    fn expires_at(&self, organization: &Organization, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let choice = match self.expires_in_days {
            _ if self.no_expiry => Expiration::Never,
            days => Expiration::Days(days.unwrap_or(DEFAULT_DAYS)),
        };
        choice
            .ends_at(now, &organization.zone(), organization.expiration_policy())
            .map_err(|error| value::refuse("expires-in-days", &error))
    }

    fn refusal(&self, refused: &CreateRefused) -> Failure {
        let environment = Name::parse(self.environment.as_str()).expect("a slug is a name");
        Failure::Refused(refused.as_field_error(&environment, &self.name).map_or_else(
            || format!("There is no environment {} in {}.", self.environment, self.org),
            |error| error.message,
        ))
    }
}

impl List {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let organization = value::organization(service, &self.org).await?;
        let mut query = KeyQuery {
            organization: organization.id.clone(),
            environment: self.environment,
            owner: None,
            search: None,
            filter: KeyFilter::Every,
            sort: SortBy::Created,
            direction: Direction::Descending,
            edge: None,
            limit: PAGE,
            counted: false,
            now: service.now(),
        };
        let operator = Operator::at_the_command_line().in_organization(organization);
        let mut keys = Vec::new();
        loop {
            let page = service.list_keys(&operator, query.clone()).await?;
            query.edge = page.keys.last().map(|key| Edge::After(Place::of(key, query.sort)));
            keys.extend(page.keys);
            if !page.has_next {
                break;
            }
        }
        let shown: Vec<_> = keys.iter().map(|key| representation::key(key, &query.organization, query.now)).collect();
        output.write(&json!({ "data": shown }), || keys.iter().map(|key| line(key, query.now)).collect())
    }
}

impl RevokeOne {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let organization = value::organization(service, &self.org).await?;
        let unknown = || Failure::refused(format!("There is no key {} in {}.", self.client_id, self.org));
        let client_id = ClientId::parse(&self.client_id).ok_or_else(unknown)?;
        let issued = IssuedTokens::parse(&self.issued_tokens).unwrap_or(IssuedTokens::RunOut);
        let operator = Operator::at_the_command_line().in_organization(organization);
        match service.revoke_key(&operator, &client_id, issued, None).await? {
            Ok(key) => {
                let now = service.now();
                output.write(&representation::key(&key, &operator.organization().id, now), || line(&key, now))
            }
            Err(ChangeRefused::State(refused, _)) => Err(Failure::refused(format!("{client_id}: {refused}"))),
            Err(_) => Err(unknown()),
        }
    }
}

async fn stop_exposed(service: &Service, output: Output) -> Result<(), Failure> {
    let mut stopped: Vec<Exposed> = Vec::new();
    for line in io::stdin().lock().split(b'\n') {
        let line = Zeroizing::new(line.context("standard input")?);
        let words = line.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        let secrets = words.filter_map(|word| std::str::from_utf8(word).ok()).flat_map(Secret::find_in);
        for secret in secrets.collect::<Vec<_>>() {
            stopped.extend(service.secret_exposed(Operator::at_the_command_line(), &secret).await?);
        }
    }
    let now = service.now();
    let shown = stopped.iter().map(|Exposed { organization, key, response }| {
        let mut shown = representation::key(key, &organization.id, now);
        shown["organization"] = json!(organization.slug);
        shown["response"] = json!(response);
        shown
    });
    output.write(&json!({ "data": shown.collect::<Vec<_>>() }), || {
        let line = |Exposed { organization, key, response }: &Exposed| {
            format!("{}\t{}\t{}\t{}\t{response}\n", key.client_id, organization.slug, key.environment, key.name)
        };
        stopped.iter().map(line).collect()
    })
}

fn line(key: &ApiKey, now: Timestamp) -> String {
    let end = key.expires_at.map_or_else(|| "no expiration".to_owned(), |end| format!("expires {end}"));
    format!("{}\t{}\t{}\t{}\t{end}\n", key.client_id, key.environment, key.status(now), key.name)
}
