//! The answer to making a link with which a person chooses a new password: the link, once.

use leptos::prelude::*;

use crate::{
    components::once::OneTimeLink,
    frame::{Frame, FrameView, Section},
    islands::PeoplePages,
    routes,
    words::reset_link as words,
};

/// The page. Has no `Debug`, so that the link cannot be logged.
#[derive(Clone)]
pub struct ResetLinkView {
    /// The frame.
    pub frame: FrameView,
    /// Id of the person.
    pub user: String,
    /// Their name.
    pub name: String,
    /// The link.
    pub link: String,
    /// Until when it works, "21 Nov 2026, 13:34 CET".
    pub until: String,
}

impl ResetLinkView {
    fn heading(&self) -> String {
        words::heading(&self.name)
    }

    pub(in crate::pages) fn title(&self) -> String {
        self.frame.title_in_organization(&self.heading())
    }
}

/// The page's markup.
#[component]
pub fn ResetLinkPage(
    /// Its contents.
    view: ResetLinkView,
) -> AnyView {
    let heading = view.heading();
    let ResetLinkView { frame, user, name, link, until } = view;
    let back = routes::user(&frame.org.slug, &user);
    let lede = words::by_hand(&name, &until);
    view! {
        <Frame view=frame section=Section::Users>
            <header class="page-head"><h1>{heading}</h1><p class="lede">{lede}</p></header>
            <div class="once"><OneTimeLink id="link".to_owned() label=name link /></div>
            <div class="actions start"><a class="button primary" href=back>{words::DONE}</a></div>
        </Frame>
        <PeoplePages />
    }
    .into_any()
}
