//! The question before a person's credentials are replaced.

use leptos::prelude::*;

use crate::{
    components::{
        form::FormToken,
        key_mark::KeyMark,
        question::{IssuedTokens, IssuedTokensField},
    },
    frame::{Frame, FrameView, Section},
    islands::KeyPage,
    routes,
    words::{form::CANCEL, replace_credentials as words},
};

/// The page.
#[derive(Clone, Debug)]
pub struct ReplaceCredentialsView {
    /// The frame.
    pub frame: FrameView,
    /// Public identifier, which stays.
    pub client_id: String,
    /// "Last used 4 minutes ago from 203.0.113.7."
    pub evidence: String,
    /// What becomes of tokens that the pair was exchanged for.
    pub issued_tokens: Option<IssuedTokensField>,
    /// MAC with the idempotency id.
    pub form: String,
}

impl ReplaceCredentialsView {
    pub(super) fn title(&self) -> String {
        self.frame.title_in_organization(words::HEADING)
    }
}

/// The page's markup.
#[component]
pub fn ReplaceCredentialsPage(
    /// Its contents.
    view: ReplaceCredentialsView,
) -> AnyView {
    let ReplaceCredentialsView { frame, client_id, evidence, issued_tokens, form } = view;
    let org = frame.org.slug.clone();
    view! {
        <Frame view=frame section=Section::Credentials>
            <header class="page-head"><h1>{words::HEADING}</h1></header>
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
                    <p>{words::MESSAGE}</p>
                    <p class="evidence">{evidence}</p>
                </div>
                {issued_tokens.map(|field| view! { <IssuedTokens field /> })}
                <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
                <div class="actions">
                    <a class="button" href=routes::credentials(&org) data-cancel="">{CANCEL}</a>
                    <button type="submit" class="button danger" data-pending=words::PENDING>{words::SUBMIT}</button>
                </div>
            </form>
        </Frame>
        <KeyPage />
    }
    .into_any()
}
