//! Joining an organization through an invitation's one-time link.

use domain::{field::FieldError, user::Role};
use leptos::prelude::*;

use super::users::role_label;
use crate::{
    components::form::{Actions, ErrorSummary, FormToken, TextField, error_title},
    frame::Threshold,
    routes,
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
        error_title(format!("Join {} — {}", self.organization, self.product), errors)
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
    let as_what = role_label(role).to_lowercase();
    let article = if role == Role::Admin { "an" } else { "a" };
    let invited = format!("{email} is invited as {article} {as_what}.");
    let body = match visitor {
        Visitor::New { name, errors } => view! { <NewAccount action email name errors /> }.into_any(),
        Visitor::SignedOut { errors } => view! { <SignIn action email errors /> }.into_any(),
        Visitor::Invited { name, form } => view! {
            <form class="form" method="post" action=action>
                <FormToken value=form />
                <p>{format!("You are signed in as {name}.")}</p>
                <Actions submit="Join" />
            </form>
        }
        .into_any(),
        Visitor::Member { slug } => view! {
            <p class="notice">"You belong to this organization already."</p>
            <p><a class="button" href=routes::organization(&slug)>{format!("Open {organization}")}</a></p>
        }
        .into_any(),
        Visitor::Other { email, form } => view! { <OtherAddress email form /> }.into_any(),
    };
    view! {
        <Threshold product>
            <h1>{format!("Join {organization}")}</h1>
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
                label="Your name"
                autocomplete="name"
                value=name
                errors=errors.clone()
                autofocus=true
            />
            <TextField
                name="password"
                label="Password"
                hint="At least 12 characters. A few unrelated words make a good one."
                kind="password"
                autocomplete="new-password"
                errors
            />
            <Actions submit="Join" />
        </form>
    }
    .into_any()
}

/// Joining is signing in: somebody who is a member nowhere could not do the one before the other.
#[component]
fn SignIn(action: String, email: String, errors: Vec<FieldError>) -> AnyView {
    view! {
        <ErrorSummary errors=errors.clone() />
        <p class="notice">"There is an account with this address. Give its password to join."</p>
        <form class="form" method="post" action=action>
            <input type="text" name="email" value=email autocomplete="username" readonly hidden />
            <TextField
                name="password"
                label="Password"
                kind="password"
                autocomplete="current-password"
                errors
                autofocus=true
            />
            <Actions submit="Sign in and join" />
        </form>
    }
    .into_any()
}

#[component]
fn OtherAddress(email: String, form: String) -> AnyView {
    view! {
        <p class="notice oxide">
            {format!("You are signed in as {email}. This invitation is for somebody else.")}
        </p>
        <form class="form" method="post" action=routes::SIGN_OUT>
            <FormToken value=form />
            <p>"If it is for you, sign out and open the link again."</p>
            <div class="actions start"><button class="button">"Sign out"</button></div>
        </form>
    }
    .into_any()
}
