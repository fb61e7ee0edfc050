//! Joining an organization through an invitation's one-time link.

use domain::{field::FieldError, user::Role};
use leptos::prelude::*;

use crate::{
    components::form::{Actions, ErrorSummary, FormToken, TextField, error_title},
    frame::Threshold,
    routes,
    words::accept_invitation as words,
};

/// Who has opened the link.
#[derive(Clone, Debug)]
pub enum Visitor {
    /// Nobody is signed in, and the address has no account yet.
    New {
        /// Name typed before.
        name: String,
        /// What is wrong.
        errors: Vec<FieldError>,
    },
    /// Nobody is signed in, and the address has an account.
    SignedOut {
        /// What is wrong.
        errors: Vec<FieldError>,
    },
    /// The person who is invited.
    Invited {
        /// Their name.
        name: String,
        /// MAC.
        form: String,
    },
    /// The person who is invited, who belongs to the organization already.
    Member {
        /// Slug of the organization.
        slug: String,
    },
    /// Somebody with another address.
    Other {
        /// Their address.
        email: String,
        /// MAC, to sign out.
        form: String,
    },
}

/// The page.
#[derive(Clone, Debug)]
pub struct AcceptInvitationView {
    /// The product's display name.
    pub product: String,
    /// The one-time token of the link.
    pub token: String,
    /// Name of the organization.
    pub organization: String,
    /// Address that is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Who has opened the link.
    pub visitor: Visitor,
}

impl AcceptInvitationView {
    pub(super) fn title(&self) -> String {
        let errors = match &self.visitor {
            Visitor::New { errors, .. } | Visitor::SignedOut { errors } => errors.as_slice(),
            _ => &[],
        };
        error_title(format!("{} — {}", words::heading(&self.organization), self.product), errors)
    }
}

/// The page's markup.
#[component]
pub fn AcceptInvitationPage(
    /// Its contents.
    view: AcceptInvitationView,
) -> AnyView {
    let AcceptInvitationView { product, token, organization, email, role, visitor } = view;
    let action = routes::accept_invitation(&token);
    let invited = words::invited(&email, role);
    let body = match visitor {
        Visitor::New { name, errors } => view! { <NewAccount action email name errors /> }.into_any(),
        Visitor::SignedOut { errors } => view! { <SignIn action email errors /> }.into_any(),
        Visitor::Invited { name, form } => view! {
            <form class="form" method="post" action=action>
                <FormToken value=form />
                <p>{words::signed_in::as_invited(&name)}</p>
                <Actions submit=words::SUBMIT />
            </form>
        }
        .into_any(),
        Visitor::Member { slug } => view! {
            <p class="notice">{words::signed_in::MEMBER}</p>
            <p><a class="button" href=routes::organization(&slug)>{words::signed_in::open(&organization)}</a></p>
        }
        .into_any(),
        Visitor::Other { email, form } => view! { <OtherAddress email form /> }.into_any(),
    };
    view! {
        <Threshold product>
            <h1>{words::heading(&organization)}</h1>
            <p class="lede">{invited}</p>
            {body}
        </Threshold>
    }
    .into_any()
}

#[component]
fn NewAccount(action: String, email: String, name: String, errors: Vec<FieldError>) -> AnyView {
    view! {
        <ErrorSummary errors=errors.clone() />
        <form class="form" method="post" action=action>
            <input type="text" name="email" value=email autocomplete="username" readonly hidden />
            <TextField
                name="name"
                label=words::new_account::NAME
                autocomplete="name"
                value=name
                errors=errors.clone()
                autofocus=true
            />
            <TextField
                name="password"
                label=words::new_account::PASSWORD
                hint=words::new_account::PASSWORD_HINT
                kind="password"
                autocomplete="new-password"
                errors
            />
            <Actions submit=words::SUBMIT />
        </form>
    }
    .into_any()
}

/// Joining is signing in: somebody who is a member nowhere could not do the one before the other.
#[component]
fn SignIn(action: String, email: String, errors: Vec<FieldError>) -> AnyView {
    view! {
        <ErrorSummary errors=errors.clone() />
        <p class="notice">{words::sign_in::NOTICE}</p>
        <form class="form" method="post" action=action>
            <input type="text" name="email" value=email autocomplete="username" readonly hidden />
            <TextField
                name="password"
                label=words::sign_in::PASSWORD
                kind="password"
                autocomplete="current-password"
                errors
                autofocus=true
            />
            <Actions submit=words::sign_in::SUBMIT />
        </form>
    }
    .into_any()
}

#[component]
fn OtherAddress(email: String, form: String) -> AnyView {
    view! {
        <p class="notice oxide">
            {words::signed_in::as_other(&email)}
        </p>
        <form class="form" method="post" action=routes::SIGN_OUT>
            <FormToken value=form />
            <p>{words::signed_in::OTHER_ADVICE}</p>
            <div class="actions start"><button type="submit" class="button">{words::signed_in::SIGN_OUT}</button></div>
        </form>
    }
    .into_any()
}
