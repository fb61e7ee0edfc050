//! Asking for a link to choose a new password, which is mailed.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, TextField, error_title},
    frame::Threshold,
    routes,
    words::forgot_password as words,
};

/// What the page is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Asks for the address.
    Ask {
        /// What was typed.
        email: String,
        /// What is wrong with it.
        errors: Vec<FieldError>,
        /// Seconds to wait, after too many attempts.
        wait_s: Option<u64>,
    },
    /// The link is on its way, if there is an account.
    Sent {
        /// What was typed.
        email: String,
        /// How long the link works.
        minutes: i64,
    },
    /// No mail is sent here; whom to ask, if that is known.
    ByHand(Option<String>),
}

/// The page.
#[derive(Clone, Debug)]
pub struct ForgotPasswordView {
    /// The product's display name.
    pub product: String,
    /// What it is at.
    pub step: Step,
}

impl ForgotPasswordView {
    pub(super) fn title(&self) -> String {
        let title = match &self.step {
            Step::Ask { wait_s: Some(_), .. } => format!("Error: {}", words::HEADING),
            Step::Ask { errors, .. } => error_title(words::HEADING.to_owned(), errors),
            Step::Sent { .. } => words::SENT_HEADING.to_owned(),
            Step::ByHand(_) => words::HEADING.to_owned(),
        };
        format!("{title} — {}", self.product)
    }
}

/// The page's markup.
#[component]
pub fn ForgotPasswordPage(
    /// Its contents.
    view: ForgotPasswordView,
) -> impl IntoView {
    let ForgotPasswordView { product, step } = view;
    let contents = match step {
        Step::Ask { email, errors, wait_s } => view! { <Ask email errors wait_s /> }.into_any(),
        Step::Sent { email, minutes } => said(words::SENT_HEADING, words::sent(&email, minutes)),
        Step::ByHand(contact) => said(words::HEADING, words::by_hand(contact.as_deref())),
    };
    view! {
        <Threshold product>
            {contents}
            <p class="elsewhere"><a href=routes::SIGN_IN>{words::BACK}</a></p>
        </Threshold>
    }
}

fn said(heading: &'static str, sentence: String) -> AnyView {
    view! {
        <h1 tabindex="-1" autofocus>{heading}</h1>
        <p class="lede">{sentence}</p>
    }
    .into_any()
}

#[component]
fn Ask(email: String, errors: Vec<FieldError>, wait_s: Option<u64>) -> impl IntoView {
    let notice = wait_s.map(|seconds| {
        view! { <p class="notice oxide" id="notice" tabindex="-1" autofocus>{words::too_many(seconds)}</p> }
    });
    view! {
        <h1>{words::HEADING}</h1>
        <p class="lede">{words::LEDE}</p>
        {notice}
        <form class="form" method="post" action=routes::FORGOT_PASSWORD>
            <TextField
                name="email"
                label=words::EMAIL
                kind="email"
                autocomplete="username"
                autofocus=wait_s.is_none()
                value=email
                errors
            />
            <Actions submit=words::SEND />
        </form>
    }
}
