//! The list of API keys of one environment.

mod filters;
mod query;
mod row;
mod selection;
mod table;

use leptos::prelude::*;

pub use query::{ListQuery, SortBy, StatusFilter};
pub use row::{KeyOwner, KeyRow, evidence, status};
pub use service::keys::{Limit, LimitOf};

use crate::{
    components::{
        create_form::{CreateForm, CreateKeyForm},
        first_token::TokenGuide,
        password_step::password_step,
        question::QuestionDialog,
        secret_panel::{PanelFor, SecretPanel},
    },
    frame::{Frame, FrameView, Place, Toast},
    islands::KeyList,
    routes::{self, KeyPages, Whose},
    words::{api_keys as words, create_key, key_created, number::digits},
};

/// Id of what says that no other key can be made.
pub const LIMIT_NOTICE: &str = "limit-notice";

/// Which part of the matching keys is on screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// How many keys come before this page.
    pub before: u32,
    /// How many keys match, counted up to one more than `COUNT_CAP`.
    pub total: u32,
    /// Cursor of the page before.
    pub previous: Option<String>,
    /// Cursor of the page after.
    pub next: Option<String>,
}

impl Slice {
    /// Counts are exact up to here.
    pub const COUNT_CAP: u32 = 10_000;

    /// The first and the last of `rows` keys on this page, and how many there are.
    fn range(&self, rows: usize) -> [String; 3] {
        let last = u64::from(self.before) + u64::try_from(rows).unwrap_or(u64::MAX);
        [digits(u64::from(self.before) + 1), digits(last), self.total_words()]
    }

    /// "312", "more than 10 000".
    fn total_words(&self) -> String {
        if self.total > Self::COUNT_CAP { words::more_than(Self::COUNT_CAP) } else { digits(self.total.into()) }
    }
}

/// The page.
#[derive(Clone, Debug)]
pub struct ApiKeysView {
    /// The frame.
    pub frame: FrameView,
    /// Every environment with its number of live keys.
    pub counts: Vec<(Place, u32)>,
    /// What was asked for.
    pub query: ListQuery,
    /// The keys on this page.
    pub rows: Vec<KeyRow>,
    /// The key that was just created, where it is not among them.
    pub just_created: Option<KeyRow>,
    /// Where they stand among all that match.
    pub slice: Slice,
    /// Whether there are removed keys, where there is nothing else.
    pub has_removed: bool,
    /// The limit that leaves the least room.
    pub limit: Limit,
    /// MAC for what is done to several keys.
    pub form: String,
    /// An empty create form, for the dialog.
    pub create: CreateForm,
    /// Address of the deployment, without a slash at the end.
    pub guide: TokenGuide,
}

impl ApiKeysView {
    pub(super) fn title(&self) -> String {
        self.frame.title(heading(self.frame.keys.whose()))
    }
}

fn heading(whose: Whose) -> &'static str {
    match whose {
        Whose::Organization => words::HEADING,
        Whose::Own => words::OWN_HEADING,
    }
}

/// The page's markup.
#[component]
pub fn ApiKeysPage(
    /// Its contents.
    view: ApiKeysView,
) -> AnyView {
    let ApiKeysView { frame, counts, query, rows, just_created, slice, has_removed, limit, form, create, guide } = view;
    let (pages, env) = (frame.keys.clone(), frame.env.clone());
    let (list, new) = (pages.list(), pages.new_key());
    let heading = heading(pages.whose());
    let lede = match pages.whose() {
        Whose::Organization => words::lede(&frame.product),
        Whose::Own => words::OWN_LEDE.to_owned(),
    };
    let unused = rows.is_empty() && just_created.is_none() && query.is_plain();
    // Nothing to search in, unless what was removed is wanted.
    let filters =
        (!unused || has_removed).then(|| view! { <filters::Filters query=query.clone() action=list.clone() /> });
    let results = if unused {
        let (whose, env_name, product) = (pages.whose(), env.name.clone(), frame.product.clone());
        let removed = has_removed.then(|| query.removed().href(&list));
        view! { <FirstUse whose env_name product removed /> }.into_any()
    } else if rows.is_empty() && just_created.is_none() {
        view! { <NothingMatches query list=list.clone() /> }.into_any()
    } else {
        let (pages, env_name) = (pages.clone(), env.name.clone());
        view! { <table::Table pages env_name rows just_created query slice form /> }.into_any()
    };
    let password_step = password_step(&frame);
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1 tabindex="-1">{heading}</h1>
                <p class="lede">{lede}</p>
                <div class="page-actions">
                    <CreateLink href=new limit />
                </div>
            </header>
            <Environments pages=pages.clone() env=env.clone() counts />
            {limit.is_reached().then(|| view! { <LimitNotice limit whose=pages.whose() env_name=env.name.clone() /> })}
            {filters}
            <LoadError list />
            <div id="results" class="results" data-key-list="">{results}</div>
            <dialog id="create-dialog" class="dialog" aria-labelledby="create-title">
                <div data-step="form">
                    <h2 id="create-title">{create_key::HEADING}</h2>
                    <p class="lede">{create_key::IN}<strong data-env-name="">{env.name}</strong></p>
                    <CreateKeyForm form=create />
                </div>
                <div data-step="created" hidden>
                    <h2 id="created-title" tabindex="-1">{key_created::CREATED}</h2>
                    <p class="lede">{key_created::COPY_KEY_NOW}</p>
                    // Taken out for each secret, and thrown away with it.
                    <template data-secret-template=""><SecretPanel panel=PanelFor::Island guide /></template>
                    <div class="actions"><button type="button" class="button primary" data-done="">{key_created::DONE}</button></div>
                </div>
            </dialog>
            <QuestionDialog />
            {password_step}
        </Frame>
        <Toast />
        <KeyList />
    }
    .into_any()
}

