//! What is done to several keys at once: the page that asks, and the page that says what became of each.

use domain::{field::FieldError, key::Verb, text_enum};
use leptos::prelude::*;

use crate::{
    components::{
        form::{ErrorSummary, FormToken, TextField, error_title},
        key_mark::KeyMark,
        question::{IssuedTokens, IssuedTokensField, PREFIX},
    },
    frame::{Frame, FrameView},
    islands::KeyPage,
    routes::KeyPages,
    words::{
        bulk::{BACK, question, result},
        form::CANCEL,
    },
};

text_enum! {
    /// What can be done to several keys at once.
    BulkAction {
        /// Refuse them until they are re-approved.
        Suspend = "suspend",
        /// Let them work again.
        Reapprove = "reapprove",
        /// Refuse them for good.
        Remove = "remove",
    }
}

impl BulkAction {
    /// The same for a single key.
    pub fn verb(self) -> Verb {
        match self {
            Self::Suspend => Verb::Suspend,
            Self::Reapprove => Verb::Reapprove,
            Self::Remove => Verb::Revoke,
        }
    }
}

/// A key on these pages.
#[derive(Clone, Debug)]
pub struct BulkKey {
    /// Name.
    pub name: String,
    /// Public identifier.
    pub client_id: String,
    /// What its changes were counted to.
    pub revision: i64,
    /// When it was last used, or why nothing is done to it.
    pub note: String,
}

/// The page that asks.
#[derive(Clone, Debug)]
pub struct BulkQuestionView {
    /// The frame.
    pub frame: FrameView,
    /// What is to be done.
    pub action: BulkAction,
    /// MAC.
    pub form: String,
    /// The keys it is done to.
    pub open: Vec<BulkKey>,
    /// The chosen keys that are closed to it, with the reason.
    pub closed: Vec<BulkKey>,
    /// How many of them something used in the last 24 hours, where that asks for a confirmation.
    pub in_use: usize,
    /// What becomes of their tokens, where they can have any.
    pub issued_tokens: Option<IssuedTokensField>,
    /// Note for the Activity Log, filled in.
    pub reason: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl BulkQuestionView {
    pub(super) fn title(&self) -> String {
        error_title(self.frame.title(&self.heading()), &self.errors)
    }

    fn heading(&self) -> String {
        question::heading(self.action, self.open.len())
    }
}

/// The page's markup.
#[component]
pub fn BulkQuestionPage(
    /// Its contents.
    view: BulkQuestionView,
) -> AnyView {
    let heading = view.heading();
    let BulkQuestionView { frame, action, form, open, closed, in_use, issued_tokens, reason, errors } = view;
    let pages = frame.keys.clone();
    let list = pages.list();
    let count = open.len();
    let lede = question::lede(action, count, &frame.env.name);
    let hidden = open
        .iter()
        .map(|key| {
            let value = format!("{}:{}", key.client_id, key.revision);
            view! { <input type="hidden" name="ids" value=value /> }
        })
        .collect_view();
    let confirm = (in_use > 0).then(|| {
        let (label, hint) =
            (question::CONFIRMATION, question::confirmation_hint(in_use, &question::confirmation(count)));
        view! { <TextField prefix=PREFIX name="confirm" label hint errors=errors.clone() /> }
    });
    let reason = (action == BulkAction::Suspend).then(|| {
        let (label, hint) = (question::REASON, question::REASON_HINT);
        let errors = errors.clone();
        view! { <TextField prefix=PREFIX name="reason" label hint required=false value=reason errors /> }
    });
    let tone = if action == BulkAction::Remove { "button danger" } else { "button primary" };
    let form = (count > 0).then(|| {
        view! {
            <form class="form" method="post" action=pages.bulk() novalidate>
                <FormToken value=form />
                <input type="hidden" name="action" value=action.as_str() />
                <input type="hidden" name="confirmed" value="" />
                {hidden}
                {issued_tokens.map(|field| view! { <IssuedTokens field /> })}
                {reason}
                {confirm}
                <div class="actions">
                    <a class="button" href=list.clone()>{CANCEL}</a>
                    <button type="submit" class=tone data-pending=question::pending(action)>{question::submit(action, count)}</button>
                </div>
            </form>
        }
    });
    let back = (count == 0).then(|| view! { <p><a class="button" href=list>{BACK}</a></p> });
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>{heading}</h1>
                {(count > 0).then(|| view! { <p class="lede">{lede}</p> })}
            </header>
            <ErrorSummary errors prefix=PREFIX />
            {(count > 0).then(|| view! { <Keys keys=open pages=pages.clone() /> })}
            <Closed action closed pages />
            {form}
            {back}
        </Frame>
        <KeyPage />
    }
    .into_any()
}

#[component]
fn Closed(action: BulkAction, closed: Vec<BulkKey>, pages: KeyPages) -> impl IntoView {
    (!closed.is_empty()).then(|| {
        let heading = question::closed(action, closed.len());
        view! { <section><h2>{heading}</h2><Keys keys=closed pages /></section> }
    })
}

#[component]
fn Keys(keys: Vec<BulkKey>, pages: KeyPages) -> AnyView {
    let keys = keys
        .into_iter()
        .map(|key| {
            view! {
                <li>
                    <KeyMark client_id=key.client_id.clone() />
                    <a href=pages.key(&key.client_id)>{key.name}</a>
                    <bdi class="mono" dir="ltr">{key.client_id.clone()}</bdi>
                    <span class="hint">{key.note}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul role="list" class="bulk-keys">{keys}</ul> }.into_any()
}

/// The page that says what became of each key, where not all was done.
#[derive(Clone, Debug)]
pub struct BulkResultView {
    /// The frame.
    pub frame: FrameView,
    /// What was to be done.
    pub action: BulkAction,
    /// MAC.
    pub form: String,
    /// How many keys it was done to.
    pub done: usize,
    /// The others, each with the reason.
    pub refused: Vec<BulkKey>,
}

impl BulkResultView {
    pub(super) fn title(&self) -> String {
        self.frame.title(&self.heading())
    }

    /// "2 removed, 1 could not be removed".
    fn heading(&self) -> String {
        result::heading(self.action, self.done, self.refused.len())
    }
}

/// The page's markup.
#[component]
pub fn BulkResultPage(
    /// Its contents.
    view: BulkResultView,
) -> AnyView {
    let heading = view.heading();
    let BulkResultView { frame, action, form, refused, .. } = view;
    let pages = frame.keys.clone();
    let hidden = refused
        .iter()
        .map(|key| view! { <input type="hidden" name="ids" value=key.client_id.clone() /> })
        .collect_view();
    view! {
        <Frame view=frame>
            <header class="page-head"><h1>{heading}</h1></header>
            <Keys keys=refused pages=pages.clone() />
            <form class="actions start" method="post" action=pages.bulk()>
                <FormToken value=form />
                <input type="hidden" name="action" value=action.as_str() />
                {hidden}
                <button type="submit" class="button">{result::TRY_AGAIN}</button>
                <a class="button" href=pages.list()>{BACK}</a>
            </form>
        </Frame>
        <KeyPage />
    }
    .into_any()
}
