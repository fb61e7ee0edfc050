//! The HTML document around every page.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;

use crate::{
    pages::Page,
    words::{shell as words, time},
};

/// Colour scheme a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Reads the word of the attribute and the cookie; `None` for any other.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }

    /// The word in the `data-theme` attribute and in the cookie.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Addresses of the built files.
#[derive(Clone, Debug)]
pub struct Assets {
    /// Style sheet.
    pub css: String,
    /// Glue module made by wasm-bindgen.
    pub js: String,
    /// Islands, compiled.
    pub wasm: String,
    /// Module that starts the islands.
    pub boot: String,
    /// Icon of the site.
    pub favicon: String,
    /// The font people read.
    pub sans: String,
}

/// What the document needs besides the page in it.
#[derive(Clone, Debug)]
pub struct DocumentView {
    /// Title, in plain text; escaped here.
    pub title: String,
    /// Colour scheme.
    pub theme: Theme,
    /// Built files.
    pub assets: Assets,
    /// Nonce of this response's Content-Security-Policy.
    pub nonce: String,
}

/// The document: head, skip link, the page, and the regions screen readers listen to.
#[component]
pub fn Document(
    /// Head and theme.
    view: DocumentView,
    /// The page.
    children: Children,
) -> impl IntoView {
    let DocumentView { title, theme, assets, nonce } = view;
    view! {
        <!DOCTYPE html>
        <html
            lang=words::LANGUAGE
            data-theme=theme.as_str()
            data-soon=time::IN_A_MOMENT
            data-just-now=time::JUST_NOW
        >
            <head>
                <meta charset="utf-8" />
                <title>{title}</title>
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href=assets.favicon type="image/svg+xml" />
                <link rel="stylesheet" href=assets.css />
                <link rel="preload" href=assets.sans r#as="font" r#type="font/woff2" crossorigin="anonymous" />
                <link rel="modulepreload" href=assets.js crossorigin="anonymous" />
                <link rel="preload" href=assets.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <script type="module" src=assets.boot nonce=nonce></script>
            </head>
            <body>
                <a class="skip" href="#content">{words::SKIP}</a>
                <p class="offline" role="status" data-testid="offline-bar" hidden>{words::OFFLINE}</p>
                {children()}
                <div class="sr-only" role="status" aria-live="polite" data-testid="announcer-polite"></div>
                <div class="sr-only" role="alert" aria-live="assertive" data-testid="announcer-assertive"></div>
            </body>
        </html>
    }
}

/// The whole document as text. Pages wait for nothing, so nothing is streamed.
pub fn render(document: DocumentView, page: Page) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let html = owner.with(|| view! { <Document view=document>{page.view()}</Document> }.to_html());
    owner.unset_with_forced_cleanup();
    html
}
