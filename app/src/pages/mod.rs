//! One file per page: what it shows (a view the server fills in) and its markup. Nothing here
//! reaches the browser as code.

pub mod accept_invitation;
pub mod activity;
pub mod api_keys;
pub mod appearance;
pub mod bulk;
pub mod choose_organization;
pub mod confirm_password;
pub mod create_key;
pub mod credentials;
pub mod forgot_password;
pub mod help;
pub mod key;
pub mod key_created;
pub mod key_question;
pub mod locked;
pub mod message;
pub mod profile;
pub mod replace_credentials;
pub mod reset_password;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod users;

use leptos::prelude::*;

/// A page to be rendered.
#[derive(Clone)]
pub enum Page {
    /// Sign-in.
    SignIn(sign_in::SignInView),
    /// A mailed link to choose a new password.
    ForgotPassword(forgot_password::ForgotPasswordView),
    /// First-run set-up.
    SetUp(set_up::SetUpView),
    /// Choice of a new password.
    ResetPassword(reset_password::ResetPasswordView),
    /// The password, asked for again.
    ConfirmPassword(confirm_password::ConfirmPasswordView),
    /// Choice of organization.
    ChooseOrganization(choose_organization::ChooseOrganizationView),
    /// List of API keys.
    ApiKeys(Box<api_keys::ApiKeysView>),
    /// Create form.
    CreateKey(Box<create_key::CreateKeyView>),
    /// The secret, once.
    KeyCreated(Box<key_created::KeyCreatedView>),
    /// The answer to a repeated creation.
    AlreadyCreated(Box<key_created::AlreadyCreatedView>),
    /// One key.
    Key(Box<key::KeyView>),
    /// Question about a key.
    KeyQuestion(Box<key_question::KeyQuestionView>),
    /// A person's own credentials.
    Credentials(Box<credentials::CredentialsView>),
    /// Question before they are replaced.
    ReplaceCredentials(Box<replace_credentials::ReplaceCredentialsView>),
    /// Question about several keys.
    BulkQuestion(Box<bulk::BulkQuestionView>),
    /// What became of several keys.
    BulkResult(Box<bulk::BulkResultView>),
    /// Activity Log.
    Activity(Box<activity::ActivityView>),
    /// Light or dark.
    Appearance(Box<appearance::AppearanceView>),
    /// A person's own page.
    Profile(Box<profile::ProfileView>),
    /// Settings of an organization.
    OrganizationSettings(Box<settings::OrganizationSettingsView>),
    /// What a stricter key policy means.
    ConfirmPolicy(Box<settings::ConfirmPolicyView>),
    /// Question about an environment.
    EnvironmentQuestion(Box<settings::EnvironmentQuestionView>),
    /// How people sign in and systems get access tokens.
    Authentication(Box<settings::AuthenticationView>),
    /// The people of an organization.
    Users(Box<users::UsersView>),
    /// Form that invites people.
    Invite(Box<users::invite::InviteView>),
    /// What became of invitations, with their links.
    Invited(Box<users::invited::InvitedView>),
    /// One person.
    User(Box<users::user::UserView>),
    /// Question about a person.
    UserQuestion(Box<users::question::UserQuestionView>),
    /// A link to choose a new password.
    ResetLink(Box<users::reset_link::ResetLinkView>),
    /// Joining an organization.
    AcceptInvitation(accept_invitation::AcceptInvitationView),
    /// Search.
    Search(Box<search::SearchView>),
    /// A guide.
    Help(Box<help::HelpView>),
    /// A page that is locked.
    Locked(Box<locked::LockedView>),
    /// An error or another short message.
    Message(message::MessageView),
}

impl Page {
    /// Title of the document, in plain text.
    pub fn title(&self) -> String {
        match self {
            Self::SignIn(view) => view.title(),
            Self::ForgotPassword(view) => view.title(),
            Self::SetUp(view) => view.title(),
            Self::ResetPassword(view) => view.title(),
            Self::ConfirmPassword(view) => view.title(),
            Self::ChooseOrganization(view) => view.title(),
            Self::ApiKeys(view) => view.title(),
            Self::CreateKey(view) => view.title(),
            Self::KeyCreated(view) => view.title(),
            Self::AlreadyCreated(view) => view.title(),
            Self::Key(view) => view.title(),
            Self::KeyQuestion(view) => view.title(),
            Self::Credentials(view) => view.title(),
            Self::ReplaceCredentials(view) => view.title(),
            Self::BulkQuestion(view) => view.title(),
            Self::BulkResult(view) => view.title(),
            Self::Activity(view) => view.title(),
            Self::Appearance(view) => view.title(),
            Self::Profile(view) => view.title(),
            Self::OrganizationSettings(view) => view.title(),
            Self::ConfirmPolicy(view) => view.title(),
            Self::EnvironmentQuestion(view) => view.title(),
            Self::Authentication(view) => view.title(),
            Self::Users(view) => view.title(),
            Self::Invite(view) => view.title(),
            Self::Invited(view) => view.title(),
            Self::User(view) => view.title(),
            Self::UserQuestion(view) => view.title(),
            Self::ResetLink(view) => view.title(),
            Self::AcceptInvitation(view) => view.title(),
            Self::Search(view) => view.title(),
            Self::Help(view) => view.title(),
            Self::Locked(view) => view.title(),
            Self::Message(view) => view.title(),
        }
    }

