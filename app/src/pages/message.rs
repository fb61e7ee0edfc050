//! Errors and other short messages, outside any organization's frame.

use leptos::prelude::*;

use crate::{frame::Threshold, routes, words::message as words};

/// What the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// 404: unknown, or of an organization the person is not in.
    NotFound,
    /// 403: not for this person.
    Forbidden,
    /// 403: the request did not come from this console.
    CrossSite,
    /// 400 or 422: the request could not be read.
    BadRequest,
    /// 409: the form belongs to another session.
    StaleForm,
    /// 409: somebody else changed the same thing first, in words.
    Conflict(String),
    /// 409: the key was removed, by whom and when.
    Removed(String),
    /// 422: nothing, or too much, was selected in a list.
    Selection(String),
    /// 410 or 404: a one-time link that is used or too old.
    LinkSpent,
    /// 500.
    Failed {
        /// Request id, for support.
        reference: String,
    },
    /// 503.
    Busy,
    /// There is no connection.
    Offline,
}

/// The page.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// The product's display name.
    pub product: String,
    /// What it says.
    pub message: Message,
    /// Where the link under it leads; the console's beginning without one.
    pub back: Option<String>,
}

impl MessageView {
    pub(super) fn title(&self) -> String {
        format!("{} — {}", words::heading(&self.message).trim_end_matches('.'), self.product)
    }
}

/// The page's markup.
#[component]
pub fn MessagePage(
    /// Its contents.
    view: MessageView,
) -> impl IntoView {
    let MessageView { product, message, back } = view;
    let is_gone = matches!(message, Message::Removed(_)).then_some("");
    let label = match (&back, &message) {
        (None, _) => words::START_AGAIN,
        (Some(_), Message::Removed(_) | Message::Selection(_)) => words::BACK_TO_LIST,
        (Some(_), _) => words::BACK,
    };
    let reference = match &message {
        Message::Failed { reference } => {
            Some(view! { <span class="mono" data-reference="">{reference.clone()}</span>"." })
        }
        _ => None,
    };
    view! {
        <Threshold product>
            <h1>{words::heading(&message)}</h1>
            <p class="lede">{words::advice(&message)}{reference}</p>
            <p><a class="button" href=back.unwrap_or_else(|| routes::HOME.to_owned()) data-gone=is_gone>{label}</a></p>
        </Threshold>
    }
}
