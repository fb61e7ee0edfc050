//! What is done to several keys at once: chosen in the list, asked about on a page, done one by one.

use std::borrow::Cow;

use app::{
    components::{key_verbs::closed, question::IssuedTokensField},
    pages::{
        Page,
        api_keys::ListQuery,
        bulk::{BulkAction, BulkKey, BulkQuestionView, BulkResultView},
        message::{Message, MessageView},
    },
    words::bulk as words,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    field::{FieldError, Refusal, keep},
    key::ApiKey,
    name::Description,
    secret::ClientId,
};
use service::{
    keys::{BULK_MAX, BulkChange, BulkChanged, ChangeRefused},
    store::{IssuedTokens, KeyQuery},
};

use super::{
    desk::{AtDesk, Desk},
    form::{PostedForm, PostedSelection},
    keys,
    page::{self, HiddenPage, PageError},
    session::SignedIn,
    verbs,
};
use crate::{state::AppState, telemetry};

/// A chosen key, with what its changes were counted to when a page showed it.
type Chosen = (ApiKey, Option<i64>);

/// `GET …/bulk`: nothing is chosen here.
pub async fn to_list<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, environment)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    Ok(Redirect::to(&desk.frame.keys.list()).into_response())
}

/// `POST …/bulk`: asks, and where the page that asks was answered, acts.
pub async fn act<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, environment)): Path<(String, String)>,
    posted: PostedSelection,
) -> Result<Response, PageError> {
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    desk.open_form(&state, posted.form.get("form"))?;
    verbs::readable(&posted.form)?;
    let action = match posted.form.get("action") {
        // Enter in a row's box, without script.
        "" => return Ok(Redirect::to(&desk.frame.keys.list()).into_response()),
        action => BulkAction::parse(action),
    };
    let Some(action) = action else {
        return Err(PageError::unreadable(StatusCode::UNPROCESSABLE_ENTITY));
    };
    // What used the keys this very second counts as well.
    state.service.flush_uses().await?;
    let chosen = chosen(&state, &desk, &posted).await?;
    let Answer { reason, issued_tokens, errors } = Answer::read(&state, action, &chosen, &posted.form);
    if posted.form.sent("confirmed").is_none() || !errors.is_empty() {
        let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let reason = posted.form.get("reason").to_owned();
        let view = question(&state, desk, action, chosen, issued_tokens, reason, errors).await?;
        return Ok(page::render(&state.site, status, Page::BulkQuestion(Box::new(view))));
    }
    let change = match action {
        BulkAction::Suspend => BulkChange::Suspend { reason, issued_tokens },
        BulkAction::Reapprove => BulkChange::Reapprove,
        BulkAction::Remove => BulkChange::Revoke { issued_tokens },
    };
    let changed = state.service.change_keys(&desk.manager, chosen, &change).await;
    conclude(&state, desk, action, changed).await
}

/// The keys that were ticked, or all that match a query of the list. What is not there, or not this person's, is left
/// out without a word.
async fn chosen<M: AtDesk>(
    state: &AppState,
    desk: &Desk<M>,
    posted: &PostedSelection,
) -> Result<Vec<Chosen>, PageError> {
    if let Some(matching) = posted.form.sent("matching") {
        let pairs = form_urlencoded::parse(matching.trim_start_matches('?').as_bytes());
        let query = KeyQuery {
            edge: None,
            limit: BULK_MAX.try_into().unwrap_or(u32::MAX),
            ..keys::key_query(desk, &ListQuery::from_pairs(pairs))
        };
        let page = state.service.list_keys(&desk.manager, query).await?;
        return or_advice(desk, state, page.keys.into_iter().map(|key| (key, None)).collect());
    }
    if posted.ids.len() > BULK_MAX {
        return Err(advice(desk, state, words::too_many(BULK_MAX)));
    }
    let ids =
        posted.ids.iter().map(|id| id.split_once(':').map_or((id.as_str(), None), |(id, at)| (id, at.parse().ok())));
    let ids: Vec<(ClientId, Option<i64>)> =
        ids.filter_map(|(id, revision)| Some((ClientId::parse(id)?, revision))).collect();
    let client_ids: Vec<ClientId> = ids.iter().map(|(id, _)| id.clone()).collect();
    let keys = state.service.keys_among(&desk.manager, &desk.environment.slug, &client_ids).await?;
    let revision = |key: &ApiKey| ids.iter().find(|(id, _)| *id == key.client_id).and_then(|(_, revision)| *revision);
    or_advice(desk, state, keys.into_iter().map(|key| (revision(&key), key)).map(|(at, key)| (key, at)).collect())
}

fn or_advice<M: AtDesk>(desk: &Desk<M>, state: &AppState, chosen: Vec<Chosen>) -> Result<Vec<Chosen>, PageError> {
    if chosen.is_empty() { Err(advice(desk, state, words::NONE_SELECTED.to_owned())) } else { Ok(chosen) }
}

