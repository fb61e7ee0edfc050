//! Light or dark, as a page.

use leptos::prelude::*;

use crate::{
    components::appearance::Appearance,
    frame::{Frame, FrameView, Section},
    words::appearance as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct AppearanceView {
    /// The frame, which knows what is chosen.
    pub frame: FrameView,
}

impl AppearanceView {
    pub(super) fn title(&self) -> String {
        self.frame.title_in_organization(words::HEADING)
    }
}

/// The page's markup.
#[component]
pub fn AppearancePage(
    /// Its contents.
    view: AppearanceView,
) -> AnyView {
    let AppearanceView { frame } = view;
    let (chosen, form) = (frame.theme, frame.form.clone());
    view! {
        <Frame view=frame section=Section::Profile>
            <header class="page-head">
                <h1 id="scheme">{words::HEADING}</h1>
                <p class="lede">{words::LEDE}</p>
            </header>
            <Appearance chosen form labelled_by="scheme" />
        </Frame>
    }
    .into_any()
}
