//! The page that answers a plain form post: the secret, once; and the answer to a repeated post.

use leptos::prelude::*;

use crate::{
    components::secret_panel::{CreatedKey, PanelFor, SecretPanel},
    frame::{Frame, FrameView},
    islands::SecretPage,
    routes,
};

/// The page with the secret. Has no `Debug`, so that it cannot be logged.
#[derive(Clone)]
pub struct KeyCreatedView {
    /// The frame.
    pub frame: FrameView,
    /// The key.
    pub key: CreatedKey,
}

impl KeyCreatedView {
    pub(super) fn title(&self) -> String {
        self.frame.title("API key created")
    }
}

/// The page's markup.
#[component]
pub fn KeyCreatedPage(
    /// Its contents.
    view: KeyCreatedView,
) -> impl IntoView {
    let KeyCreatedView { frame, key } = view;
    let done = routes::key_in_list(&frame.org.slug, &frame.env.slug, &key.client_id);
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>"API key created"</h1>
                <p class="lede">
                    "Copy the key now. We keep only a fingerprint of it, so nobody can show it again. \
                    Leaving this page removes the key from view for good."
                </p>
            </header>
            <SecretPanel panel=PanelFor::Created(key) />
            <div class="actions">
                <a class="button primary" href=done data-done="">"Done"</a>
            </div>
        </Frame>
        <SecretPage />
    }
}

/// The page that says a key was created by an earlier post of the same form.
#[derive(Clone, Debug)]
pub struct AlreadyCreatedView {
    /// The frame.
    pub frame: FrameView,
    /// The key's name.
    pub name: String,
    /// Its public identifier.
    pub client_id: String,
}

impl AlreadyCreatedView {
    pub(super) fn title(&self) -> String {
        self.frame.title("This key was already created")
    }
}

/// The page's markup.
#[component]
pub fn AlreadyCreatedPage(
    /// Its contents.
    view: AlreadyCreatedView,
) -> impl IntoView {
    let AlreadyCreatedView { frame, name, client_id } = view;
    let (org, env) = (&frame.org.slug, &frame.env.slug);
    let remove = routes::remove_key(org, env, &client_id);
    let list = routes::key_in_list(org, env, &client_id);
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>"This key was already created"</h1>
                <p class="lede">
                    "The value of "<strong>{name}</strong>
                    " was shown once and can't be shown again. If you didn't save it, remove the key and create another."
                </p>
            </header>
            <div class="actions">
                <a class="button" href=remove>"Remove"</a>
                <a class="button primary" href=list>"Back to the list"</a>
            </div>
        </Frame>
    }
}
