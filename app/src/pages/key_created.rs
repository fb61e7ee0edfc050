//! The page that answers a plain form post: the secret, once; and the answer to a repeated post.

use leptos::{either::Either, prelude::*};

use crate::{
    components::{
        first_token::TokenGuide,
        secret_panel::{CreatedKey, PanelFor, SecretPanel},
    },
    frame::{Frame, FrameView, Section},
    islands::SecretPage,
    routes::{self, KeyPages},
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
            Occasion::Created => "API key created".to_owned(),
            Occasion::Rotated { .. } => format!("New secret for “{}”", self.key.name),
            Occasion::Credentials { replaced: false } => "Your API credentials are ready".to_owned(),
            Occasion::Credentials { replaced: true } => "Your new API credentials are ready".to_owned(),
        }
    }

    pub(super) fn title(&self) -> String {
        self.frame.title(&self.heading())
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
    let (done, what, previous, panel) = match occasion {
        Occasion::Created => (pages.row(&key.client_id), "key", None, PanelFor::Created(key)),
        Occasion::Rotated { previous_ends } => {
            let previous = match previous_ends {
                Some(end) => format!("The previous secret works until {end}."),
                None => "The previous secret has stopped working.".to_owned(),
            };
            (pages.key(&key.client_id), "secret", Some(previous), PanelFor::Rotated(key))
        }
        Occasion::Credentials { replaced } => {
            let previous = if replaced { "The previous secret has stopped working. " } else { "" };
            let words = format!("{previous}These are separate from the password you sign in with.");
            (routes::credentials(pages.org()), "secret", Some(words), PanelFor::Credentials(key))
        }
    };
    view! {
        <Frame view=frame section>
            <header class="page-head">
                <h1>{heading}</h1>
                <p class="lede">
                    {format!(
                        "Copy the {what} now. We keep only a fingerprint of it, so nobody can show it again. \
                        Leaving this page removes the {what} from view for good.",
                    )}
                </p>
                {previous.map(|previous| view! { <p class="lede">{previous}</p> })}
            </header>
            <SecretPanel panel guide />
            <div class="actions">
                <a class="button primary" href=done data-done="">"Done"</a>
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
    fn heading(&self) -> &'static str {
        match self.done {
            Repeated::Creation => "This key was already created",
            Repeated::Rotation => "This key was already rotated",
            Repeated::Credentials => "Your credentials were already generated",
        }
    }

    pub(super) fn title(&self) -> String {
        self.frame.title(self.heading())
    }
}

/// The page's markup.
#[component]
pub fn AlreadyCreatedPage(
    /// Its contents.
    view: AlreadyCreatedView,
) -> impl IntoView {
    let heading = view.heading();
    let AlreadyCreatedView { frame, name, client_id, done } = view;
    let (what, again) = match done {
        Repeated::Creation => ("value", "rotate the key to get a new one"),
        Repeated::Rotation => ("new secret", "rotate the key again to get a new one"),
        Repeated::Credentials => ("secret", "generate new credentials"),
    };
    let actions = match done {
        Repeated::Credentials => Either::Left(view! { <CredentialsActions org=frame.org.slug.clone() /> }),
        _ => Either::Right(view! { <KeyActions pages=frame.keys.clone() client_id /> }),
    };
    let section = if done == Repeated::Credentials { Section::Credentials } else { Section::ApiKeys };
    view! {
        <Frame view=frame section>
            <header class="page-head">
                <h1>{heading}</h1>
                <p class="lede">
                    {format!("The {what} of ")}<strong>{name}</strong>
                    {format!(" was shown once and can't be shown again. If you didn't save it, {again}.")}
                </p>
            </header>
            {actions}
        </Frame>
    }
}

#[component]
fn KeyActions(pages: KeyPages, client_id: String) -> impl IntoView {
    view! {
        <div class="actions start">
            <a class="button primary" href=pages.row(&client_id)>"Back to the list"</a>
            <a class="button" href=pages.rotate(&client_id)>"Rotate"</a>
            <a class="button destroy" href=pages.remove(&client_id)>"Remove"</a>
        </div>
    }
}

#[component]
fn CredentialsActions(org: String) -> impl IntoView {
    view! {
        <div class="actions start">
            <a class="button primary" href=routes::credentials(&org)>"Your API credentials"</a>
            <a class="button" href=routes::replace_credentials(&org)>"Generate new credentials"</a>
        </div>
    }
}
