//! An organization's settings: what its administrators may change, a form for each section.

mod authentication;
mod environments;
mod general;
mod key_policy;
mod section;

use leptos::prelude::*;

pub use authentication::{AccessTokensForm, AuthenticationPage, AuthenticationView};
pub use environments::{
    EnvironmentQuestion, EnvironmentQuestionPage, EnvironmentQuestionView, EnvironmentRow, Environments, NewEnvironment,
};
pub use general::GeneralForm;
pub use key_policy::{ConfirmPolicyPage, ConfirmPolicyView, LimitHint, PolicyForm};
pub use section::SectionForm;

use super::locked::operator;
use crate::{
    components::form::{ErrorSummary, error_title},
    frame::{Frame, FrameView, Section},
    words::organization_settings as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct OrganizationSettingsView {
    /// The frame.
    pub frame: FrameView,
    /// What to know while API keys are off.
    pub off: Option<ApiKeysOff>,
    /// Name and time zone.
    pub general: GeneralForm,
    /// Rules for keys.
    pub policy: PolicyForm,
    /// Environments.
    pub environments: Environments,
}

/// API keys are not turned on for the organization.
#[derive(Clone, Debug)]
pub struct ApiKeysOff {
    /// Address or link of whoever runs this deployment.
    pub support_contact: Option<String>,
}

impl OrganizationSettingsView {
    pub(super) fn title(&self) -> String {
        let sections = [&self.general.state, &self.policy.state, &self.environments.new.state];
        let refused = sections.into_iter().find(|state| !state.errors.is_empty());
        let errors = refused.map(|state| state.errors.as_slice()).unwrap_or_default();
        error_title(self.frame.title_in_organization(words::HEADING), errors)
    }
}

/// Says above the settings that they count later.
#[component]
fn OffNotice(off: ApiKeysOff, org: String) -> impl IntoView {
    view! {
        <div class="notice">
            <p>{words::off(&org)}</p>
            {operator(off.support_contact)}
        </div>
    }
}

/// The page's markup.
#[component]
pub fn OrganizationSettingsPage(
    /// Its contents.
    view: OrganizationSettingsView,
) -> AnyView {
    let OrganizationSettingsView { frame, off, general, policy, environments } = view;
    let org = frame.org.clone();
    let summaries = [
        (general.state.errors.clone(), general::PREFIX),
        (policy.state.errors.clone(), key_policy::PREFIX),
        (environments.new.state.errors.clone(), environments::PREFIX),
    ];
    let summaries =
        summaries.into_iter().map(|(errors, prefix)| view! { <ErrorSummary errors prefix /> }).collect_view();
    view! {
        <Frame view=frame section=Section::Organization>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::lede(&org.name)}</p>
            </header>
            {off.map(|off| view! { <OffNotice off org=org.name.clone() /> })}
            {summaries}
            <div class="settings">
                <general::GeneralSection form=general org=org.slug.clone() />
                <key_policy::KeyPolicySection form=policy org=org.slug.clone() />
                <environments::EnvironmentsSection environments org=org.slug />
            </div>
        </Frame>
    }
    .into_any()
}
