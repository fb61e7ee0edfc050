//! Errors and other short messages, outside any organization's frame.

use leptos::prelude::*;

use crate::{frame::Threshold, routes};

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
    /// 429: seconds to wait.
    TooManyRequests(u64),
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

impl Message {
    fn heading(&self) -> String {
        match self {
            Self::NotFound => "There's nothing at this address.",
            Self::Forbidden => "You don't have access to this page.",
            Self::CrossSite => "This request came from another site.",
            Self::BadRequest => "We couldn't read this request.",
            Self::StaleForm => "This form belongs to an earlier session.",
            Self::Conflict(_) | Self::Removed(_) => "Something changed in the meantime.",
            Self::Selection(_) => "Nothing was changed.",
            Self::LinkSpent => "This link doesn't work any more.",
            Self::TooManyRequests(_) => "Too many attempts.",
            Self::Failed { .. } => "Something went wrong on our side.",
            Self::Busy => "We're busy right now.",
            Self::Offline => "You're offline.",
        }
        .to_owned()
    }

    fn advice(&self) -> String {
        match self {
            Self::NotFound => "Check the address, or start again from the beginning.",
            Self::Forbidden => "Ask an organization administrator if you need it.",
            Self::CrossSite | Self::StaleForm => "Nothing was changed. Open the page again and repeat what you did.",
            Self::BadRequest => "Nothing was changed. Go back, check what you entered, and try again.",
            Self::Conflict(what) | Self::Removed(what) | Self::Selection(what) => return what.clone(),
            Self::LinkSpent => "Such links work once and for a short time. Ask for a new one.",
            Self::TooManyRequests(seconds) => return format!("Try again in {seconds} seconds."),
            Self::Failed { reference } => return format!("Reference {reference}."),
            Self::Busy => "Nothing was changed. Try again in a few seconds.",
            Self::Offline => "Check your connection, then start again. What you saved before is safe.",
        }
        .to_owned()
    }
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
        format!("{} — {}", self.message.heading().trim_end_matches('.'), self.product)
    }
}

/// The page's markup.
#[component]
pub fn MessagePage(
    /// Its contents.
    view: MessageView,
) -> impl IntoView {
    let MessageView { product, message, back } = view;
    let label = match (&back, &message) {
        (None, _) => "Start again",
        (Some(_), Message::Removed(_) | Message::Selection(_)) => "Back to the list",
        (Some(_), _) => "Go back",
    };
    view! {
        <Threshold product>
            <h1>{message.heading()}</h1>
            <p class="lede">{message.advice()}</p>
            <p><a class="button" href=back.unwrap_or_else(|| routes::HOME.to_owned())>{label}</a></p>
        </Threshold>
    }
}
