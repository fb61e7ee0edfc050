//! One key: what it is, its secrets, and what can be done with it.

use domain::{
    key::{ApiKey, Verb},
    time::Timestamp,
};
use leptos::{either::Either, prelude::*};

use super::api_keys::{KeyOwner, KeyRow};
use crate::{
    components::{
        activity::ActivityRow,
        form::FormToken,
        icon::{Icon, Shape},
        key_mark::KeyMark,
        key_verbs::{VerbItems, VerbState, address},
        moment::{Clock, ExactTime, Moment, Time},
        password_step::password_step,
        question::QuestionDialog,
        status::Status,
        usage::{Usage, UsageView},
    },
    frame::{Frame, FrameView, Toast},
    islands::KeyPage as KeyPageIsland,
    routes::{KeyPages, Whose},
    words::{
        key::{self as words, about, activity as happened, secrets as kept, usage as used},
        key_verbs,
    },
};

/// A previous secret used this recently is still in use, seconds.
const IN_USE_S: i64 = 24 * 3600;

/// A secret of the key, without the secret.
#[derive(Clone, Debug)]
pub struct SecretRow {
    /// When it was made: "21 Nov 2026, 14:05 CET".
    pub created: String,
    /// When it was last used.
    pub last_used: Option<Moment>,
    /// When it ends, where a newer one has taken its place.
    pub ends: Option<Moment>,
    /// Whether something used it in the last 24 hours.
    pub in_use: bool,
}

impl SecretRow {
    /// The secrets of a key that still work, newest first.
    pub fn all(key: &ApiKey, clock: &Clock) -> Vec<Self> {
        let recently = |at: Timestamp| at.plus_seconds(IN_USE_S) > clock.now();
        let secrets = key.good_secrets(clock.now()).map(|secret| Self {
            created: clock.exactly(secret.created_at),
            last_used: secret.last_used_at.map(|at| clock.relative(at)),
            ends: secret.ends_at.map(|at| Moment { exact: clock.soon(at), ..clock.relative(at) }),
            in_use: secret.last_used_at.is_some_and(recently),
        });
        secrets.collect()
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The frame.
    pub frame: FrameView,
    /// The key.
    pub key: KeyRow,
    /// Its secrets, newest first.
    pub secrets: Vec<SecretRow>,
    /// How often it is used.
    pub usage: UsageView,
    /// What happened to it last, newest first.
    pub activity: Vec<ActivityRow>,
    /// What its changes are counted to.
    pub revision: i64,
    /// MAC for what is done at once.
    pub form: String,
}

impl KeyView {
    pub(super) fn title(&self) -> String {
        self.frame.title(&self.key.name)
    }
}

/// The page's markup.
#[component]
pub fn KeyPage(
    /// Its contents.
    view: KeyView,
) -> impl IntoView {
    let KeyView { frame, key, secrets, usage, activity, revision, form } = view;
    let pages = frame.keys.clone();
    let end = pages.end_previous_secret(&key.client_id);
    let log = key.sees_activity.then(|| pages.activity(&key.client_id));
    let list = match pages.whose() {
        Whose::Organization => words::BACK,
        Whose::Own => words::BACK_TO_OWN,
    };
    let env_name = frame.env.name.clone();
    let password_step = password_step(&frame);
    view! {
        <Frame view=frame>
            <p class="back"><a href=pages.list()><Icon shape=Shape::Back />{list}</a></p>
            <Head pages=pages.clone() key=key.clone() />
            <section aria-labelledby="about">
                <h2 id="about">{about::HEADING}</h2>
                <About key=key.clone() env_name edit=pages.edit(&key.client_id) />
            </section>
            <section aria-labelledby="secrets">
                <h2 id="secrets">{kept::HEADING}</h2>
                <Secrets secrets end revision form />
            </section>
            <section aria-labelledby="use">
                <h2 id="use">{used::HEADING}</h2>
                <LastUse at=key.last_used ip=key.last_used_ip agent=key.last_used_agent />
                <Usage usage />
            </section>
            <section aria-labelledby="activity">
                <h2 id="activity">{happened::HEADING}</h2>
                <Activity rows=activity all=log />
            </section>
            <QuestionDialog />
            {password_step}
        </Frame>
        <Toast />
        <KeyPageIsland />
    }
}

/// A verb as a button says it: what it asks is seen at once.
fn label(verb: Verb) -> &'static str {
    key_verbs::verb(verb).trim_end_matches('…')
}

