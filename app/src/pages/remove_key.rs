//! The question before a key is removed, as a page.

use leptos::prelude::*;

use crate::{
    components::{
        form::{ErrorSummary, error_title},
        remove_form::{RemoveForm, RemoveKeyForm},
    },
    frame::{Frame, FrameView},
};

/// The page.
#[derive(Clone, Debug)]
pub struct RemoveKeyView {
    /// The frame.
    pub frame: FrameView,
    /// The question.
    pub form: RemoveForm,
}

impl RemoveKeyView {
    fn heading(&self) -> String {
        format!("Remove “{}”?", self.form.name)
    }

    pub(super) fn title(&self) -> String {
        error_title(self.frame.title(&self.heading()), &self.form.errors)
    }
}

/// The page's markup.
#[component]
pub fn RemoveKeyPage(
    /// Its contents.
    view: RemoveKeyView,
) -> impl IntoView {
    let heading = view.heading();
    let RemoveKeyView { frame, form } = view;
    let errors = form.errors.clone();
    view! {
        <Frame view=frame>
            <header class="page-head"><h1>{heading}</h1></header>
            <ErrorSummary errors />
            <RemoveKeyForm form />
        </Frame>
    }
}
