//! Environments: made, renamed and retired.

use domain::field::FieldError;
use leptos::{either::Either, prelude::*};

use super::section::{SectionFields, SectionForm, SettingsSection};
use crate::{
    components::form::{Actions, ErrorSummary, FormToken, TextField, error_title},
    frame::{Frame, FrameView, Place, Section},
    routes::{self, KeyPages, Whose},
    words::environments::{self as words, new, rename, retire},
};

/// What the ids begin with.
pub(super) const PREFIX: &str = "environment-";

/// An environment with what is in it.
#[derive(Clone, Debug)]
pub struct EnvironmentRow {
    /// Name and slug.
    pub place: Place,
    /// Live keys in it.
    pub live_keys: u32,
}

/// The form that makes one.
#[derive(Clone, Debug, Default)]
pub struct NewEnvironment {
    /// What every section has.
    pub state: SectionForm,
    /// Display name.
    pub name: String,
    /// Slug.
    pub slug: String,
}

/// The section.
#[derive(Clone, Debug)]
pub struct Environments {
    /// Those there are, in their order.
    pub rows: Vec<EnvironmentRow>,
    /// The form that makes one.
    pub new: NewEnvironment,
}

/// The section's markup.
#[component]
pub(super) fn EnvironmentsSection(environments: Environments, org: String) -> AnyView {
    let Environments { rows, new: NewEnvironment { state, name, slug } } = environments;
    let errors = state.errors.clone();
    let rows = rows.into_iter().map(|row| view! { <Row row org=org.clone() /> }).collect_view();
    view! {
        <SettingsSection
            id="environments"
            heading=words::HEADING
            about=words::ABOUT
        >
            <ul role="list" class="environments" data-testid="environments">{rows}</ul>
            <SectionFields
                action=routes::organization_settings(&org)
                section="environment"
                state
                submit=new::SUBMIT
            >
                <h3>{new::HEADING}</h3>
                <TextField
                    prefix=PREFIX
                    name="name"
                    label=new::NAME
                    hint=new::NAME_HINT
                    value=name
                    errors=errors.clone()
                />
                <TextField
                    prefix=PREFIX
                    name="slug"
                    label=new::SLUG
                    hint=new::SLUG_HINT
                    value=slug
                    errors
                />
            </SectionFields>
        </SettingsSection>
    }
    .into_any()
}

#[component]
fn Row(row: EnvironmentRow, org: String) -> impl IntoView {
    let EnvironmentRow { place: Place { slug, name }, live_keys } = row;
    let keys = words::keys(live_keys);
    view! {
        <li>
            <span class="environment-name">{name.clone()}</span>
            <bdi class="mono" dir="ltr">{slug.clone()}</bdi>
            <a class="environment-keys" href=KeyPages::new(Whose::Organization, &org, &slug).list()>{keys}</a>
            <span class="environment-actions">
                <a class="button tiny" href=routes::rename_environment(&org, &slug)>
                    {words::RENAME}<span class="sr-only">{format!(" {name}")}</span>
                </a>
                <a class="button tiny destroy" href=routes::retire_environment(&org, &slug)>
                    {words::RETIRE}<span class="sr-only">{format!(" {name}")}</span>
                </a>
            </span>
        </li>
    }
}

/// What is asked about one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvironmentQuestion {
    /// Which name it gets; what stands in the field.
    Rename(String),
    /// Whether to retire it.
    Retire,
}

/// The page.
#[derive(Clone, Debug)]
pub struct EnvironmentQuestionView {
    /// The frame.
    pub frame: FrameView,
    /// The environment.
    pub place: Place,
    /// MAC.
    pub form: String,
    /// What is asked.
    pub question: EnvironmentQuestion,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl EnvironmentQuestionView {
    fn heading(&self) -> String {
        match self.question {
            EnvironmentQuestion::Rename(_) => rename::heading(&self.place.name),
            EnvironmentQuestion::Retire => retire::heading(&self.place.name),
        }
    }

    pub(in crate::pages) fn title(&self) -> String {
        error_title(self.frame.title_in_organization(&self.heading()), &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn EnvironmentQuestionPage(
    /// Its contents.
    view: EnvironmentQuestionView,
) -> AnyView {
    let heading = view.heading();
    let EnvironmentQuestionView { frame, place, form, question, errors } = view;
    let org = &frame.org.slug;
    let cancel = routes::organization_settings(org);
    let (action, fields, actions) = match question {
        EnvironmentQuestion::Rename(name) => (
            routes::rename_environment(org, &place.slug),
            Either::Left(view! {
                <TextField
                    name="name"
                    label=rename::NAME
                    hint=rename::name_hint(&place.slug)
                    value=name
                    errors=errors.clone()
                    autofocus=true
                />
            }),
            view! { <Actions submit=rename::SUBMIT cancel /> },
        ),
        EnvironmentQuestion::Retire => (
            routes::retire_environment(org, &place.slug),
            Either::Right(view! {
                <p>
                    {retire::MEANS}
                    <code>{place.slug.clone()}</code>
                    {retire::MEANS_END}
                </p>
            }),
            view! { <Actions submit=retire::SUBMIT tone="danger" cancel /> },
        ),
    };
    view! {
        <Frame view=frame section=Section::Organization>
            <header class="page-head"><h1>{heading}</h1></header>
            <ErrorSummary errors />
            <form class="form" method="post" action=action novalidate>
                <FormToken value=form />
                {fields}
                {actions}
            </form>
        </Frame>
    }
    .into_any()
}