#[component]
fn Head(pages: KeyPages, key: KeyRow) -> AnyView {
    let (beside, menu): (Vec<_>, Vec<_>) =
        key.verbs.into_iter().partition(|state| !matches!(state.verb, Verb::Edit | Verb::Revoke));
    let mut reasons: Vec<_> = beside.iter().filter_map(|state| state.why_not.clone()).collect();
    reasons.dedup();
    let why_not = (!reasons.is_empty()).then(|| view! { <p class="notice" id="why-not">{reasons.join(" ")}</p> });
    let buttons = beside
        .into_iter()
        .map(|VerbState { verb, why_not }| match why_not {
            None => Either::Left(view! {
                <a class="button" href=address(verb, &pages, &key.client_id) data-opens="question">
                    {label(verb)}
                </a>
            }),
            Some(_) => Either::Right(view! {
                <span class="button" role="link" tabindex="0" aria-disabled="true" aria-describedby="why-not">
                    {label(verb)}
                </span>
            }),
        })
        .collect_view();
    view! {
        <header class="page-head">
            <h1 tabindex="-1"><KeyMark client_id=key.client_id.clone() />{key.name.clone()}</h1>
            <p class="lede head-line">
                <Status status=key.status />
                <bdi class="mono" dir="ltr">{key.client_id.clone()}</bdi>
                <button
                    type="button"
                    class="button tiny scripted"
                    data-copy-text=key.client_id.clone()
                    aria-label=words::COPY_LABEL
                >
                    {words::COPY}
                </button>
            </p>
            <div class="page-actions">
                {buttons}
                <button
                    type="button"
                    class="menu-button"
                    popovertarget="key-menu"
                    aria-label=words::more_actions(&key.name)
                >
                    <Icon shape=Shape::Dots />
                </button>
                <div class="menu" id="key-menu" popover data-row-menu="">
                    <ul role="list" aria-label=words::more_actions(&key.name)><VerbItems pages client_id=key.client_id verbs=menu sees_activity=key.sees_activity /></ul>
                </div>
            </div>
        </header>
        {why_not}
    }
    .into_any()
}

#[component]
fn About(key: KeyRow, env_name: String, edit: String) -> AnyView {
    let edit = key.verbs.iter().any(|state| state.verb == Verb::Edit && state.why_not.is_none()).then(|| {
        view! { <a class="edit" href=edit data-opens="question">{about::EDIT}<span class="sr-only">{about::EDIT_WHAT}</span></a> }
    });
    let description = match key.description.is_empty() {
        true => Either::Left(view! { <span class="faint">{about::NO_DESCRIPTION}</span> }),
        false => Either::Right(key.description),
    };
    let owner = match key.owner {
        None => about::OF_ORGANIZATION.to_owned(),
        Some(KeyOwner::You) => about::OF_YOU.to_owned(),
        Some(KeyOwner::Other(name)) => name,
    };
    let kind = if key.personal { about::credentials(key.kind) } else { key.kind.to_owned() };
    let access_tokens = key.access_tokens.map(|format| {
        view! { <div><dt>{about::ACCESS_TOKENS}</dt><dd>{about::access_tokens(format)}</dd></div> }
    });
    let scopes = match key.scopes.is_empty() {
        true => Either::Left(view! { <span class="faint">{about::NO_SCOPES}</span> }),
        false => Either::Right(view! { <span class="mono">{key.scopes}</span> }),
    };
    let signs_out = key.suspend_on_sign_out.then(|| {
        view! { <div><dt>{about::AT_SIGN_OUT}</dt><dd>{about::SUSPENDED_AT_SIGN_OUT}</dd></div> }
    });
    let expires = match key.expires {
        Some(moment) => Either::Left(view! { <ExactTime moment /> }),
        None => Either::Right(about::NEVER_EXPIRES),
    };
    view! {
        <dl class="facts wide">
            <div><dt>{about::DESCRIPTION}</dt><dd class="prose">{description}" "{edit}</dd></div>
            <div><dt>{about::TYPE}</dt><dd>{kind}</dd></div>
            {access_tokens}
            <div><dt>{about::SCOPES}</dt><dd>{scopes}</dd></div>
            <div><dt>{about::OWNER}</dt><dd>{owner}</dd></div>
            <div><dt>{about::ENVIRONMENT}</dt><dd>{env_name}</dd></div>
            <div><dt>{about::EXPIRES}</dt><dd>{expires}</dd></div>
            {signs_out}
            <div><dt>{about::CREATED}</dt><dd>{key.created.exact}{about::CREATED_BY}{key.created_by}</dd></div>
        </dl>
    }
    .into_any()
}

