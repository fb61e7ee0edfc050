//! What is done to a key that is there: each verb has a page that asks and a form that acts. What somebody else did
//! meanwhile is said, never overwritten.

pub mod edit;
pub mod end_previous;
pub mod pause;
pub mod remove;
pub mod rotate;

use app::{
    components::{
        key_verbs,
        question::{KeyQuestion, Question},
    },
    pages::{
        Page,
        key_question::KeyQuestionView,
        message::{Message, MessageView},
    },
    words::{key_verbs::NOT_ADMINISTRATOR, question as words},
};
use axum::{extract::Path, http::StatusCode, response::Response};
use domain::{
    activity::{Entry, Event},
    field::FieldError,
    key::{ApiKey, Verb, VerbRefused},
};
use service::{
    form::FormId,
    keys::ChangeRefused,
    store::{ActivityQuery, IssuedTokens, LiveTokens},
};

use super::{
    desk::{AtDesk, Desk},
    form::PostedForm,
    key, keys,
    page::{self, HiddenPage, PageError},
    session::SignedIn,
};
use crate::state::AppState;

/// What counts as a change of a key.
const CHANGES: [Event; 6] = [
    Event::KeyEdited,
    Event::KeySuspended,
    Event::KeyReapproved,
    Event::KeyRotated,
    Event::PreviousSecretEnded,
    Event::KeyRevoked,
];

/// How many rows about a key are read to find its last change.
const CHANGES_READ: u32 = 20;

/// Slugs of organization and environment, and the key's client id.
type KeyPath = Path<(String, String, String)>;

/// A key in front of somebody.
struct KeyDesk<M> {
    state: AppState,
    desk: Desk<M>,
    key: ApiKey,
    /// Its access tokens.
    live: LiveTokens,
    /// What was typed into the form before it came here.
    kept: Option<PostedForm>,
}

/// What one question says again when it was not answered well.
#[derive(Default)]
struct Refused {
    status: StatusCode,
    changed: Option<String>,
    errors: Vec<FieldError>,
}

impl Refused {
    /// Fields to mend.
    fn fields(errors: Vec<FieldError>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, errors, ..Self::default() }
    }
}

impl<M: AtDesk> KeyDesk<M> {
    async fn open(state: AppState, mut person: SignedIn, path: KeyPath) -> Result<Self, PageError> {
        let Path((organization, environment, client_id)) = path;
        let kept = person.kept.take();
        let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
        Self::find(state, desk, &client_id, kept).await
    }

    async fn find(
        state: AppState,
        desk: Desk<M>,
        client_id: &str,
        kept: Option<PostedForm>,
    ) -> Result<Self, PageError> {
        // What used the key this very second counts as well.
        state.service.flush_uses().await?;
        let key = keys::find(&state, &desk, client_id).await?;
        let live = state.service.live_tokens(&desk.manager, [&key]).await?;
        Ok(Self { state, desk, key, live, kept })
    }

    /// The key in front of somebody who has posted a form about it.
    async fn posted(
        state: AppState,
        person: SignedIn,
        path: KeyPath,
        posted: &PostedForm,
    ) -> Result<(Self, FormId), PageError> {
        let Path((organization, environment, client_id)) = path;
        let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
        let form = desk.open_form(&state, posted.get("form"))?;
        readable(posted)?;
        Ok((Self::find(state, desk, &client_id, None).await?, form))
    }

    /// The page that asks.
    async fn ask(self, verb: Verb, question: Question, refused: Refused) -> Result<Response, PageError> {
        if let Some(closed) = key_verbs::refusal(verb, &self.key, self.desk.viewer(), self.desk.clock.now()) {
            return Err(self.closed(closed).await);
        }
        if let Some(why) = key_verbs::left_to_another(verb, &self.key, self.desk.viewer()) {
            return Err(self.conflict(why.to_owned()));
        }
        let pages = &self.desk.frame.keys;
        let client_id = self.key.client_id.as_str();
        let question = KeyQuestion {
            action: key_verbs::address(verb, pages, client_id),
            cancel: pages.key(client_id),
            form: self.desk.form_value(&self.state),
            revision: self.key.revision,
            name: self.key.name.to_string(),
            client_id: client_id.to_owned(),
            changed: refused.changed,
            errors: refused.errors,
            question,
        };
        let view = KeyQuestionView { frame: self.desk.frame, question };
        Ok(page::render(&self.state.site, refused.status, Page::KeyQuestion(Box::new(view))))
    }

