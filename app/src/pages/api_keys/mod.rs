//! The list of API keys of one environment.

mod filters;
mod query;
mod row;
mod selection;
mod table;

use leptos::{either::Either, prelude::*};

pub use query::{Edge, ListQuery, SortBy, StatusFilter};
pub use row::{KeyOwner, KeyRow, evidence, status};
pub use service::keys::{Limit, LimitOf};

use crate::{
    components::{
        create_form::{CreateForm, CreateKeyForm},
        first_token::TokenGuide,
        question::QuestionDialog,
        secret_panel::{PanelFor, SecretPanel},
    },
    frame::{Frame, FrameView, Place, Toast},
    islands::KeyList,
    routes::{KeyPages, Whose},
};

/// Which part of the matching keys is on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// How many keys come before this page.
    pub before: u32,
    /// How many keys match, counted up to one more than `COUNT_CAP`.
    pub total: u32,
    /// Whether there is a page before.
    pub has_previous: bool,
    /// Whether there is a page after.
    pub has_next: bool,
}

impl Slice {
    /// Counts are exact up to here.
    pub const COUNT_CAP: u32 = 10_000;

    /// "1–50 of 10 000", for `rows` keys on this page.
    fn range(self, rows: usize) -> String {
        let first = u64::from(self.before) + 1;
        let last = u64::from(self.before) + u64::try_from(rows).unwrap_or(u64::MAX);
        let shown = if first == last { digits(first) } else { format!("{}–{}", digits(first), digits(last)) };
        format!("{shown} of {}", self.total_words())
    }

    /// "312", "more than 10 000".
    fn total_words(self) -> String {
        if self.total > Self::COUNT_CAP {
            format!("more than {}", digits(Self::COUNT_CAP.into()))
        } else {
            digits(self.total.into())
        }
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
    /// Where they stand among all that match.
    pub slice: Slice,
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
        self.frame.title(Wording::of(self.frame.keys.whose()).heading)
    }
}

/// What the page says about keys of the organization, and about a person's own.
struct Wording {
    heading: &'static str,
    lede: fn(product: &str) -> String,
    none_yet: fn(env: &str) -> String,
    first: fn(product: &str) -> String,
}

impl Wording {
    fn of(whose: Whose) -> Self {
        match whose {
            Whose::Organization => Self {
                heading: "API Keys",
                lede: |product| format!("Keys let your systems request access tokens for {product}."),
                none_yet: |env| format!("No keys in {env} yet"),
                first: |product| {
                    format!(
                        "Create a key for each service that calls {product}, so you can replace or stop one without \
                         touching the others.",
                    )
                },
            },
            Whose::Own => Self {
                heading: "Your API keys",
                lede: |_| "They act as you. If your account is deactivated, they stop working.".to_owned(),
                none_yet: |env| format!("You have no keys in {env} yet"),
                first: |product| {
                    format!(
                        "Create a key for each script or tool of yours that calls {product}, so you can replace or \
                         stop one without touching the others.",
                    )
                },
            },
        }
    }
}

/// The page's markup.
#[component]
pub fn ApiKeysPage(
    /// Its contents.
    view: ApiKeysView,
) -> AnyView {
    let ApiKeysView { frame, counts, query, rows, slice, limit, form, create, guide } = view;
    let (pages, env) = (frame.keys.clone(), frame.env.clone());
    let (list, new) = (pages.list(), pages.new_key());
    let product = frame.product.clone();
    let wording = Wording::of(pages.whose());
    let unused = rows.is_empty() && query.is_plain();
    let body = if unused {
        let (heading, advice) = ((wording.none_yet)(&env.name), (wording.first)(&product));
        Either::Left(view! { <FirstUse heading advice new=new.clone() limit /> })
    } else {
        let table = if rows.is_empty() {
            Either::Left(view! { <NothingMatches query=query.clone() list=list.clone() /> })
        } else {
            let (pages, env_name) = (pages.clone(), env.name.clone());
            Either::Right(view! { <table::Table pages env_name rows query=query.clone() slice form /> })
        };
        Either::Right(view! {
            <filters::Filters query action=list.clone() />
            <LoadError list />
            <div id="results" class="results" data-key-list="">{table}</div>
        })
    };
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1 tabindex="-1">{wording.heading}</h1>
                <p class="lede">{(wording.lede)(&product)}</p>
                <div class="page-actions">
                    {(!unused).then(|| view! { <CreateLink href=new limit primary=true /> })}
                </div>
            </header>
            <Environments pages=pages.clone() env=env.clone() counts />
            {limit.is_reached().then(|| view! { <LimitNotice limit whose=pages.whose() env_name=env.name.clone() /> })}
            {body}
            <dialog id="create-dialog" class="dialog" aria-labelledby="create-title">
                <div data-step="form">
                    <h2 id="create-title">"Create API Key"</h2>
                    <p class="lede">"In "<strong data-env-name="">{env.name}</strong></p>
                    <CreateKeyForm form=create />
                </div>
                <div data-step="created" hidden>
                    <h2 id="created-title" tabindex="-1">"API key created"</h2>
                    <p class="lede">"Copy the key now. We keep only a fingerprint of it, so nobody can show it again."</p>
                    <SecretPanel panel=PanelFor::Island guide />
                    <div class="actions"><button type="button" class="button primary" data-done="">"Done"</button></div>
                </div>
            </dialog>
            <QuestionDialog />
        </Frame>
        <Toast />
        <KeyList />
    }
    .into_any()
}

