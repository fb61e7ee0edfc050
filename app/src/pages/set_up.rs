//! First-run set-up: the first organization and its administrator.

use domain::field::FieldError;
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, TextField, error_title},
    frame::Threshold,
    routes,
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
        error_title(format!("Set up {}", self.product), &self.errors)
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
            <h1>{format!("Set up {product}")}</h1>
            <p class="lede">"Name your organization and make yourself its first administrator."</p>
            <ErrorSummary errors=errors.clone() />
            <form class="form" method="post" action=routes::set_up(&token)>
                <fieldset class="group">
                    <legend>"Organization"</legend>
                    <TextField
                        name="organization"
                        label="Name"
                        autocomplete="organization"
                        value=organization
                        errors=errors.clone()
                        autofocus=true
                    />
                    <TextField
                        name="slug"
                        label="Short name"
                        hint="Stands in addresses: lower-case letters, digits and hyphens. For example: acme."
                        value=slug
                        errors=errors.clone()
                    />
                </fieldset>
                <fieldset class="group">
                    <legend>"You"</legend>
                    <TextField name="name" label="Your name" autocomplete="name" value=name errors=errors.clone() />
                    <TextField
                        name="email"
                        label="E-mail"
                        kind="email"
                        autocomplete="username"
                        value=email
                        errors=errors.clone()
                    />
                    <TextField
                        name="password"
                        label="Password"
                        hint="At least 12 characters. A few unrelated words make a good one."
                        kind="password"
                        autocomplete="new-password"
                        errors
                    />
                </fieldset>
                <Actions submit="Set up" />
            </form>
        </Threshold>
    }
}
