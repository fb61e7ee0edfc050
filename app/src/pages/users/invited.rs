//! The answer to inviting people: what became of each address, and the links to hand over, once.

use leptos::prelude::*;

use crate::{
    components::once::OneTimeLink,
    frame::{Frame, FrameView, Section},
    islands::PeoplePages,
    routes,
    words::invited::{self as words, before as said_before, refused as said_no},
};

/// What became of one address.
#[derive(Clone)]
pub enum Outcome {
    /// Invited: the link to hand over.
    Link(String),
    /// The same form has invited this address before; its link was shown or mailed then.
    Before,
    /// Invited: the link is on its way by mail.
    Mailed,
    /// Why not.
    Refused(&'static str),
}

/// The page. Has no `Debug`, so that the links cannot be logged.
#[derive(Clone)]
pub struct InvitedView {
    /// The frame.
    pub frame: FrameView,
    /// Every address in the order it was typed, and what became of it.
    pub results: Vec<(String, Outcome)>,
    /// Until when the links work, "28 Nov 2026, 12:59 CET".
    pub until: String,
}

impl InvitedView {
    fn heading(&self) -> String {
        let invited = |outcome: &Outcome| matches!(outcome, Outcome::Link(_) | Outcome::Mailed);
        words::heading(self.results.iter().filter(|(_, outcome)| invited(outcome)).count())
    }

    pub(in crate::pages) fn title(&self) -> String {
        self.frame.title_in_organization(&self.heading())
    }
}

/// The page's markup.
#[component]
pub fn InvitedPage(
    /// Its contents.
    view: InvitedView,
) -> AnyView {
    let heading = view.heading();
    let InvitedView { frame, results, until } = view;
    let org = frame.org.slug.clone();
    let mut links = Vec::new();
    let (mut mailed, mut before, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (email, outcome) in results {
        match outcome {
            Outcome::Link(link) => links.push((email, link)),
            Outcome::Mailed => mailed.push(email),
            Outcome::Before => before.push(email),
            Outcome::Refused(why) => refused.push((email, why)),
        }
    }
    let lede = match (links.len(), mailed.len()) {
        (0, 0) => None,
        (0, count) => Some(words::mailed(count, &until)),
        (count, _) => Some(words::by_hand(count, &until)),
    };
    let lede = lede.map(|words| view! { <p class="lede">{words}</p> });
    let before = (!before.is_empty()).then(|| {
        let rows = before.into_iter().map(|email| view! { <li><bdi dir="ltr">{email}</bdi></li> }).collect_view();
        view! {
            <section class="notice" aria-labelledby="invited-before" data-testid="invited-before">
                <h2 id="invited-before">{said_before::HEADING}</h2>
                <p>{said_before::ADVICE}</p>
                <ul role="list">{rows}</ul>
            </section>
        }
    });
    let links = links
        .into_iter()
        .enumerate()
        .map(|(number, (email, link))| {
            view! { <li><OneTimeLink id=format!("link-{number}") label=email link /></li> }
        })
        .collect_view();
    let mailed = (!mailed.is_empty()).then(|| {
        let rows = mailed.into_iter().map(|email| view! { <li><bdi dir="ltr">{email}</bdi></li> }).collect_view();
        view! { <ul role="list" class="mailed" data-testid="mailed">{rows}</ul> }
    });
    let refused = (!refused.is_empty()).then(|| {
        let heading = said_no::heading(refused.len());
        let rows = refused
            .into_iter()
            .map(|(email, why)| view! { <li><bdi dir="ltr">{email}</bdi>{said_no::BEFORE_WHY}{why}</li> })
            .collect_view();
        view! {
            <section class="notice oxide" aria-labelledby="not-invited" data-testid="not-invited">
                <h2 id="not-invited">{heading}</h2>
                <ul role="list">{rows}</ul>
            </section>
        }
    });
    view! {
        <Frame view=frame section=Section::Users>
            <header class="page-head"><h1>{heading}</h1>{lede}</header>
            {before}
            {refused}
            <ul role="list" class="once" data-testid="links">{links}</ul>
            {mailed}
            <div class="actions start">
                <a class="button primary" href=routes::users(&org)>{words::DONE}</a>
                <a class="button" href=routes::invite_users(&org)>{words::INVITE_OTHERS}</a>
            </div>
        </Frame>
        <PeoplePages />
    }
    .into_any()
}
