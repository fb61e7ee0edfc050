//! One person of an organization: their role, their keys, their password, and the way out.

use domain::{field::FieldError, user::Role};
use leptos::{either::Either, prelude::*};

use super::{
    PersonRow,
    invite::RoleTiles,
    row::{PersonStatus, Status},
};
use crate::{
    components::{
        form::{ErrorSummary, ErrorText, FormToken, error_of, error_title},
        icon::{Icon, Shape},
        key_mark::KeyMark,
        status::{KeyStatus, Status as StatusOfKey},
    },
    frame::{Frame, FrameView, Section},
    routes::{self, KeyPages, Whose},
    words::{
        reset_link,
        user::{self as words, about, keys as owned, password, role as theirs},
    },
};

/// A key of the person.
#[derive(Clone, Debug)]
pub struct OwnedKey {
    /// Public identifier.
    pub client_id: String,
    /// Name.
    pub name: String,
    /// Slug of its environment.
    pub environment: String,
    /// Status.
    pub status: KeyStatus,
}

/// The page.
#[derive(Clone, Debug)]
pub struct UserView {
    /// The frame.
    pub frame: FrameView,
    /// The person.
    pub person: PersonRow,
    /// Role that is chosen in the form.
    pub role: Role,
    /// Their keys that are not removed, newest first.
    pub keys: Vec<OwnedKey>,
    /// Whether there are more of them.
    pub more_keys: bool,
    /// Whether people can ask for a password link by mail.
    pub sends_mail: bool,
    /// MAC.
    pub form: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl UserView {
    pub(in crate::pages) fn title(&self) -> String {
        error_title(self.frame.title_in_organization(&self.person.name), &self.errors)
    }
}

/// The page's markup.
#[component]
pub fn UserPage(
    /// Its contents.
    view: UserView,
) -> AnyView {
    let UserView { frame, person, role, keys, more_keys, sends_mail, form, errors } = view;
    let org = frame.org.slug.clone();
    let environments = frame.environments.clone();
    let org_name = frame.org.name.clone();
    let name_of = |slug: &str| {
        environments.iter().find(|place| place.slug == slug).map_or_else(|| slug.to_owned(), |place| place.name.clone())
    };
    let more = more_keys.then(|| view! { <p class="hint under-facts">{owned::MORE}</p> });
    let rows = keys
        .into_iter()
        .map(|key| {
            let environment = name_of(&key.environment);
            let href = KeyPages::new(Whose::Organization, &org, &key.environment).key(&key.client_id);
            view! {
                <li>
                    <span class="target"><KeyMark client_id=key.client_id /><a href=href>{key.name}</a></span>
                    <span>{environment}</span>
                    <StatusOfKey status=key.status />
                </li>
            }
        })
        .collect::<Vec<_>>();
    let keys = match rows.is_empty() {
        true => Either::Left(view! { <p class="hint under-facts">{owned::none(&person.name)}</p> }),
        false => Either::Right(view! { <ul role="list" class="owned" data-testid="owned-keys">{rows}</ul>{more} }),
    };
    view! {
        <Frame view=frame section=Section::Users>
            <p class="back"><a href=routes::users(&org)><Icon shape=Shape::Back />{words::BACK}</a></p>
            <Head org=org.clone() person=person.clone() />
            <ErrorSummary errors=errors.clone() />
            <section aria-labelledby="about">
                <h2 id="about">{about::HEADING}</h2>
                <About org=org.clone() person=person.clone() />
            </section>
            <section aria-labelledby="role-heading">
                <h2 id="role-heading">{theirs::HEADING}</h2>
                <RoleForm org=org.clone() org_name person=person.clone() role form=form.clone() errors />
            </section>
            <section aria-labelledby="keys">
                <h2 id="keys">{owned::HEADING}</h2>
                {keys}
            </section>
            <Password org person sends_mail form />
        </Frame>
    }
    .into_any()
}

#[component]
fn Head(org: String, person: PersonRow) -> AnyView {
    let action = if person.status == PersonStatus::Deactivated {
        view! { <a class="button" href=routes::reactivate_user(&org, &person.id)>{words::REACTIVATE}</a> }.into_any()
    } else if person.only_administrator {
        view! {
            <span class="button" role="link" tabindex="0" aria-disabled="true" aria-describedby="why-not">
                {words::DEACTIVATE}
            </span>
        }
        .into_any()
    } else {
        view! { <a class="button destroy" href=routes::deactivate_user(&org, &person.id)>{words::DEACTIVATE}</a> }
            .into_any()
    };
    let why_not = person.only_administrator.then(|| words::only_administrator(&person.name));
    let why_not = why_not.map(|words| view! { <p class="notice" id="why-not">{words}</p> });
    let you = person.is_you.then(|| view! { <span class="you">{words::YOU}</span> });
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{person.name}{you}</h1>
            <p class="lede head-line"><Status status=person.status /><bdi dir="ltr">{person.email}</bdi></p>
            <div class="page-actions">{action}</div>
        </header>
        {why_not}
    }
    .into_any()
}

#[component]
fn About(org: String, person: PersonRow) -> AnyView {
    let last_active = match person.last_active {
        Some(moment) => Either::Left(moment.exact),
        None => Either::Right(view! { <span class="faint">{about::NEVER_ACTIVE}</span> }),
    };
    view! {
        <dl class="facts wide">
            <div><dt>{about::SINCE}</dt><dd>{person.since.words}</dd></div>
            <div>
                <dt>{about::LAST_ACTIVE}</dt>
                <dd>
                    {last_active}" "
                    <a class="edit" href=routes::activity_of_user(&org, &person.id)>{about::ACTIVITY}</a>
                </dd>
            </div>
        </dl>
    }
    .into_any()
}

#[component]
fn RoleForm(
    org: String,
    org_name: String,
    person: PersonRow,
    role: Role,
    form: String,
    errors: Vec<FieldError>,
) -> AnyView {
    let error = error_of(&errors, "role");
    let yours =
        (person.is_you && person.role == Role::Admin).then(|| view! { <p class="hint">{theirs::yours(&org_name)}</p> });
    view! {
        <form class="form" method="post" action=routes::user(&org, &person.id)>
            <FormToken value=form />
            <fieldset class="field" id="role" tabindex="-1" aria-describedby="role-error">
                <legend class="sr-only">{theirs::legend(&person.name, person.role)}</legend>
                <ErrorText id="role" error />
                <RoleTiles chosen=role />
            </fieldset>
            {yours}
            <div class="actions start"><button type="submit" class="button">{theirs::SUBMIT}</button></div>
        </form>
    }
    .into_any()
}

/// A link to choose a new password, which an administrator hands over.
#[component]
fn Password(org: String, person: PersonRow, sends_mail: bool, form: String) -> impl IntoView {
    (person.status == PersonStatus::Active).then(|| match person.elsewhere {
        true => Either::Left(view! {
            <section aria-labelledby="password">
                <h2 id="password">{password::HEADING}</h2>
                <p class="under-facts">{reset_link::elsewhere(&person.name, sends_mail)}</p>
            </section>
        }),
        false => Either::Right(view! { <ResetLink org person form /> }),
    })
}

#[component]
fn ResetLink(org: String, person: PersonRow, form: String) -> impl IntoView {
    view! {
        <section aria-labelledby="password">
            <h2 id="password">{password::HEADING}</h2>
            <p class="under-facts">{password::link(&person.name)}</p>
            <form class="under-facts" method="post" action=routes::reset_link_of_user(&org, &person.id)>
                <FormToken value=form />
                <button type="submit" class="button">{password::MAKE_LINK}</button>
            </form>
        </section>
    }
}
