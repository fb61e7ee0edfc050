//! Errors and other short messages.

use crate::pages::message::Message;

/// What is the matter.
pub fn heading(message: &Message) -> &'static str {
    match message {
        Message::NotFound => "There's nothing at this address.",
        Message::Forbidden => "You don't have access to this page.",
        Message::CrossSite => "This request came from another site.",
        Message::BadRequest => "We couldn't read this request.",
        Message::StaleForm => "This form belongs to an earlier session.",
        Message::Conflict(_) => "That can't be done now.",
        Message::Removed(_) => "Something changed in the meantime.",
        Message::Selection(_) => "Nothing was changed.",
        Message::LinkSpent => "This link doesn't work any more.",
        Message::Failed { .. } => "Something went wrong on our side.",
        Message::Busy => "We're busy right now.",
        Message::Offline => "You're offline.",
    }
}

/// What to do.
pub fn advice(message: &Message) -> String {
    match message {
        Message::NotFound => "Check the address, or start again from the beginning.",
        Message::Forbidden => "Ask an organization administrator if you need it.",
        Message::CrossSite | Message::StaleForm => "Nothing was changed. Open the page again and repeat what you did.",
        Message::BadRequest => "Nothing was changed. Go back, check what you entered, and try again.",
        Message::Conflict(what) | Message::Removed(what) | Message::Selection(what) => what,
        Message::LinkSpent => "Such links work once and for a short time. Ask for a new one.",
        Message::Failed { .. } => REFERENCE,
        Message::Busy => "Nothing was changed. Try again in a few seconds.",
        Message::Offline => "Check your connection, then start again. What you saved before is safe.",
    }
    .to_owned()
}

/// What an error is found by; its id follows.
pub const REFERENCE: &str = "Reference ";

/// Leads to the beginning.
pub const START_AGAIN: &str = "Start again";
/// Leads to the list it came from.
pub const BACK_TO_LIST: &str = "Back to the list";
/// Leads to where it came from.
pub const BACK: &str = "Go back";
