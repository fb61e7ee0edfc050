//! The page in place of another where a gate is closed: why, and whom to ask.

use leptos::{either::Either, prelude::*};

use crate::{
    frame::{Frame, FrameView, Section},
    routes::{KeyPages, Whose},
    words::locked as words,
};

/// Which gate is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The person is no administrator; names of those who are.
    Role {
        /// Display names of the administrators.
        administrators: Vec<String>,
    },
    /// API access is off for the organization.
    FeatureOff,
    /// The organization lets nobody, or not this person, own keys.
    SelfService {
        /// Display names of the administrators.
        administrators: Vec<String>,
    },
}

/// The page.
#[derive(Clone, Debug)]
pub struct LockedView {
    /// The frame.
    pub frame: FrameView,
    /// Where the page belongs.
    pub section: Section,
    /// Which gate is closed.
    pub gate: Gate,
    /// Whom the organization's people ask.
    pub contact: Option<String>,
    /// Address or link of whoever runs this deployment.
    pub support_contact: Option<String>,
}

impl LockedView {
    fn heading(&self) -> String {
        match self.gate {
            Gate::Role { .. } => words::role(self.section, &self.frame.org.name),
            Gate::FeatureOff => words::feature_off(&self.frame.org.name),
            Gate::SelfService { .. } => words::SELF_SERVICE.to_owned(),
        }
    }

    fn advice(&self) -> String {
        match &self.gate {
            Gate::Role { administrators } => words::ask(administrators),
            Gate::SelfService { administrators } => {
                words::self_service_advice(&self.frame.org.name, &words::ask(administrators))
            }
            Gate::FeatureOff if self.support_contact.is_some() => words::FEATURE_OFF_OFFER.to_owned(),
            Gate::FeatureOff => words::FEATURE_OFF_ADVICE.to_owned(),
        }
    }

    pub(super) fn title(&self) -> String {
        match self.section {
            Section::ApiKeys | Section::Credentials => self.frame.title(&self.heading()),
            Section::Authentication
            | Section::Users
            | Section::Activity
            | Section::Profile
            | Section::Organization
            | Section::Search => self.frame.title_in_organization(&self.heading()),
        }
    }
}

/// Whoever runs the deployment.
pub(super) fn operator(contact: Option<String>) -> AnyView {
    contact.map_or_else(
        || view! { <p class="hint">{words::NO_CONTACT}</p> }.into_any(),
        |contact| ask(contact, words::CONTACT).into_any(),
    )
}

/// A link, named `label`, where the contact is an address people can follow, its text otherwise.
fn ask(contact: String, label: &'static str) -> impl IntoView {
    let href = if contact.starts_with("https://") || contact.starts_with("mailto:") {
        Some(contact.clone())
    } else if contact.contains('@') && !contact.contains(char::is_whitespace) {
        Some(format!("mailto:{contact}"))
    } else {
        None
    };
    match href {
        Some(href) => Either::Left(view! { <p><a class="button" href=href>{label}</a></p> }),
        None => Either::Right(view! { <p class="hint">{contact}</p> }),
    }
}

/// The page's markup.
#[component]
pub fn LockedPage(
    /// Its contents.
    view: LockedView,
) -> impl IntoView {
    let (heading, advice) = (view.heading(), view.advice());
    let by_operator = matches!(view.gate, Gate::FeatureOff);
    let own = (matches!(view.gate, Gate::Role { .. }) && view.frame.may_own_keys).then(|| {
        let own = KeyPages::new(Whose::Own, &view.frame.org.slug, &view.frame.env.slug);
        view! { <p><a class="button" href=own.list()>{words::OWN_KEYS}</a></p> }
    });
    view! {
        <Frame view=view.frame section=view.section>
            <div class="empty">
                <h1>{heading}</h1>
                <p>{advice}</p>
                {own}
                {match by_operator {
                    true => Some(operator(view.support_contact)),
                    false => view.contact.map(|contact| ask(contact, words::ASK_FOR_HELP).into_any()),
                }}
            </div>
        </Frame>
    }
}
