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
    /// "Suspend".
    pub fn label(self) -> &'static str {
        match self {
            Self::Suspend => "Suspend",
            Self::Reapprove => "Re-approve",
            Self::Remove => "Remove",
        }
    }

    /// "3 keys were suspended."
    pub fn done(self, count: usize) -> String {
        let were = if count == 1 { "was" } else { "were" };
        format!("{} {were} {}.", keys(count), self.past())
    }

    /// The same for a single key.
    pub fn verb(self) -> Verb {
        match self {
            Self::Suspend => Verb::Suspend,
            Self::Reapprove => Verb::Reapprove,
            Self::Remove => Verb::Revoke,
        }
    }

    fn past(self) -> &'static str {
        match self {
            Self::Suspend => "suspended",
            Self::Reapprove => "re-approved",
            Self::Remove => "removed",
        }
    }

    fn pending(self) -> &'static str {
        match self {
            Self::Suspend => "Suspending…",
            Self::Reapprove => "Re-approving…",
            Self::Remove => "Removing…",
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
        match self.open.len() {
            0 => format!("None of these keys can be {}", self.action.past()),
            count => format!("{} {}?", self.action.label(), keys(count)),
        }
    }
}

/// What must be typed before keys in use are removed.
pub fn confirmation(count: usize) -> String {
    format!("remove {}", keys(count))
}

/// "1 key", "3 keys".
fn keys(count: usize) -> String {
    if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }
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
    let message = match action {
        BulkAction::Suspend => {
            "Whatever uses them is refused until you re-approve them. Nothing is deleted, and their expiry doesn't move."
                .to_owned()
        }
        BulkAction::Reapprove => "They work again straight away, each until its own expiry.".to_owned(),
        BulkAction::Remove => format!("They stop working at once, in {}, and can't be restored.", frame.env.name),
    };
    let hidden = open
        .iter()
        .map(|key| {
            let value = format!("{}:{}", key.client_id, key.revision);
            view! { <input type="hidden" name="ids" value=value /> }
        })
        .collect_view();
    let confirm = (in_use > 0).then(|| {
        let them = if in_use == 1 { "one of these keys".to_owned() } else { format!("{in_use} of these keys") };
        let hint = format!("Something is using {them}. Type “{}” to confirm.", confirmation(count));
        view! { <TextField prefix=PREFIX name="confirm" label="Confirmation" hint errors=errors.clone() /> }
    });
    let reason = (action == BulkAction::Suspend).then(|| {
        let hint = "Shown in the Activity Log.";
        let errors = errors.clone();
        view! { <TextField prefix=PREFIX name="reason" label="Reason" hint required=false value=reason errors /> }
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
                    <a class="button" href=list.clone()>"Cancel"</a>
                    <button class=tone data-pending=action.pending()>{format!("{} {}", action.label(), keys(count))}</button>
                </div>
            </form>
        }
    });
    let back = (count == 0).then(|| view! { <p><a class="button" href=list>"Back to the list"</a></p> });
    view! {
        <Frame view=frame>
            <header class="page-head">
                <h1>{heading}</h1>
                {(count > 0).then(|| view! { <p class="lede">{message}</p> })}
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
        let heading = format!("{} can't be {}", keys(closed.len()), action.past());
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
        let past = self.action.past();
        let refused = self.refused.len();
        if self.done == 0 {
            format!("{} could not be {past}", keys(refused))
        } else {
            format!("{} {past}, {refused} could not be {past}", self.done)
        }
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
                <button class="button">"Try again"</button>
                <a class="button" href=pages.list()>"Back to the list"</a>
            </form>
        </Frame>
        <KeyPage />
    }
    .into_any()
}
