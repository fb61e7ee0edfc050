//! Choosing a new password, through a one-time link.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, TextField, error_title},
    frame::Threshold,
    routes,
    words::reset_password as words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct ResetPasswordView {
    /// The product's display name.
    pub product: String,
    /// The one-time token of the link.
    pub token: String,
    /// Whose password it is; also tells a password manager.
    pub email: String,
    /// What is wrong; `param` is the field's name.
    pub errors: Vec<FieldError>,
}

impl ResetPasswordView {
    pub(super) fn title(&self) -> String {
        error_title(words::HEADING.to_owned(), &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn ResetPasswordPage(
    /// Its contents.
    view: ResetPasswordView,
) -> impl IntoView {
    let ResetPasswordView { product, token, email, errors } = view;
    view! {
        <Threshold product=product>
            <h1>{words::HEADING}</h1>
            <p class="lede">{words::lede(&email)}</p>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=routes::reset_password(&token)>
                <input type="text" name="email" value=email autocomplete="username" readonly hidden />
                <TextField
                    name="password"
                    label=words::PASSWORD
                    hint=words::PASSWORD_HINT
                    kind="password"
                    autocomplete="new-password"
                    errors
                    autofocus=true
                />
                <Actions submit=words::SUBMIT />
            </form>
        </Threshold>
    }
}
