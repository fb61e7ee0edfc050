//! One key.

use leptos::prelude::*;

use super::api_keys::KeyRow;
use crate::{
    components::{
        icon::{Icon, Shape},
        key_mark::KeyMark,
        moment::Time,
        status::Status,
    },
    frame::{Frame, FrameView},
    routes,
};

/// The page.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// The frame.
    pub frame: FrameView,
    /// The key.
    pub key: KeyRow,
}

impl KeyView {
    pub(super) fn title(&self) -> String {
        self.frame.title(&self.key.name)
    }
}

/// The page's markup.
#[component]
pub fn KeyPage(
    /// Its contents.
    view: KeyView,
) -> impl IntoView {
    let KeyView { frame, key } = view;
    let (org, env) = (frame.org.slug.clone(), frame.env.slug.clone());
    let env_name = frame.env.name.clone();
    let list = routes::api_keys(&org, &env);
    let remove = (!key.removed).then(|| {
        let href = routes::remove_key(&org, &env, &key.client_id);
        view! { <a class="button destroy" href=href>"Remove…"</a> }
    });
    let description = match key.description.is_empty() {
        true => view! { <span class="hint">"None"</span> }.into_any(),
        false => key.description.clone().into_any(),
    };
    let last_used = match key.last_used {
        Some(moment) => {
            let from = key.last_used_ip.map(|ip| view! { " from "<bdi class="mono" dir="ltr">{ip}</bdi> });
            view! { <Time moment />{from} }.into_any()
        }
        None => "Never".into_any(),
    };
    let expires = match key.expires {
        Some(moment) => view! { {moment.exact.clone()}" ("<Time moment />")" }.into_any(),
        None => "No expiration".into_any(),
    };
    view! {
        <Frame view=frame>
            <p class="back"><a href=list><Icon shape=Shape::Back />"API Keys"</a></p>
            <header class="page-head">
                <h1><KeyMark client_id=key.client_id.clone() />{key.name}</h1>
                <p class="lede"><Status status=key.status /></p>
                <div class="page-actions">{remove}</div>
            </header>
            <section aria-labelledby="about">
                <h2 id="about">"About"</h2>
                <dl class="facts wide">
                    <div><dt>"Client ID"</dt><dd><bdi class="mono" dir="ltr">{key.client_id}</bdi></dd></div>
                    <div><dt>"Type"</dt><dd>{key.kind}</dd></div>
                    <div><dt>"Description"</dt><dd class="prose">{description}</dd></div>
                    <div><dt>"Environment"</dt><dd>{env_name}</dd></div>
                    <div><dt>"Last used"</dt><dd>{last_used}</dd></div>
                    <div><dt>"Expires"</dt><dd>{expires}</dd></div>
                    <div><dt>"Created"</dt><dd>{key.created.exact}" by "{key.created_by}</dd></div>
                    <div><dt>"Secret"</dt><dd>"Stored as a fingerprint. It can't be shown."</dd></div>
                </dl>
            </section>
        </Frame>
    }
}
