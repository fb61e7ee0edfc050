//! A question about a key, as a page.

use leptos::prelude::*;

use crate::{
    components::{
        form::{ErrorSummary, error_title},
        question::{KeyQuestion, KeyQuestionForm, PREFIX},
    },
    frame::{Frame, FrameView},
    islands::KeyPage,
};

/// The page.
#[derive(Clone, Debug)]
pub struct KeyQuestionView {
    /// The frame.
    pub frame: FrameView,
    /// The question.
    pub question: KeyQuestion,
}

impl KeyQuestionView {
    pub(super) fn title(&self) -> String {
        error_title(self.frame.title(&self.question.heading()), &self.question.errors)
    }
}

/// The page's markup.
#[component]
pub fn KeyQuestionPage(
    /// Its contents.
    view: KeyQuestionView,
) -> impl IntoView {
    let KeyQuestionView { frame, question } = view;
    let heading = question.heading();
    let errors = question.errors.clone();
    view! {
        <Frame view=frame>
            <header class="page-head"><h1>{heading}</h1></header>
            <ErrorSummary errors prefix=PREFIX />
            <KeyQuestionForm question />
        </Frame>
        <KeyPage />
    }
}
