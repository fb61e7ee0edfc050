//! First-run set-up: the first organization and its administrator.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, TextField, error_title},
    frame::Threshold,
    routes,
    words::set_up::{self as words, organization as of_organization, you as of_you},
};

/// The page.
#[derive(Clone, Debug)]
pub struct SetUpView {
    /// The product's display name.
    pub product: String,
    /// The one-time token of the link.
    pub token: String,
    /// Organization name typed before.
    pub organization: String,
    /// Slug typed before.
    pub slug: String,
    /// Person's name typed before.
    pub name: String,
    /// Address typed before.
    pub email: String,
    /// What is wrong; `param` is the field's name.
    pub errors: Vec<FieldError>,
}

impl SetUpView {
    pub(super) fn title(&self) -> String {
        error_title(words::heading(&self.product), &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn SetUpPage(
    /// Its contents.
    view: SetUpView,
) -> impl IntoView {
    let SetUpView { product, token, organization, slug, name, email, errors } = view;
    view! {
        <Threshold product=product.clone()>
            <h1>{words::heading(&product)}</h1>
            <p class="lede">{words::LEDE}</p>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=routes::set_up(&token)>
                <fieldset class="group">
                    <legend>{of_organization::LEGEND}</legend>
                    <TextField
                        name="organization"
                        label=of_organization::NAME
                        autocomplete="organization"
                        value=organization
                        errors=errors.clone()
                        autofocus=true
                    />
                    <TextField
                        name="slug"
                        label=of_organization::SLUG
                        hint=of_organization::SLUG_HINT
                        value=slug
                        errors=errors.clone()
                    />
                </fieldset>
                <fieldset class="group">
                    <legend>{of_you::LEGEND}</legend>
                    <TextField name="name" label=of_you::NAME autocomplete="name" value=name errors=errors.clone() />
                    <TextField
                        name="email"
                        label=of_you::EMAIL
                        kind="email"
                        autocomplete="username"
                        value=email
                        errors=errors.clone()
                    />
                    <TextField
                        name="password"
                        label=of_you::PASSWORD
                        hint=of_you::PASSWORD_HINT
                        kind="password"
                        autocomplete="new-password"
                        errors
                    />
                </fieldset>
                <Actions submit=words::SUBMIT />
            </form>
        </Threshold>
    }
}
