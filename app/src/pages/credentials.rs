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
    words::credentials as words,
};

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
        self.frame.title_in_organization(words::HEADING)
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
                    {words::REPLACE}
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
                <h1 tabindex="-1">{words::HEADING}</h1>
                <p class="lede">
                    {words::lede(&person)}
                </p>
                <p class="lede">{words::NOT_PASSWORD}</p>
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
    use words::facts as words;
    let Pair { client_id, environment, status, created, replaced, last_used, expires } = pair;
    let environment =
        environments.into_iter().find(|place| place.slug == environment).map_or(environment, |place| place.name);
    let last_used = match last_used {
        Some(moment) => Either::Left(view! { <Time moment=moment.clone() />{moment.exact_aside()} }),
        None => Either::Right(words::NEVER_USED),
    };
    let expires = match expires {
        Some(moment) => Either::Left(view! { <ExactTime moment /> }),
        None => Either::Right(words::NEVER_EXPIRES),
    };
    view! {
        <dl class="facts wide">
            <div>
                <dt>{words::CLIENT_ID}</dt>
                <dd class="key-line">
                    <KeyMark client_id=client_id.clone() />
                    <bdi class="mono" dir="ltr">{client_id.clone()}</bdi>
                    <button
                        type="button"
                        class="button tiny scripted"
                        data-copy-text=client_id
                        aria-label=words::COPY_LABEL
                    >
                        {words::COPY}
                    </button>
                </dd>
            </div>
            <div><dt>{words::STATUS}</dt><dd><Status status /></dd></div>
            <div><dt>{words::ENVIRONMENT}</dt><dd>{environment}</dd></div>
            <div><dt>{words::CREATED}</dt><dd>{created}</dd></div>
            {replaced.map(|at| view! { <div><dt>{words::REPLACED}</dt><dd>{at}</dd></div> })}
            <div><dt>{words::LAST_USED}</dt><dd>{last_used}</dd></div>
            <div><dt>{words::EXPIRES}</dt><dd>{expires}</dd></div>
        </dl>
        <p class="hint under-facts">{words::SECRET}</p>
    }
    .into_any()
}

#[component]
fn Generate(action: String, environments: Vec<Place>, form: String) -> AnyView {
    use words::generate as words;
    let choices = environments
        .iter()
        .map(|place| view! { <option value=place.slug.clone()>{place.name.clone()}</option> })
        .collect_view();
    let choice = (environments.len() > 1).then(|| {
        view! {
            <div class="field">
                <label for="environment">{words::ENVIRONMENT}</label>
                <select id="environment" name="environment">{choices}</select>
            </div>
        }
    });
    view! {
        <form class="form" method="post" action=action>
            <FormToken value=form />
            <p>{words::ABOUT}</p>
            {choice}
            <div class="actions start">
                <button type="submit" class="button primary" data-pending=words::PENDING>{words::SUBMIT}</button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Closed(not_now: NotNow, support_contact: Option<String>) -> AnyView {
    let (why, contact) = match not_now {
        NotNow::Plan => (words::closed::PLAN, Some(locked::operator(support_contact))),
        NotNow::Kind => (words::closed::KIND, None),
    };
    view! { <div class="notice" data-testid="credentials-closed"><p>{why}</p>{contact}</div> }.into_any()
}
