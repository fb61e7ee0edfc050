//! The create form as a page.

use leptos::prelude::*;

use crate::{
    components::{
        create_form::{CreateForm, CreateKeyForm},
        form::{ErrorSummary, error_title},
    },
    frame::{Frame, FrameView},
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
        error_title(self.frame.title("Create API Key"), &self.form.errors)
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
                <h1>"Create API Key"</h1>
                <p class="lede">"In "<strong>{env_name}</strong></p>
            </header>
            <ErrorSummary errors />
            <CreateKeyForm form autofocus=true />
        </Frame>
    }
}