    /// Whether the page shows something once, or its own address is a one-time link: no other page may learn of it.
    pub fn is_confidential(&self) -> bool {
        matches!(
            self,
            Self::KeyCreated(_)
                | Self::Invited(_)
                | Self::ResetLink(_)
                | Self::SetUp(_)
                | Self::ResetPassword(_)
                | Self::AcceptInvitation(_)
        )
    }

    /// The markup.
    pub fn view(self) -> AnyView {
        match self {
            Self::SignIn(view) => view! { <sign_in::SignInPage view /> }.into_any(),
            Self::ForgotPassword(view) => view! { <forgot_password::ForgotPasswordPage view /> }.into_any(),
            Self::SetUp(view) => view! { <set_up::SetUpPage view /> }.into_any(),
            Self::ResetPassword(view) => view! { <reset_password::ResetPasswordPage view /> }.into_any(),
            Self::ConfirmPassword(view) => view! { <confirm_password::ConfirmPasswordPage view /> }.into_any(),
            Self::ChooseOrganization(view) => view! { <choose_organization::ChooseOrganizationPage view /> }.into_any(),
            Self::ApiKeys(view) => view! { <api_keys::ApiKeysPage view=*view /> }.into_any(),
            Self::CreateKey(view) => view! { <create_key::CreateKeyPage view=*view /> }.into_any(),
            Self::KeyCreated(view) => view! { <key_created::KeyCreatedPage view=*view /> }.into_any(),
            Self::AlreadyCreated(view) => view! { <key_created::AlreadyCreatedPage view=*view /> }.into_any(),
            Self::Key(view) => view! { <key::KeyPage view=*view /> }.into_any(),
            Self::KeyQuestion(view) => view! { <key_question::KeyQuestionPage view=*view /> }.into_any(),
            Self::Credentials(view) => view! { <credentials::CredentialsPage view=*view /> }.into_any(),
            Self::ReplaceCredentials(view) => {
                view! { <replace_credentials::ReplaceCredentialsPage view=*view /> }.into_any()
            }
            Self::BulkQuestion(view) => view! { <bulk::BulkQuestionPage view=*view /> }.into_any(),
            Self::BulkResult(view) => view! { <bulk::BulkResultPage view=*view /> }.into_any(),
            Self::Activity(view) => view! { <activity::ActivityPage view=*view /> }.into_any(),
            Self::Appearance(view) => view! { <appearance::AppearancePage view=*view /> }.into_any(),
            Self::Profile(view) => view! { <profile::ProfilePage view=*view /> }.into_any(),
            Self::OrganizationSettings(view) => view! { <settings::OrganizationSettingsPage view=*view /> }.into_any(),
            Self::ConfirmPolicy(view) => view! { <settings::ConfirmPolicyPage view=*view /> }.into_any(),
            Self::EnvironmentQuestion(view) => view! { <settings::EnvironmentQuestionPage view=*view /> }.into_any(),
            Self::Authentication(view) => view! { <settings::AuthenticationPage view=*view /> }.into_any(),
            Self::Users(view) => view! { <users::UsersPage view=*view /> }.into_any(),
            Self::Invite(view) => view! { <users::invite::InvitePage view=*view /> }.into_any(),
            Self::Invited(view) => view! { <users::invited::InvitedPage view=*view /> }.into_any(),
            Self::User(view) => view! { <users::user::UserPage view=*view /> }.into_any(),
            Self::UserQuestion(view) => view! { <users::question::UserQuestionPage view=*view /> }.into_any(),
            Self::ResetLink(view) => view! { <users::reset_link::ResetLinkPage view=*view /> }.into_any(),
            Self::AcceptInvitation(view) => view! { <accept_invitation::AcceptInvitationPage view /> }.into_any(),
            Self::Search(view) => view! { <search::SearchPage view=*view /> }.into_any(),
            Self::Help(view) => view! { <help::HelpPage view=*view /> }.into_any(),
            Self::Locked(view) => view! { <locked::LockedPage view=*view /> }.into_any(),
            Self::Message(view) => view! { <message::MessagePage view /> }.into_any(),
        }
    }
}
