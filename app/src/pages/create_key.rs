//! The create form as a page.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::{
        create_form::{CreateForm, CreateKeyForm},
        form::{ErrorSummary, error_title},
    },
    frame::{Frame, FrameView},
    pages::api_keys::{LIMIT_NOTICE, Limit, LimitNotice},
    words::create_key as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct CreateKeyView {
    /// The frame.
    pub frame: FrameView,
    /// The form.
    pub form: CreateForm,
    /// The limit that leaves the least room.
    pub limit: Limit,
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
    let CreateKeyView { frame, form, limit } = view;
    let (env_name, whose) = (frame.env.name.clone(), frame.keys.whose());
    let is_notice = |error: &FieldError| limit.is_reached() && error.param == LIMIT_NOTICE;
    let (at_limit, errors): (Vec<_>, Vec<_>) = form.errors.iter().cloned().partition(is_notice);
    let refused = !at_limit.is_empty();
    let full = limit.is_reached().then(|| view! { <LimitNotice limit whose env_name=env_name.clone() refused /> });
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>{words::HEADING}</h1>
                <p class="lede">{words::IN}<strong>{env_name}</strong></p>
            </header>
            {full}
            <ErrorSummary errors />
            <CreateKeyForm form autofocus=true />
        </Frame>
    }
}
