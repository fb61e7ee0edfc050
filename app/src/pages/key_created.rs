//! The page that answers a plain form post: the secret, once; and the answer to a repeated post.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        first_token::TokenGuide,
        key_mark::KeyMark,
        secret_panel::{CreatedKey, PanelFor, SecretPanel},
    },
    frame::{Frame, FrameView, Section},
    islands::SecretPage,
    routes::{self, KeyPages},
    words::key_created::{self as words, repeated},
};

/// How the secret came about.
#[derive(Clone, Debug)]
pub enum Occasion {
    /// The key is new.
    Created,
    /// The key got another one.
    Rotated {
        /// When the previous one ends, "22 Nov, 14:05 CET"; `None` where it has ended.
        previous_ends: Option<String>,
    },
    /// The person generated credentials.
    Credentials {
        /// Whether others were there before.
        replaced: bool,
    },
}

/// The page with the secret. Has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct KeyCreatedView {
    /// The frame.
    pub frame: FrameView,
    /// The key.
    pub key: CreatedKey,
    /// What to do with it.
    pub guide: TokenGuide,
    /// How its secret came about.
    pub occasion: Occasion,
}

impl KeyCreatedView {
    fn heading(&self) -> String {
        match self.occasion {
            Occasion::Created => words::CREATED.to_owned(),
            Occasion::Rotated { .. } => words::rotated(&self.key.name),
            Occasion::Credentials { replaced: false } => words::GENERATED.to_owned(),
            Occasion::Credentials { replaced: true } => words::GENERATED_AGAIN.to_owned(),
        }
    }

    pub(super) fn title(&self) -> String {
        match self.occasion {
            Occasion::Credentials { .. } => self.frame.title_in_organization(&self.heading()),
            Occasion::Created | Occasion::Rotated { .. } => self.frame.title(&self.heading()),
        }
    }
}

/// The page's markup.
#[component]
pub fn KeyCreatedPage(
    /// Its contents.
    view: KeyCreatedView,
) -> impl IntoView {
    let heading = view.heading();
    let KeyCreatedView { frame, key, guide, occasion } = view;
    let pages = &frame.keys;
    let section = match occasion {
        Occasion::Credentials { .. } => Section::Credentials,
        Occasion::Created | Occasion::Rotated { .. } => Section::ApiKeys,
    };
    let (copy_now, leaving) = match occasion {
        Occasion::Created => (words::COPY_KEY_NOW, words::LEAVING_REMOVES_KEY),
        _ => (words::COPY_SECRET_NOW, words::LEAVING_REMOVES_SECRET),
    };
    let (done, previous, panel) = match occasion {
        Occasion::Created => (pages.row(&key.client_id), None, PanelFor::Created(key)),
        Occasion::Rotated { previous_ends } => {
            let previous = words::previous_secret(previous_ends.as_deref());
            (pages.key(&key.client_id), Some(previous), PanelFor::Rotated(key))
        }
        Occasion::Credentials { replaced } => {
            let previous = if replaced { words::PREVIOUS_ENDED_NOT_A_PASSWORD } else { words::NOT_A_PASSWORD };
            (routes::credentials(pages.org()), Some(previous.to_owned()), PanelFor::Credentials(key))
        }
    };
    view! {
        <Frame view=frame section>
            <header class="page-head">
                <h1 tabindex="-1" autofocus>{heading}</h1>
                <p class="lede">{copy_now}</p>
                <p class="lede" data-on-page="">{leaving}</p>
                {previous.map(|previous| view! { <p class="lede">{previous}</p> })}
            </header>
            <SecretPanel panel guide />
            <div class="actions">
                <a class="button primary" href=done data-done="">{words::DONE}</a>
            </div>
        </Frame>
        <SecretPage />
    }
}

/// The page that says a secret was made by an earlier post of the same form.
#[derive(Clone, Debug)]
pub struct AlreadyCreatedView {
    /// The frame.
    pub frame: FrameView,
    /// The key's name.
    pub name: String,
    /// Its public identifier.
    pub client_id: String,
    /// What was done to it then.
    pub done: Repeated,
}

/// What a form did that was sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// A key was created.
    Creation,
    /// A key was rotated.
    Rotation,
    /// A person's credentials were generated.
    Credentials,
}

impl AlreadyCreatedView {
    pub(super) fn title(&self) -> String {
        let heading = repeated::heading(self.done);
        match self.done {
            Repeated::Credentials => self.frame.title_in_organization(heading),
            Repeated::Creation | Repeated::Rotation => self.frame.title(heading),
        }
    }
}

/// The page's markup.
#[component]
pub fn AlreadyCreatedPage(
    /// Its contents.
    view: AlreadyCreatedView,
) -> impl IntoView {
    let AlreadyCreatedView { frame, name, client_id, done } = view;
    let actions = match done {
        Repeated::Credentials => Either::Left(view! { <CredentialsActions org=frame.org.slug.clone() /> }),
        _ => Either::Right(view! { <KeyActions pages=frame.keys.clone() client_id=client_id.clone() /> }),
    };
    let section = if done == Repeated::Credentials { Section::Credentials } else { Section::ApiKeys };
    view! {
        <Frame view=frame section>
            <header class="page-head">
                <h1 tabindex="-1" autofocus>{repeated::heading(done)}</h1>
                <p class="key-line">
                    <KeyMark client_id=client_id.clone() />
                    <strong>{name}</strong>
                    <bdi class="mono" dir="ltr">{client_id}</bdi>
                </p>
                <p class="lede">{repeated::lede(done)}</p>
            </header>
            {actions}
        </Frame>
    }
}

#[component]
fn KeyActions(pages: KeyPages, client_id: String) -> impl IntoView {
    view! {
        <div class="actions start">
            <a class="button primary" href=pages.rotate(&client_id)>{repeated::ROTATE}</a>
            <a class="button destroy" href=pages.remove(&client_id)>{repeated::REMOVE}</a>
            <a class="button" href=pages.row(&client_id)>{repeated::BACK}</a>
        </div>
    }
}

#[component]
fn CredentialsActions(org: String) -> impl IntoView {
    view! {
        <div class="actions start">
            <a class="button primary" href=routes::replace_credentials(&org)>{repeated::GENERATE}</a>
            <a class="button" href=routes::credentials(&org)>{repeated::CREDENTIALS}</a>
        </div>
    }
}
