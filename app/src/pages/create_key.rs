//! The create form as a page.

use leptos::prelude::*;

use crate::{
    components::{
        create_form::{CreateForm, CreateKeyForm},
        form::{ErrorSummary, error_title},
    },
    frame::{Frame, FrameView},
    words::create_key as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct CreateKeyView {
    /// The frame.
    pub frame: FrameView,
    /// The form.
    pub form: CreateForm,
}

impl CreateKeyView {
    pub(super) fn title(&self) -> String {
        error_title(self.frame.title(words::HEADING), &self.form.errors)
    }
}

/// The page's markup.
#[component]
pub fn CreateKeyPage(
    /// Its contents.
    view: CreateKeyView,
) -> impl IntoView {
    let CreateKeyView { frame, form } = view;
    let env_name = frame.env.name.clone();
    let errors = form.errors.clone();
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::IN}<strong>{env_name}</strong></p>
            </header>
            <ErrorSummary errors />
            <CreateKeyForm form autofocus=true />
        </Frame>
    }
}