#[component]
fn CreateLink(href: String, limit: Limit, primary: bool) -> impl IntoView {
    let reached = limit.is_reached();
    let class = if primary { "button primary" } else { "button" };
    view! {
        <a
            class=class
            href=href
            data-opens="create"
            aria-disabled=reached.then_some("true")
            aria-describedby=reached.then_some("limit-notice")
        >
            "Create API Key"
        </a>
    }
}

#[component]
fn Environments(pages: KeyPages, env: Place, counts: Vec<(Place, u32)>) -> impl IntoView {
    let links = counts
        .into_iter()
        .map(|(place, count)| {
            let current = place == env;
            let noun = if count == 1 { " key" } else { " keys" };
            view! {
                <li>
                    <a href=pages.in_environment(&place.slug).list() aria-current=current.then_some("page")>
                        {place.name}" "
                        <span class="count">{digits(count.into())}<span class="sr-only">{noun}</span></span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="env-nav" aria-label="Environments" data-testid="env-nav">
            <ul role="list">{links}</ul>
        </nav>
    }
}

#[component]
fn LimitNotice(limit: Limit, whose: Whose, env_name: String) -> impl IntoView {
    let Limit { of, used, max } = limit;
    let fact = match of {
        LimitOf::Environment => format!("{used} of {max} keys used in {env_name}."),
        LimitOf::Person => format!("{used} of {max} keys of your own used."),
    };
    let advice = match (of, whose) {
        (LimitOf::Environment, Whose::Own) => "Remove one, or ask an organization administrator to make room.",
        _ => "Remove one to create another.",
    };
    view! {
        <p class="notice" id="limit-notice" data-testid="limit-notice">
            <strong>{fact}</strong>
            {format!(" {advice} Rotating a key doesn't use a place.")}
        </p>
    }
}

#[component]
fn FirstUse(heading: String, advice: String, new: String, limit: Limit) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{heading}</h2>
            <p>{advice}</p>
            <p><CreateLink href=new limit primary=true /></p>
        </div>
    }
}

/// Shown by the script where a search did not come; without script the server's own page says so.
#[component]
fn LoadError(list: String) -> impl IntoView {
    view! {
        <div class="notice oxide" role="alert" data-load-error="" hidden>
            <h2>"We couldn't load your keys"</h2>
            <p>"Nothing has changed. Try again, or contact support. "<span data-slot="said"></span></p>
            <p class="actions start"><a class="button" href=list data-try-again="">"Try again"</a></p>
        </div>
    }
}

#[component]
fn NothingMatches(query: ListQuery, list: String) -> impl IntoView {
    let heading =
        if query.q.is_empty() { "No keys match".to_owned() } else { format!("No keys match “{}”", query.q) };
    let advice = if query.q.is_empty() {
        "Clear the filters to see the others."
    } else {
        "Check the spelling, or clear the filters."
    };
    view! {
        <div class="empty" data-total="0">
            <h2>{heading}</h2>
            <p>{advice}</p>
            <p><a class="button" href=list>"Clear filters"</a></p>
        </div>
    }
}

/// 10 000 with a narrow no-break space.
fn digits(number: u64) -> String {
    let plain = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && plain.len() > 4 && (plain.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(digits(0), "0");
        assert_eq!(digits(9999), "9999");
        assert_eq!(digits(10_000), "10\u{202f}000");
        assert_eq!(digits(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
