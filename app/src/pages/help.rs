//! Help: the guides, for whoever is signed in or not.

use leptos::prelude::*;

use crate::{frame::Logo, routes, words::help as words};

/// A guide, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideLink {
    /// Stands in its address.
    pub slug: String,
    /// Its heading.
    pub title: String,
}

/// The page.
#[derive(Clone, Debug)]
pub struct HelpView {
    /// The product's display name.
    pub product: String,
    /// Every guide, in the order in which people need them.
    pub guides: Vec<GuideLink>,
    /// The one that is shown.
    pub shown: GuideLink,
    /// Its text as HTML, which begins with its heading. Made of the guides of this repository, never of what people typed.
    pub html: String,
}

impl HelpView {
    pub(super) fn title(&self) -> String {
        format!("{} · {} — {}", self.shown.title, words::HEADING, self.product)
    }
}

/// The page's markup.
#[component]
pub fn HelpPage(
    /// Its contents.
    view: HelpView,
) -> AnyView {
    let HelpView { product, guides, shown, html } = view;
    let links = guides
        .into_iter()
        .map(|guide| {
            let current = (guide == shown).then_some("page");
            view! { <li><a href=routes::guide(&guide.slug) aria-current=current>{guide.title}</a></li> }
        })
        .collect_view();
    view! {
        <div class="help">
            <header>
                <a class="brand" href=routes::HOME><Logo />{product}</a>
                <nav class="sections" aria-label=words::HEADING>
                    <p class="eyebrow">{words::HEADING}</p>
                    <ul role="list">{links}<li><a href=routes::API_DOCS>{words::API_DOCS}</a></li></ul>
                </nav>
            </header>
            <main id="content" class="docs" tabindex="-1" inner_html=html></main>
        </div>
    }
    .into_any()
}
