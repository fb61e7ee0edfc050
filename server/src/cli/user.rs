use clap::{Args, Subcommand};
use domain::{
    email::Email,
    name::Name,
    slug::OrganizationSlug,
    user::{Role, UserState},
};
use serde_json::json;
use service::{
    Service,
    accounts::{AccountRefused, RESET_LINK_S, ResetLinkRefused},
    authority::Operator,
    users::UserWanted,
};
use store::AddMember;

use super::{
    Failure, Output,
    value::{self, rule, word},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a person to an organization; an account that exists keeps its password
    Create(Create),
    /// Refuse an account everywhere, with every key it owns, until it is reactivated
    Deactivate(One),
    /// Let an account in again; keys that a person suspended stay suspended
    Reactivate(One),
    /// Print a link with which a person chooses a new password; it works once, for 30 minutes
    ResetPassword(One),
}

#[derive(Args)]
pub(super) struct One {
    /// Address of the account
    #[arg(long, value_parser = rule(Email::parse))]
    email: Email,
}

#[derive(Args)]
pub(super) struct Create {
    /// Slug of the organization
    #[arg(long, value_parser = rule(OrganizationSlug::parse))]
    org: OrganizationSlug,
    /// Address to sign in with
    #[arg(long, value_parser = rule(Email::parse))]
    email: Email,
    /// Name people see
    #[arg(long, value_parser = rule(Name::parse))]
    name: Name,
    /// What the person may do
    #[arg(long, default_value = "member", value_parser = word!(Role))]
    role: Role,
    /// Read the password of a new account from standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Command {
    pub(super) async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(service, output).await,
            Self::Deactivate(one) => one.set_state(service, UserState::Deactivated, output).await,
            Self::Reactivate(one) => one.set_state(service, UserState::Active, output).await,
            Self::ResetPassword(one) => one.reset_password(service, output).await,
        }
    }
}

impl One {
    async fn set_state(&self, service: &Service, state: UserState, output: Output) -> Result<(), Failure> {
        let Self { email } = self;
        match service.set_account_state(Operator::at_the_command_line(), email, state).await? {
            Ok(account) => {
                let shown = json!({ "id": account.id, "email": account.email, "name": account.name, "state": state });
                output.write(&shown, || format!("{}\t{}\t{state}", account.email, account.name))
            }
            Err(AccountRefused::NotFound) => Err(Failure::refused(format!("There is no account {email}."))),
            Err(AccountRefused::Unchanged) => Err(Failure::refused(format!("{email} is {state} already."))),
            Err(refused @ AccountRefused::LastAdmin(_)) => Err(Failure::refused(refused.code())),
        }
    }

    async fn reset_password(&self, service: &Service, output: Output) -> Result<(), Failure> {
        match service.reset_link(Operator::at_the_command_line(), &self.email).await? {
            Ok(token) => {
                let url = format!("{}{}", service.settings().issuer, app::routes::reset_password(&token));
                output.write(&json!({ "reset_url": url }), || {
                    format!("{} chooses a new password within {} minutes: {url}", self.email, RESET_LINK_S / 60)
                })
            }
            Err(ResetLinkRefused::NotActive | ResetLinkRefused::Elsewhere) => {
                Err(Failure::refused(format!("There is no active account {}.", self.email)))
            }
        }
    }
}

impl Create {
    async fn run(self, service: &Service, output: Output) -> Result<(), Failure> {
        let organization = value::organization(service, &self.org).await?;
        let password = if self.password_stdin { Some(value::secret_from_stdin()?) } else { None };
        let wanted = UserWanted { email: self.email.clone(), name: self.name.clone(), password };
        let added = service
            .create_user(Operator::at_the_command_line(), &organization, wanted, self.role)
            .await?
            .map_err(|refused| value::refuse("password-stdin", &refused))?;
        let joined = matches!(added, AddMember::Joined(_));
        match added {
            AddMember::Created(id) | AddMember::Joined(id) => {
                if joined && self.password_stdin {
                    tracing::warn!(email = %self.email, "this address has an account, which keeps its name and password");
                }
                // An account that was there keeps the address and name it has.
                let account = service.account(Operator::at_the_command_line(), &self.email).await?;
                let (email, name) = account.map_or((self.email, self.name), |account| (account.email, account.name));
                output.object(&json!({
                    "id": id,
                    "email": email,
                    "name": name,
                    "organization": organization.slug,
                    "role": self.role,
                    "joined": joined,
                }))
            }
            AddMember::AlreadyMember(_) => {
                Err(Failure::refused(format!("{} is a member of {} already.", self.email, organization.slug)))
            }
        }
    }
}
