//! What is asked before a person is deactivated or reactivated.

use leptos::prelude::*;

use super::PersonRow;
use crate::{
    components::form::FormToken,
    frame::{Frame, FrameView, Section},
    routes,
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
        let verb = match self.change {
            Change::Deactivate => "Deactivate",
            Change::Reactivate => "Reactivate",
        };
        format!("{verb} {}?", self.person.name)
    }

    pub(in crate::pages) fn title(&self) -> String {
        self.frame.title_in_organization(&self.heading())
    }

    /// "Ana Reyes is signed out, and their 3 keys are suspended: Billing sync, Nightly export, Old CI."
    fn consequence(&self) -> String {
        let (who, whose, are) = match self.person.is_you {
            true => ("You", "your", "are"),
            false => (self.person.name.as_str(), "their", "is"),
        };
        let (keys, is, works) = match self.keys.len() {
            0 => {
                return match self.change {
                    Change::Deactivate => format!("{who} {are} signed out. No key stops."),
                    Change::Reactivate => format!("{who} may sign in again."),
                };
            }
            1 => (format!("{whose} key"), "is", "works"),
            count => (format!("{whose} {count} keys"), "are", "work"),
        };
        let names = named(&self.keys);
        match self.change {
            Change::Deactivate => format!("{who} {are} signed out, and {keys} {is} suspended: {names}."),
            Change::Reactivate => format!("{who} may sign in again, and {keys} {works} again: {names}."),
        }
    }

    fn remarks(&self) -> Vec<String> {
        let org = &self.frame.org.name;
        match self.change {
            Change::Deactivate => {
                let mut remarks = vec![format!(
                    "Keys that belong to {org} go on working. Access tokens that were issued with the suspended keys \
                    stop with them; resource servers that check offline learn of that only when a token expires."
                )];
                if self.person.is_you {
                    remarks.push("Only another administrator can let you in again.".to_owned());
                } else {
                    remarks.push("You can reactivate them at any time.".to_owned());
                }
                remarks
            }
            Change::Reactivate => {
                vec![
                    "Keys that somebody suspended by hand stay suspended, and tokens issued before stay dead."
                        .to_owned(),
                ]
            }
        }
    }
}

fn named(keys: &[String]) -> String {
    let mut names = keys.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if keys.len() > NAMED {
        names.push_str(&format!(", and {} more", keys.len() - NAMED));
    }
    names
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
    let (action, tone, submit) = match change {
        Change::Deactivate => (routes::deactivate_user(&frame.org.slug, &person.id), "button danger", "Deactivate"),
        Change::Reactivate => (routes::reactivate_user(&frame.org.slug, &person.id), "button primary", "Reactivate"),
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
                    <a class="button" href=cancel data-cancel="">"Cancel"</a>
                    <button class=tone>{submit}</button>
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