#[component]
fn CreateLink(href: String, limit: Limit) -> impl IntoView {
    let reached = limit.is_reached();
    view! {
        <a
            class="button primary"
            href=href
            data-opens="create"
            aria-disabled=reached.then_some("true")
            aria-describedby=reached.then_some(LIMIT_NOTICE)
        >
            {words::CREATE}
        </a>
    }
}

#[component]
fn Environments(pages: KeyPages, env: Place, counts: Vec<(Place, u32)>) -> impl IntoView {
    let links = counts
        .into_iter()
        .map(|(place, count)| {
            let current = place == env;
            view! {
                <li>
                    <a href=pages.in_environment(&place.slug).list() aria-current=current.then_some("page")>
                        {place.name}" "
                        <span class="count">{digits(count.into())}<span class="sr-only">{words::counted(count)}</span></span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="env-nav" aria-label=words::ENVIRONMENTS data-testid="env-nav">
            <ul role="list">{links}</ul>
        </nav>
    }
}

/// Says that there is no room for another key, and what makes some.
#[component]
pub fn LimitNotice(
    /// The limit that is reached.
    limit: Limit,
    /// Whose keys.
    whose: Whose,
    /// Environment's display name.
    env_name: String,
    /// Whether that is why a form came back, so that it is what to read first.
    #[prop(optional)]
    refused: bool,
) -> impl IntoView {
    let class = if refused { "notice oxide" } else { "notice" };
    let Limit { of, used, max } = limit;
    let fact = match of {
        LimitOf::Environment => words::limit::of_environment(used, max, &env_name),
        LimitOf::Person => words::limit::of_person(used, max),
    };
    let advice = match (of, whose) {
        (LimitOf::Environment, Whose::Own) => words::limit::ASK,
        _ => words::limit::ADVICE,
    };
    view! {
        <p class=class id=LIMIT_NOTICE data-testid=LIMIT_NOTICE tabindex="-1" autofocus=refused>
            <strong>{fact}</strong>
            {advice}
        </p>
    }
}

#[component]
fn FirstUse(whose: Whose, env_name: String, product: String, removed: Option<String>) -> impl IntoView {
    use words::first_use;
    let (heading, advice) = match whose {
        Whose::Organization => (first_use::heading(&env_name), first_use::advice(&product)),
        Whose::Own => (first_use::own_heading(&env_name), first_use::own_advice(&product)),
    };
    let removed = removed.map(|href| view! { <p><a href=href>{first_use::REMOVED}</a></p> });
    view! {
        <div class="empty" data-total="0">
            <h2>{heading}</h2>
            <p>{advice}</p>
            <p><a href=routes::guide("how-authentication-works")>{first_use::HOW}</a></p>
            {removed}
        </div>
    }
}

/// Shown by the script where a search did not come; without script the server's own page says so.
#[component]
fn LoadError(list: String) -> impl IntoView {
    view! {
        <div class="notice oxide" role="alert" data-load-error="" hidden>
            <h2>{words::load_error::HEADING}</h2>
            <p>
                {words::load_error::ADVICE}
                <span data-known="" hidden>{words::load_error::WITH_REFERENCE}<span class="mono" data-slot="reference"></span></span>"."
            </p>
            <p class="actions start"><a class="button" href=list data-try-again="">{words::load_error::TRY_AGAIN}</a></p>
        </div>
    }
}

#[component]
fn NothingMatches(query: ListQuery, list: String) -> impl IntoView {
    use words::no_match;
    let (heading, advice) = if query.q.is_empty() {
        (no_match::HEADING.to_owned(), no_match::ADVICE)
    } else {
        (no_match::search_heading(&query.q), no_match::SEARCH_ADVICE)
    };
    view! {
        <div class="empty" data-total="0">
            <h2>{heading}</h2>
            <p>{advice}</p>
            <p><a class="button" href=list>{no_match::CLEAR}</a></p>
        </div>
    }
}
