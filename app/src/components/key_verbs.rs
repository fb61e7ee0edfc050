//! What can be done with a key: the entries of its menu, those that are closed with the reason.

use std::borrow::Cow;

use domain::{
    id::UserId,
    key::{ApiKey, Owner, Status, StatusReason, Verb, VerbRefused},
    time::Timestamp,
};
use leptos::{either::Either, prelude::*};

use crate::{routes::KeyPages, words::key_verbs as words};

/// Whoever looks at a key.
#[derive(Clone, Copy, Debug)]
pub struct Viewer<'a> {
    /// The person, where it is one whose keys matter.
    pub user: Option<&'a UserId>,
    /// Whether they stand above the owners of keys.
    pub is_administrator: bool,
}

impl Viewer<'_> {
    /// An administrator who owns none of the keys.
    pub const ADMINISTRATOR: Self = Self { user: None, is_administrator: true };

    /// Whether they may suspend a key that its owner or the key itself has suspended, so that neither undoes it.
    fn takes_over(self, key: &ApiKey) -> bool {
        self.is_administrator && key.is_taken_over_by(self.user.map(UserId::as_str))
    }
}

/// A verb, and why it is closed where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerbState {
    /// Which.
    pub verb: Verb,
    /// Why the key is not open to it now.
    pub why_not: Option<Cow<'static, str>>,
}

impl VerbState {
    /// What `viewer` may do with `key`, in the order of its menu.
    pub fn of(key: &ApiKey, viewer: Viewer<'_>, now: Timestamp) -> Vec<Self> {
        let paused = key.suspended.is_some() || key.status(now) == Status::Suspended;
        let pause: &[Verb] = match paused {
            false => &[Verb::Suspend],
            true if viewer.takes_over(key) => &[Verb::Reapprove, Verb::Suspend],
            true => &[Verb::Reapprove],
        };
        let verbs = [&[Verb::Edit, Verb::Rotate], pause, &[Verb::Revoke]].concat();
        verbs.into_iter().map(|verb| Self { verb, why_not: closed(verb, key, viewer, now) }).collect()
    }
}

/// Why `key` is not open to a verb of `viewer` now.
pub fn closed(verb: Verb, key: &ApiKey, viewer: Viewer<'_>, now: Timestamp) -> Option<Cow<'static, str>> {
    let refused = refusal(verb, key, viewer, now).map(|refused| match (refused, &key.owner_name) {
        (VerbRefused::OwnerDeactivated, Some(owner)) => Cow::Owned(words::reactivate_first(owner.as_str())),
        _ => Cow::Borrowed(words::why_not(verb, refused)),
    });
    refused.or_else(|| left_to_another(verb, key, viewer).map(Cow::Borrowed))
}

/// Why the state of `key` closes it to a verb of `viewer`.
pub fn refusal(verb: Verb, key: &ApiKey, viewer: Viewer<'_>, now: Timestamp) -> Option<VerbRefused> {
    let refused = key.allows(verb, now).err()?;
    (refused != VerbRefused::AlreadySuspended || !viewer.takes_over(key)).then_some(refused)
}

/// Why only the owner of a key, or only an administrator, may do this to it, where `viewer` is not the one.
pub fn left_to_another(verb: Verb, key: &ApiKey, viewer: Viewer<'_>) -> Option<&'static str> {
    let foreign = matches!(&key.owner, Owner::User(owner) if viewer.user != Some(owner));
    let left_to_administrator =
        !viewer.is_administrator && viewer.user.is_some_and(|owner| !key.is_reapproved_by(owner));
    let signed_out = key.suspended.is_some_and(|(_, reason)| reason == StatusReason::SignedOut);
    match verb {
        Verb::Rotate if foreign => Some(words::SECRET_IS_THE_OWNERS),
        Verb::Reapprove if foreign && signed_out => Some(words::WAITS_FOR_OWNER),
        Verb::Reapprove if left_to_administrator => Some(words::NOT_ADMINISTRATOR),
        _ => None,
    }
}

/// The page of a verb, which is also where its form posts.
pub fn address(verb: Verb, pages: &KeyPages, client_id: &str) -> String {
    match verb {
        Verb::Edit => pages.edit(client_id),
        Verb::Rotate => pages.rotate(client_id),
        Verb::Suspend => pages.suspend(client_id),
        Verb::Reapprove => pages.reapprove(client_id),
        Verb::EndPreviousSecret => pages.end_previous_secret(client_id),
        Verb::Revoke => pages.remove(client_id),
    }
}

/// Entries of a key's menu.
#[component]
pub fn VerbItems(
    /// Where the key is managed.
    pages: KeyPages,
    /// The key.
    client_id: String,
    /// What can be done.
    verbs: Vec<VerbState>,
    /// Whether the Activity Log is open to whoever looks at the key.
    sees_activity: bool,
) -> impl IntoView {
    verbs
        .into_iter()
        .map(|VerbState { verb, why_not }| {
            let class = if verb == Verb::Revoke { "menu-item destroy" } else { "menu-item" };
            let item = match why_not {
                None => Either::Left(view! {
                    <a class=class href=address(verb, &pages, &client_id) data-opens="question">{words::verb(verb)}</a>
                }),
                Some(why_not) => Either::Right(view! { <ClosedItem class label=words::verb(verb) why_not /> }),
            };
            let activity = (verb == Verb::Revoke).then(|| match sees_activity {
                true => Either::Left(view! {
                    <li><a class="menu-item" href=pages.activity(&client_id)>{words::ACTIVITY}</a></li>
                }),
                false => Either::Right(view! {
                    <li><ClosedItem class="menu-item" label=words::ACTIVITY why_not=words::ADMINISTRATORS_ONLY /></li>
                }),
            });
            view! { {activity}<li>{item}</li> }
        })
        .collect_view()
}

/// An entry that is not open. It takes the focus, so that its reason can be read.
#[component]
fn ClosedItem(class: &'static str, label: &'static str, #[prop(into)] why_not: Cow<'static, str>) -> impl IntoView {
    view! {
        <span class=class role="link" aria-disabled="true" tabindex="0">
            <span>{label}<span class="menu-sub">{why_not}</span></span>
        </span>
    }
}
