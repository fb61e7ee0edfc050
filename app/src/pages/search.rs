//! Search over every environment. The command palette shows what this page finds.

use leptos::prelude::*;

use crate::{
    components::{
        key_mark::KeyMark,
        status::{KeyStatus, Status},
    },
    frame::{Frame, FrameView, Place, Section},
    routes::{self, KeyPages, Whose},
    words::{
        frame::{ACTIVITY_LOG, keys_in},
        search as words,
    },
};

/// A key that was found.
#[derive(Clone, Debug)]
pub struct FoundKey {
    /// Name.
    pub name: String,
    /// Public identifier.
    pub client_id: String,
    /// Its environment.
    pub env: Place,
    /// Status.
    pub status: KeyStatus,
}

/// The page.
#[derive(Clone, Debug)]
pub struct SearchView {
    /// The frame.
    pub frame: FrameView,
    /// What is looked for.
    pub q: String,
    /// The first keys that match, by name.
    pub keys: Vec<FoundKey>,
    /// Whether there are more.
    pub more: bool,
}

impl SearchView {
    pub(super) fn title(&self) -> String {
        let what = if self.q.is_empty() { words::HEADING.to_owned() } else { words::title(&self.q) };
        format!("{what} · {} — {}", self.frame.org.name, self.frame.product)
    }
}

/// The page's markup.
#[component]
pub fn SearchPage(
    /// Its contents.
    view: SearchView,
) -> AnyView {
    let SearchView { frame, q, keys, more } = view;
    let (org, pages) = (frame.org.slug.clone(), frame.keys.clone());
    let places = places(&frame, &q);
    let nothing = !q.is_empty() && keys.is_empty() && places.is_empty();
    let found = (!keys.is_empty()).then(|| {
        let more = more.then(|| view! { <p class="hint">{words::MORE}</p> });
        view! { <section><h2>{words::KEYS}</h2><Found pages keys />{more}</section> }
    });
    let links = (!places.is_empty()).then(|| {
        let links = places
            .into_iter()
            .map(|(href, name)| view! { <li><a class="ledger-link" href=href>{name}</a></li> })
            .collect_view();
        view! { <section><h2>{words::PLACES}</h2><ul role="list">{links}</ul></section> }
    });
    view! {
        <Frame view=frame section=Section::Search>
            <header class="page-head"><h1>{words::HEADING}</h1></header>
            <search>
                <form class="filters" method="get" action=routes::search(&org)>
                    <div class="filter grow">
                        <label for="search-q">{words::QUERY}</label>
                        <input
                            type="search"
                            id="search-q"
                            name="q"
                            value=q.clone()
                            placeholder=words::QUERY_PLACEHOLDER
                            autocomplete="off"
                            autofocus
                        />
                    </div>
                    <button type="submit" class="button">{words::SUBMIT}</button>
                </form>
            </search>
            {nothing
                .then(|| view! { <div class="empty"><h2>{words::nothing(&q)}</h2><p>{words::NOTHING_ADVICE}</p></div> })}
            {found}
            {links}
        </Frame>
    }
    .into_any()
}

/// Sections whose name holds what is looked for.
fn places(frame: &FrameView, q: &str) -> Vec<(String, String)> {
    let pages = &frame.keys;
    let key_list = |env: &Place| (pages.in_environment(&env.slug).list(), keys_in(&env.name));
    let log =
        (pages.whose() == Whose::Organization).then(|| (routes::activity(&frame.org.slug), ACTIVITY_LOG.to_owned()));
    let places = frame.environments.iter().map(key_list).chain(log);
    let wanted = q.to_lowercase();
    places.filter(|(_, name)| name.to_lowercase().contains(&wanted)).collect()
}

#[component]
fn Found(pages: KeyPages, keys: Vec<FoundKey>) -> AnyView {
    let keys = keys
        .into_iter()
        .map(|key| {
            view! {
                <li>
                    <KeyMark client_id=key.client_id.clone() />
                    <a href=pages.in_environment(&key.env.slug).key(&key.client_id)>{key.name}</a>
                    <bdi class="mono" dir="ltr">{key.client_id.clone()}</bdi>
                    <span class="hint">{key.env.name}</span>
                    <Status status=key.status />
                </li>
            }
        })
        .collect_view();
    view! { <ul role="list" class="bulk-keys" data-found="">{keys}</ul> }.into_any()
}
