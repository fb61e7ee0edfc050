//! Choosing a new password, through a one-time link.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, TextField, error_title},
    frame::Threshold,
    routes,
};

const TITLE: &str = "Choose a new password";

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
        error_title(TITLE.to_owned(), &self.errors)
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
            <h1>{TITLE}</h1>
            <p class="lede">{format!("For {email}. You are signed out everywhere, and sign in with the new one.")}</p>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=routes::reset_password(&token)>
                <input type="text" name="email" value=email autocomplete="username" readonly hidden />
                <TextField
                    name="password"
                    label="New password"
                    hint="At least 12 characters. A few unrelated words make a good one."
                    kind="password"
                    autocomplete="new-password"
                    errors
                    autofocus=true
                />
                <Actions submit="Save password" />
            </form>
        </Threshold>
    }
}
