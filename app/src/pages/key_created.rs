//! The page that answers a plain form post: the secret, once; and the answer to a repeated post.

use leptos::prelude::*;

use crate::{
    components::secret_panel::{CreatedKey, PanelFor, SecretPanel},
    frame::{Frame, FrameView},
    islands::SecretPage,
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
}

/// The page with the secret. Has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct KeyCreatedView {
    /// The frame.
    pub frame: FrameView,
    /// The key.
    pub key: CreatedKey,
    /// How its secret came about.
    pub occasion: Occasion,
}

impl KeyCreatedView {
    fn heading(&self) -> String {
        match self.occasion {
            Occasion::Created => "API key created".to_owned(),
            Occasion::Rotated { .. } => format!("New secret for “{}”", self.key.name),
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
    let KeyCreatedView { frame, key, occasion } = view;
    let pages = &frame.keys;
    let (done, what, previous, panel) = match occasion {
        Occasion::Created => (pages.row(&key.client_id), "key", None, PanelFor::Created(key)),
        Occasion::Rotated { previous_ends } => {
            let previous = match previous_ends {
                Some(end) => format!("The previous secret works until {end}."),
                None => "The previous secret has stopped working.".to_owned(),
            };
            (pages.key(&key.client_id), "secret", Some(previous), PanelFor::Rotated(key))
        }
    };
    view! {
        <Frame view=frame>
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
            <SecretPanel panel />
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
    /// Whether the key was rotated, not created.
    pub rotated: bool,
}

impl AlreadyCreatedView {
    fn heading(&self) -> &'static str {
        if self.rotated { "This key was already rotated" } else { "This key was already created" }
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
    let AlreadyCreatedView { frame, name, client_id, rotated } = view;
    let pages = &frame.keys;
    let rotate = pages.rotate(&client_id);
    let remove = pages.remove(&client_id);
    let list = pages.row(&client_id);
    let (what, again) = if rotated { ("new secret", "again ") } else { ("value", "") };
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>{heading}</h1>
                <p class="lede">
                    {format!("The {what} of ")}<strong>{name}</strong>
                    {format!(
                        " was shown once and can't be shown again. If you didn't save it, rotate the key {again}to get a new one.",
                    )}
                </p>
            </header>
            <div class="actions start">
                <a class="button primary" href=list>"Back to the list"</a>
                <a class="button" href=rotate>"Rotate"</a>
                <a class="button destroy" href=remove>"Remove"</a>
            </div>
        </Frame>
    }
}