#[component]
fn LastUse(at: Option<Moment>, ip: Option<String>, agent: String) -> impl IntoView {
    match at {
        Some(moment) => {
            let from = ip.map(|ip| view! { {used::FROM}<bdi class="mono" dir="ltr">{ip}</bdi> });
            let by = (!agent.is_empty()).then(|| view! { {used::BY}<bdi class="mono" dir="ltr">{agent}</bdi> });
            Either::Left(view! {
                <p class="usage-summary">
                    {used::LAST_USED}<Time moment=moment.clone() />{from}{by}{moment.exact_aside()}"."
                </p>
            })
        }
        None => Either::Right(view! { <p class="usage-summary">{used::NEVER_USED}</p> }),
    }
}

#[component]
fn Activity(rows: Vec<ActivityRow>, all: Option<String>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <li>
                    <Time moment=row.at />
                    <span><strong>{row.who}</strong>" "{row.what}</span>
                    <bdi class="mono faint" dir="ltr">{row.address}</bdi>
                </li>
            }
        })
        .collect_view();
    let all = all.map(|href| view! { <p class="under-facts"><a href=href>{happened::ALL}</a></p> });
    view! { <ul role="list" class="happened">{rows}</ul>{all} }.into_any()
}

#[component]
fn Secrets(secrets: Vec<SecretRow>, end: String, revision: i64, form: String) -> AnyView {
    let rows = secrets
        .into_iter()
        .map(|secret| match secret.ends.clone() {
            None => view! { <div><dt>{kept::CURRENT}</dt><dd><Secret secret /></dd></div> }.into_any(),
            Some(ends) => {
                let (end, form, in_use) = (end.clone(), form.clone(), secret.in_use);
                view! {
                    <div>
                        <dt>{kept::PREVIOUS}</dt>
                        <dd><Secret secret /><EndNow in_use ends end revision form /></dd>
                    </div>
                }
                .into_any()
            }
        })
        .collect_view();
    view! {
        <dl class="facts wide">{rows}</dl>
        <p class="hint under-facts">{kept::HINT}</p>
    }
    .into_any()
}

#[component]
fn Secret(secret: SecretRow) -> impl IntoView {
    let SecretRow { created, last_used, ends, in_use } = secret;
    let used = match last_used {
        Some(moment) => Either::Left(view! { {kept::LAST_USED}<Time moment /> }),
        None => Either::Right(kept::NEVER_USED),
    };
    let still = (in_use && ends.is_some()).then(|| view! { <span class="status oxide">{kept::STILL_IN_USE}</span> });
    view! { {kept::CREATED}{created}", "{used}{still} }
}

/// Ends the previous secret; asks first where something uses it.
#[component]
fn EndNow(in_use: bool, ends: Moment, end: String, revision: i64, form: String) -> impl IntoView {
    let when = view! { <span>{kept::ENDS}<Time moment=ends.clone() />{ends.exact_aside()}</span> };
    if in_use {
        return Either::Left(view! {
            <p class="end-now">{when}<a class="button" href=end data-opens="question">{kept::END_NOW}</a></p>
        });
    }
    Either::Right(view! {
        <form class="end-now" method="post" action=end>
            <FormToken value=form />
            <input type="hidden" name="revision" value=revision.to_string() />
            {when}
            <button type="submit" class="button" data-pending=kept::ENDING>{kept::END_NOW}</button>
        </form>
    })
}
