//! The question before a person's credentials are replaced.

use leptos::prelude::*;

use crate::{
    components::{form::FormToken, key_mark::KeyMark},
    frame::{Frame, FrameView, Section},
    islands::KeyPage,
    routes,
};

const TITLE: &str = "Replace your credentials?";

/// The page.
#[derive(Clone, Debug)]
pub struct ReplaceCredentialsView {
    /// The frame.
    pub frame: FrameView,
    /// Public identifier, which stays.
    pub client_id: String,
    /// "Last used 4 minutes ago from 203.0.113.7."
    pub evidence: String,
    /// MAC with the idempotency id.
    pub form: String,
}

impl ReplaceCredentialsView {
    pub(super) fn title(&self) -> String {
        self.frame.title(TITLE)
    }
}

/// The page's markup.
#[component]
pub fn ReplaceCredentialsPage(
    /// Its contents.
    view: ReplaceCredentialsView,
) -> AnyView {
    let ReplaceCredentialsView { frame, client_id, evidence, form } = view;
    let org = frame.org.slug.clone();
    view! {
        <Frame view=frame section=Section::Credentials>
            <header class="page-head"><h1>{TITLE}</h1></header>
            <form
                class="form"
                method="post"
                action=routes::replace_credentials(&org)
                data-question=""
                data-alert=""
                data-client-id=client_id.clone()
            >
                <FormToken value=form />
                <p class="key-line">
                    <KeyMark client_id=client_id.clone() />
                    <bdi class="mono" dir="ltr">{client_id.clone()}</bdi>
                </p>
                <div id="question-message">
                    <p>"Your current client secret stops working now, wherever it is in use."</p>
                    <p class="evidence">{evidence}</p>
                </div>
                <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
                <div class="actions">
                    <a class="button" href=routes::credentials(&org) data-cancel="">"Cancel"</a>
                    <button class="button danger" data-pending="Replacing…">"Replace credentials"</button>
                </div>
            </form>
        </Frame>
        <KeyPage />
    }
    .into_any()
}