    /// What became of a change that was not made: the same question about the key as it is now, or why there is none.
    async fn ask_again(
        mut self,
        verb: Verb,
        refused: ChangeRefused,
        question: impl FnOnce(&Self) -> Question,
    ) -> Result<Response, PageError> {
        match refused {
            ChangeRefused::Stale(key) => {
                self.key = *key;
                let changed = match self.last_change(None).await? {
                    Some(change) => words::changed(&change.actor.name, &self.desk.clock.time(change.at)),
                    None => words::CHANGED.to_owned(),
                };
                let question = question(&self);
                let refused = Refused { status: StatusCode::CONFLICT, changed: Some(changed), errors: Vec::new() };
                self.ask(verb, question, refused).await
            }
            ChangeRefused::State(closed, key) => {
                self.key = *key;
                Err(self.closed(closed).await)
            }
            ChangeRefused::NotOwner => Err(self.conflict(words::NOT_OWNER.to_owned())),
            ChangeRefused::NotAdministrator => Err(self.said(StatusCode::FORBIDDEN, NOT_ADMINISTRATOR.to_owned())),
            _ => Err(PageError::not_found()),
        }
    }

    /// Why the key is not open to what was asked.
    async fn closed(&self, closed: VerbRefused) -> PageError {
        if closed != VerbRefused::KeyRevoked {
            return self.conflict(closed.to_string());
        }
        let change = match self.last_change(Some(Event::KeyRevoked)).await {
            Ok(change) => change.map(|change| (change.actor.name, self.desk.clock.time(change.at))),
            Err(error) => return error,
        };
        let by = change.as_ref().map(|(who, when)| (who.as_str(), when.as_str()));
        self.message(StatusCode::CONFLICT, Message::Removed(words::removed(by)), self.desk.frame.keys.list())
    }

    fn conflict(&self, what: String) -> PageError {
        self.said(StatusCode::CONFLICT, what)
    }

    /// A page that says what is in the way.
    fn said(&self, status: StatusCode, what: String) -> PageError {
        self.message(status, Message::Conflict(what), self.details())
    }

    fn message(&self, status: StatusCode, message: Message, back: String) -> PageError {
        let view = MessageView { product: self.state.site.product.clone(), message, back: Some(back) };
        PageError::Page(status, Box::new(HiddenPage(Page::Message(view))))
    }

    /// What was done to the key last: this, or anything that changed it.
    async fn last_change(&self, event: Option<Event>) -> Result<Option<Entry>, PageError> {
        let query = ActivityQuery { event, ..key::activity_query(&self.desk, &self.key, CHANGES_READ) };
        let page = self.state.service.activity(&self.desk.manager, query).await?;
        Ok(page.rows.into_iter().map(|row| row.entry).find(|entry| CHANGES.contains(&entry.event)))
    }

    fn details(&self) -> String {
        self.desk.frame.keys.key(self.key.client_id.as_str())
    }

    /// To the page of the key, which shows what it is like now and says what was done.
    async fn done(&self, verb: Verb) -> Result<Response, PageError> {
        self.done_at(verb, &self.details()).await
    }

    async fn done_at(&self, verb: Verb, address: &str) -> Result<Response, PageError> {
        let done = words::done(verb, self.key.name.as_str()).unwrap_or_default();
        self.desk.go_on(address, &done).await
    }
}

/// What the key's changes were counted to when the form was shown.
fn revision(posted: &PostedForm) -> Option<i64> {
    posted.get("revision").parse().ok()
}

/// Refuses what no form of ours sends: it must not count as the weaker choice.
///
/// # Errors
/// 422.
pub fn readable(posted: &PostedForm) -> Result<(), PageError> {
    let sent = |name: &str| posted.sent(name).filter(|value| !value.is_empty());
    let readable = sent("issued_tokens").is_none_or(|choice| IssuedTokens::parse(choice).is_some())
        && sent("revision").is_none_or(|revision| revision.parse::<i64>().is_ok());
    if readable { Ok(()) } else { Err(PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY)) }
}

/// What becomes of the tokens of a key that is stopped; they run out where nothing is said.
pub fn issued_tokens(posted: &PostedForm) -> IssuedTokens {
    IssuedTokens::parse(posted.get("issued_tokens")).unwrap_or(IssuedTokens::RunOut)
}
