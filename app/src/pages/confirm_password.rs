//! The password, asked for again before something that shows a secret.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, TextField, error_title},
    frame::Threshold,
    routes,
    words::confirm_password as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct ConfirmPasswordView {
    /// The product's display name.
    pub product: String,
    /// Whose password; also tells a password manager.
    pub email: String,
    /// Where the form came from and goes on to.
    pub action: String,
    /// What was typed there, by name.
    pub kept: Vec<(String, String)>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl ConfirmPasswordView {
    pub(super) fn title(&self) -> String {
        error_title(format!("{} — {}", words::TITLE, self.product), &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn ConfirmPasswordPage(
    /// Its contents.
    view: ConfirmPasswordView,
) -> impl IntoView {
    let ConfirmPasswordView { product, email, action, kept, errors } = view;
    let cancel = routes::page_below_form(&action).to_owned();
    let kept =
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
    view! {
        <Threshold product>
            <h1>{words::TITLE}</h1>
            <p class="lede">{words::WHY}</p>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=action>
                {kept}
                <input type="text" value=email autocomplete="username" readonly hidden />
                <TextField
                    name="password"
                    label=words::PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    errors
                    autofocus=true
                />
                <Actions submit=words::CONTINUE cancel />
            </form>
        </Threshold>
    }
}
