//! A person's own API credentials: one pair, which they generate and generate again.

use domain::{
    key::{ApiKey, Kind},
    organization::Organization,
};
use leptos::{either::Either, prelude::*};

use super::{api_keys::status, locked};
use crate::{
    components::{
        first_token::{FirstToken, TokenGuide},
        form::FormToken,
        key_mark::KeyMark,
        moment::{Clock, ExactTime, Moment, Time},
        password_step::password_step,
        question::QuestionDialog,
        status::{KeyStatus, Status},
    },
    frame::{Frame, FrameView, Place, Section, Toast},
    islands::KeyPage,
    routes,
};

const TITLE: &str = "Your API credentials";

/// The pair that is there.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Public identifier.
    pub client_id: String,
    /// Slug of its environment.
    pub environment: String,
    /// Status.
    pub status: KeyStatus,
    /// When it was first generated: "21 Nov 2026, 14:05 CET".
    pub created: String,
    /// When the present secret was made, where it is not the first.
    pub replaced: Option<String>,
    /// Last use.
    pub last_used: Option<Moment>,
    /// End.
    pub expires: Option<Moment>,
}

impl Pair {
    /// A pair as it stands at the clock's instant.
    pub fn new(key: &ApiKey, clock: &Clock) -> Self {
        let present = key.secrets.first().filter(|secret| secret.version > 1);
        Self {
            client_id: key.client_id.to_string(),
            environment: key.environment.to_string(),
            status: status(key, clock),
            created: clock.exactly(key.created_at),
            replaced: present.map(|secret| clock.exactly(secret.created_at)),
            last_used: key.last_used_at.map(|at| clock.relative(at)),
            expires: key.expires_at.map(|at| clock.end(at)),
        }
    }
}

/// Why nothing can be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotNow {
    /// The plan does not include it.
    Plan,
    /// The organization makes no keys that are exchanged for tokens.
    Kind,
}

impl NotNow {
    /// What is in the way in this organization, if anything.
    pub fn of(organization: &Organization) -> Option<Self> {
        if !organization.plan.has_personal_credentials() {
            Some(Self::Plan)
        } else {
            (!organization.policy.kinds.allow(Kind::Client)).then_some(Self::Kind)
        }
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct CredentialsView {
    /// The frame.
    pub frame: FrameView,
    /// The pair that is there.
    pub pair: Option<Pair>,
    /// What to do with it.
    pub guide: TokenGuide,
    /// Why no other can be generated.
    pub not_now: Option<NotNow>,
    /// Address or link of whoever runs this deployment.
    pub support_contact: Option<String>,
    /// MAC with the idempotency id.
    pub form: String,
}

impl CredentialsView {
    pub(super) fn title(&self) -> String {
        self.frame.title(TITLE)
    }
}

/// The page's markup.
#[component]
pub fn CredentialsPage(
    /// Its contents.
    view: CredentialsView,
) -> AnyView {
    let CredentialsView { frame, pair, guide, not_now, support_contact, form } = view;
    let person = frame.user_name.clone();
    let (org, environments) = (frame.org.slug.clone(), frame.environments.clone());
    let facts = pair.clone().map(|pair| view! { <Facts pair environments=environments.clone() /> });
    let first_token = pair.is_some().then(|| view! { <FirstToken guide /> });
    let next = match (not_now, pair) {
        (Some(not_now), _) => view! { <Closed not_now support_contact /> }.into_any(),
        (None, Some(_)) => view! {
            <p class="under-facts">
                <a class="button" href=routes::replace_credentials(&org) data-opens="question">
                    "Generate new credentials"
                </a>
            </p>
        }
        .into_any(),
        (None, None) => view! { <Generate action=routes::credentials(&org) environments form /> }.into_any(),
    };
    let password_step = password_step(&frame);
    view! {
        <Frame view=frame section=Section::Credentials>
            <header class="page-head">
                <h1 tabindex="-1">{TITLE}</h1>
                <p class="lede">
                    {format!("They act as you, {person}. If your account is deactivated they stop working.")}
                </p>
                <p class="lede">"These are separate from the password you sign in with."</p>
            </header>
            {facts}
            {next}
            {first_token}
            <QuestionDialog />
            {password_step}
        </Frame>
        <Toast />
        <KeyPage />
    }
    .into_any()
}

#[component]
fn Facts(pair: Pair, environments: Vec<Place>) -> AnyView {
    let Pair { client_id, environment, status, created, replaced, last_used, expires } = pair;
    let environment =
        environments.into_iter().find(|place| place.slug == environment).map_or(environment, |place| place.name);
    let last_used = match last_used {
        Some(moment) => Either::Left(view! { <Time moment=moment.clone() />{moment.exact_aside()} }),
        None => Either::Right("Never"),
    };
    let expires = match expires {
        Some(moment) => Either::Left(view! { <ExactTime moment /> }),
        None => Either::Right("No expiration"),
    };
    view! {
        <dl class="facts wide">
            <div>
                <dt>"Client ID"</dt>
                <dd class="key-line">
                    <KeyMark client_id=client_id.clone() />
                    <bdi class="mono" dir="ltr">{client_id.clone()}</bdi>
                    <button
                        type="button"
                        class="button tiny scripted"
                        data-copy-text=client_id
                        aria-label="Copy client ID"
                    >
                        "Copy"
                    </button>
                </dd>
            </div>
            <div><dt>"Status"</dt><dd><Status status /></dd></div>
            <div><dt>"Environment"</dt><dd>{environment}</dd></div>
            <div><dt>"Created"</dt><dd>{created}</dd></div>
            {replaced.map(|at| view! { <div><dt>"Secret made"</dt><dd>{at}</dd></div> })}
            <div><dt>"Last used"</dt><dd>{last_used}</dd></div>
            <div><dt>"Expires"</dt><dd>{expires}</dd></div>
        </dl>
        <p class="hint under-facts">"The secret is stored as a fingerprint. It can't be shown again."</p>
    }
    .into_any()
}

#[component]
fn Generate(action: String, environments: Vec<Place>, form: String) -> AnyView {
    let choices = environments
        .iter()
        .map(|place| view! { <option value=place.slug.clone()>{place.name.clone()}</option> })
        .collect_view();
    let choice = (environments.len() > 1).then(|| {
        view! {
            <div class="field">
                <label for="environment">"Environment"</label>
                <select id="environment" name="environment">{choices}</select>
            </div>
        }
    });
    view! {
        <form class="form" method="post" action=action>
            <FormToken value=form />
            <p>
                "A client ID and a client secret, which your scripts exchange for access tokens. The secret is shown once. \
                A service that others depend on gets a key of the organization instead."
            </p>
            {choice}
            <div class="actions start"><button class="button primary" data-pending="Generating…">"Generate credentials"</button></div>
        </form>
    }
    .into_any()
}

#[component]
fn Closed(not_now: NotNow, support_contact: Option<String>) -> AnyView {
    let (words, contact) = match not_now {
        NotNow::Plan => {
            ("Personal credentials come with the Growth and Enterprise plans.", Some(locked::contact(support_contact)))
        }
        NotNow::Kind => ("Your organization makes no credentials that are exchanged for access tokens.", None),
    };
    view! { <div class="notice" data-testid="credentials-closed"><p>{words}</p>{contact}</div> }.into_any()
}
