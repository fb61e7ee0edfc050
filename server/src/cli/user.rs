use clap::{Args, Subcommand};
use domain::{email::Email, name::Name, slug::OrganizationSlug, user::Role};
use serde_json::json;
use service::{Service, authority::Operator, users::UserWanted};
use store::AddMember;

use super::{
    Failure, Output,
    value::{self, rule, word},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a person to an organization; an account that exists keeps its password
    Create(Create),
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
        match added {
            AddMember::Created(id) | AddMember::Joined(id) => output.object(&json!({
                "id": id,
                "email": self.email,
                "name": self.name,
                "organization": organization.slug,
                "role": self.role,
            })),
            AddMember::AlreadyMember(_) => {
                Err(Failure::refused(format!("{} is a member of {} already.", self.email, organization.slug)))
            }
        }
    }
}