fn advice<M: AtDesk>(desk: &Desk<M>, state: &AppState, what: String) -> PageError {
    let view = MessageView {
        product: state.site.product.clone(),
        message: Message::Selection(what),
        back: Some(desk.frame.keys.list()),
    };
    PageError::Page(StatusCode::UNPROCESSABLE_ENTITY, Box::new(HiddenPage(Page::Message(view))))
}

/// What was filled in on the page that asks.
struct Answer {
    reason: Option<Description>,
    issued_tokens: IssuedTokens,
    errors: Vec<FieldError>,
}

impl Answer {
    fn read(state: &AppState, action: BulkAction, chosen: &[Chosen], form: &PostedForm) -> Self {
        let mut errors = Vec::new();
        let reason = Description::parse(form.get("reason")).map_err(|error| error.of("reason"));
        let reason = keep(reason, &mut errors).filter(|reason| !reason.as_str().is_empty());
        let phrase = words::question::confirmation(chosen.len());
        let typed = form.get("confirm").split_whitespace().collect::<Vec<_>>().join(" ");
        if form.sent("confirmed").is_some() && in_use(state, action, chosen) > 0 && typed.to_lowercase() != phrase {
            errors.push(FieldError::new("confirm", "unconfirmed", words::question::unconfirmed(&phrase)));
        }
        let issued_tokens = verbs::issued_tokens(form);
        Self { reason, issued_tokens, errors }
    }
}

/// How many of the keys ask for a confirmation, as each would alone.
fn in_use(state: &AppState, action: BulkAction, chosen: &[Chosen]) -> usize {
    let unconfirmed = |(key, _): &&Chosen| state.service.unconfirmed(key, "").is_some();
    if action == BulkAction::Remove { chosen.iter().filter(unconfirmed).count() } else { 0 }
}

async fn question<M: AtDesk>(
    state: &AppState,
    desk: Desk<M>,
    action: BulkAction,
    chosen: Vec<Chosen>,
    issued_tokens: IssuedTokens,
    reason: String,
    errors: Vec<FieldError>,
) -> Result<BulkQuestionView, PageError> {
    let why_not = |key: &ApiKey| closed(action.verb(), key, desk.viewer(), desk.clock.now());
    let (open, shut): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|(key, _)| why_not(key).is_none());
    let live = state.service.live_tokens(&desk.manager, open.iter().map(|(key, _)| key)).await?;
    let tokens = IssuedTokensField::of(open.iter().map(|(key, _)| key), live, &desk.clock);
    let shown = |(key, _): &Chosen| {
        let note = why_not(key).map_or_else(|| keys::row(&desk, key).evidence, Cow::into_owned);
        bulk_key(key, note)
    };
    Ok(BulkQuestionView {
        action,
        form: desk.form_value(state),
        in_use: in_use(state, action, &open),
        open: open.iter().map(shown).collect(),
        closed: shut.iter().map(shown).collect(),
        issued_tokens: tokens
            .filter(|_| action != BulkAction::Reapprove)
            .map(|field| field.filled(issued_tokens.as_str())),
        reason,
        errors,
        frame: desk.frame,
    })
}

fn bulk_key(key: &ApiKey, note: String) -> BulkKey {
    BulkKey { name: key.name.to_string(), client_id: key.client_id.to_string(), revision: key.revision, note }
}

/// To the list where everything was done; else what was done, and why the rest was not.
async fn conclude<M: AtDesk>(
    state: &AppState,
    desk: Desk<M>,
    action: BulkAction,
    changed: BulkChanged,
) -> Result<Response, PageError> {
    let BulkChanged { done, refused, broken } = changed;
    let mut refused: Vec<BulkKey> =
        refused.iter().map(|(key, refused)| bulk_key(key, reason(&desk, action, refused))).collect();
    if let Some((failure, rest)) = broken {
        if done.is_empty() {
            return Err(failure.into());
        }
        telemetry::log_failure(&failure);
        refused.extend(rest.iter().map(|key| bulk_key(key, words::result::FAILED.to_owned())));
    }
    if refused.is_empty() {
        return desk.go_on(&desk.frame.keys.list(), &words::result::done(action, done.len())).await;
    }
    let view = BulkResultView { action, form: desk.form_value(state), done: done.len(), refused, frame: desk.frame };
    Ok(page::render(&state.site, StatusCode::OK, Page::BulkResult(Box::new(view))))
}

fn reason<M: AtDesk>(desk: &Desk<M>, action: BulkAction, refused: &ChangeRefused) -> String {
    match refused {
        ChangeRefused::State(_, key) | ChangeRefused::Stale(key) => {
            let closed = closed(action.verb(), key, desk.viewer(), desk.clock.now());
            closed.unwrap_or(words::result::CHANGED.into()).into_owned()
        }
        ChangeRefused::NotOwner => words::result::NOT_OWNER.to_owned(),
        _ => words::result::GONE.to_owned(),
    }
}
