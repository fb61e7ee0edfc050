//! What is asked before something is done to a key: on a page of its own, and in a dialog that loads the same form.

mod edit;
mod end_previous;
mod issued_tokens;
mod pause;
mod remove;
mod rotate;

use domain::{field::FieldError, key::Verb};
use leptos::prelude::*;

pub use edit::Edit;
pub use end_previous::{EndPrevious, SEEN};
pub use issued_tokens::{IssuedTokens, IssuedTokensField};
pub use pause::{Reapprove, Suspend};
pub use remove::Remove;
pub use rotate::Rotate;

use super::{
    form::{Discard, FormToken},
    key_mark::KeyMark,
};
use crate::words::{form::CANCEL, question as words};

/// What the ids in these forms begin with: the list has fields of the same names in its create dialog.
pub const PREFIX: &str = "question-";

/// A question about one key.
#[derive(Clone, Debug)]
pub struct KeyQuestion {
    /// Where the form posts.
    pub action: String,
    /// Where *Cancel* leads.
    pub cancel: String,
    /// MAC.
    pub form: String,
    /// What the key's changes were counted to when this was asked.
    pub revision: i64,
    /// Name of the key.
    pub name: String,
    /// Its public identifier.
    pub client_id: String,
    /// Somebody changed the key meanwhile: who and when.
    pub changed: Option<String>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
    /// Which question.
    pub question: Question,
}

/// The questions.
#[derive(Clone, Debug)]
pub enum Question {
    /// Name and description.
    Edit(Edit),
    /// Whether to suspend.
    Suspend(Suspend),
    /// Whether to re-approve.
    Reapprove(Reapprove),
    /// How to rotate.
    Rotate(Box<Rotate>),
    /// Whether to end the previous secret.
    EndPrevious(EndPrevious),
    /// Whether to remove.
    Remove(Remove),
}

impl Question {
    fn verb(&self) -> Verb {
        match self {
            Self::Edit(_) => Verb::Edit,
            Self::Suspend(_) => Verb::Suspend,
            Self::Reapprove(_) => Verb::Reapprove,
            Self::Rotate(_) => Verb::Rotate,
            Self::EndPrevious(_) => Verb::EndPreviousSecret,
            Self::Remove(_) => Verb::Revoke,
        }
    }
}

/// Words around a question.
struct Wording {
    heading: String,
    submit: &'static str,
    pending: &'static str,
}

impl KeyQuestion {
    /// "Remove “Billing sync”?"
    pub fn heading(&self) -> String {
        self.wording().heading
    }

    fn wording(&self) -> Wording {
        let name = &self.name;
        let (heading, submit, pending) = match &self.question {
            Question::Edit(_) => (words::edit::heading(name), words::edit::SUBMIT, words::edit::PENDING),
            Question::Suspend(_) => (words::suspend::heading(name), words::suspend::SUBMIT, words::suspend::PENDING),
            Question::Reapprove(_) => {
                (words::reapprove::heading(name), words::reapprove::SUBMIT, words::reapprove::PENDING)
            }
            Question::Rotate(_) => (words::rotate::heading(name), words::rotate::SUBMIT, words::rotate::PENDING),
            Question::EndPrevious(_) => {
                (words::end_previous::heading(name), words::end_previous::SUBMIT, words::end_previous::PENDING)
            }
            Question::Remove(_) => (words::remove::heading(name), words::remove::SUBMIT, words::remove::PENDING),
        };
        Wording { heading, submit, pending }
    }
}

/// The question's markup, below its heading.
#[component]
pub fn KeyQuestionForm(
    /// Its contents.
    question: KeyQuestion,
) -> AnyView {
    let Wording { submit, pending, .. } = question.wording();
    let done = words::done(question.question.verb(), &question.name);
    let KeyQuestion { action, cancel, form, revision, client_id, changed, errors, question, .. } = question;
    let is_refused = !errors.is_empty();
    let is_kept = matches!(question, Question::Edit(_) | Question::Suspend(_) | Question::Rotate(_));
    let is_alert = matches!(question, Question::Remove(_) | Question::EndPrevious(_));
    let tone = if is_alert { "button danger" } else { "button primary" };
    let failed = matches!(question, Question::Remove(_)).then_some(words::remove::FAILED);
    let discard = match question {
        Question::Edit(_) => Some(words::edit::DISCARD),
        Question::Suspend(_) => Some(words::suspend::DISCARD),
        _ => None,
    };
    let discard = discard.map(|question| view! { <Discard prefix=PREFIX question /> });
    let fields = match question {
        Question::Edit(edit) => view! { <edit::Fields edit errors /> }.into_any(),
        Question::Suspend(suspend) => view! { <pause::SuspendFields suspend errors /> }.into_any(),
        Question::Reapprove(reapprove) => view! { <pause::ReapproveFields reapprove /> }.into_any(),
        Question::Rotate(rotate) => view! { <rotate::Fields rotate=*rotate errors /> }.into_any(),
        Question::EndPrevious(end) => view! { <end_previous::Fields end /> }.into_any(),
        Question::Remove(remove) => view! { <remove::Fields remove errors /> }.into_any(),
    };
    view! {
        <form
            class="form"
            method="post"
            action=action
            novalidate
            data-question=""
            data-kept=is_kept.then_some("")
            data-alert=is_alert.then_some("")
            data-client-id=client_id
            data-done=done
            data-failed=failed
            data-refused=is_refused.then_some("")
        >
            <FormToken value=form />
            <input type="hidden" name="revision" value=revision.to_string() />
            {changed
                .map(|changed| {
                    view! {
                        <p class="notice" id="changed" tabindex="-1" autofocus>
                            {changed}{words::LOOK_AGAIN}
                        </p>
                    }
                })}
            <p class="key-line">
                <KeyMark client_id=client_id.clone() />
                <bdi class="mono" dir="ltr">{client_id.clone()}</bdi>
            </p>
            {fields}
            <div class="notice oxide" data-form-error="" tabindex="-1" hidden></div>
            {discard}
            <div class="actions">
                <a class="button" href=cancel data-cancel="">{CANCEL}</a>
                <button type="submit" class=tone data-pending=pending>{submit}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The dialog that shows a question over another page; empty until one is asked.
#[component]
pub fn QuestionDialog() -> impl IntoView {
    view! {
        <dialog id="question-dialog" class="dialog" aria-labelledby="question-title">
            <h2 id="question-title" tabindex="-1"></h2>
            <div data-step="question"></div>
        </dialog>
    }
}
