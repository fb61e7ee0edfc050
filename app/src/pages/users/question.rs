//! What is asked before a person is deactivated or reactivated.

use leptos::prelude::*;

use super::PersonRow;
use crate::{
    components::form::FormToken,
    frame::{Frame, FrameView, Section},
    routes,
    words::{form::CANCEL, user_question as words},
};

/// Most keys that are named.
const NAMED: usize = 20;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Out.
    Deactivate,
    /// In again.
    Reactivate,
}

/// The page.
#[derive(Clone, Debug)]
pub struct UserQuestionView {
    /// The frame.
    pub frame: FrameView,
    /// Whom it is about.
    pub person: PersonRow,
    /// Which way.
    pub change: Change,
    /// Names of the keys that stop, or work again.
    pub keys: Vec<String>,
    /// MAC.
    pub form: String,
}

impl UserQuestionView {
    fn heading(&self) -> String {
        words::heading(self.change, &self.person.name)
    }

    pub(in crate::pages) fn title(&self) -> String {
        self.frame.title_in_organization(&self.heading())
    }

    fn consequence(&self) -> String {
        let PersonRow { name, is_you, .. } = &self.person;
        words::consequence(self.change, name, *is_you, self.keys.len(), &named(&self.keys))
    }

    fn remarks(&self) -> Vec<String> {
        match self.change {
            Change::Deactivate => {
                let undo = if self.person.is_you { words::UNDO_FOR_YOU } else { words::UNDO };
                vec![words::what_stays(&self.frame.org.name), undo.to_owned()]
            }
            Change::Reactivate => vec![words::NOT_RESTORED.to_owned()],
        }
    }
}

fn named(keys: &[String]) -> String {
    let (named, more) = keys.split_at(keys.len().min(NAMED));
    words::named(named, more.len())
}

/// The page's markup.
#[component]
pub fn UserQuestionPage(
    /// Its contents.
    view: UserQuestionView,
) -> AnyView {
    let (heading, consequence, remarks) = (view.heading(), view.consequence(), view.remarks());
    let UserQuestionView { frame, person, change, form, .. } = view;
    let cancel = routes::user(&frame.org.slug, &person.id);
    let (action, tone) = match change {
        Change::Deactivate => (routes::deactivate_user(&frame.org.slug, &person.id), "button danger"),
        Change::Reactivate => (routes::reactivate_user(&frame.org.slug, &person.id), "button primary"),
    };
    let remarks = remarks.into_iter().map(|remark| view! { <p>{remark}</p> }).collect_view();
    view! {
        <Frame view=frame section=Section::Users>
            <header class="page-head"><h1>{heading}</h1></header>
            <form class="form" method="post" action=action>
                <FormToken value=form />
                <p class="key-line"><bdi class="mono" dir="ltr">{person.email}</bdi></p>
                <p class="evidence">{consequence}</p>
                {remarks}
                <div class="actions">
                    <a class="button" href=cancel data-cancel="">{CANCEL}</a>
                    <button type="submit" class=tone>{words::submit(change)}</button>
                </div>
            </form>
        </Frame>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_keys_are_not_all_named() {
        let keys: Vec<String> = (1..=22).map(|n| format!("Key {n}")).collect();
        assert!(named(&keys).ends_with("Key 20, and 2 more"));
        assert_eq!(named(&keys[..2]), "Key 1, Key 2");
    }
}
