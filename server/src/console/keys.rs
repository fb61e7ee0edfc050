//! The pages and forms about API keys.

use app::{
    components::{create_form::CreateValues, secret_panel::CreatedKey},
    pages::{
        Page,
        api_keys::{self, ApiKeysView, KeyRow, LIMIT_NOTICE, ListQuery, Slice, StatusFilter},
        create_key::CreateKeyView,
        key_created::{AlreadyCreatedView, KeyCreatedView, Occasion, Repeated},
    },
    rpc::SCOPE_PREFIX,
};
use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use domain::{
    field::FieldError,
    key::ApiKey,
    name::Name,
    new_key::{KeyForm, NewKey},
    secret::ClientId,
};
use service::{
    Failure,
    authority::KeyMaker,
    form::FormId,
    keys::{CreateRefused, Created, IssuedKey, KeyWanted, Once},
    store::{Direction, Edge, KeyFilter, KeyQuery, Place, SortBy},
};

use super::{
    confirm::{self, ConfirmableForm},
    desk::{AtDesk, Desk},
    form::PostedForm,
    page::{self, PageError},
    session::SignedIn,
};
use crate::{state::AppState, telemetry};

/// `GET …/{environment}`: the list.
pub async fn list<M: AtDesk>(
    State(state): State<AppState>,
    person: SignedIn,
    Path((organization, environment)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    let query = ListQuery::from_pairs(form_urlencoded::parse(query.unwrap_or_default().as_bytes()));
    let wanted = key_query(&desk, &query);
    let sort = wanted.sort;
    let page = state.service.list_keys(&desk.manager, wanted).await?;
    let rows = page.keys.iter().map(|key| row(&desk, key));
    let limit = state.service.tightest_limit(&desk.manager, &desk.environment).await?;
    let counted = desk.counted(&state).await?;
    let is_empty = page.keys.is_empty() && query.is_plain();
    let view = ApiKeysView {
        counts: counted.iter().map(|known| (page::place(known), known.live_keys)).collect(),
        rows: rows.collect(),
        just_created: just_created(&state, &desk, &query, &page.keys).await?,
        slice: Slice {
            before: page.before,
            total: page.total,
            previous: page
                .keys
                .first()
                .filter(|_| page.has_previous)
                .map(|key| cursor(Edge::Before(Place::of(key, sort)))),
            next: page.keys.last().filter(|_| page.has_next).map(|key| cursor(Edge::After(Place::of(key, sort)))),
        },
        has_removed: is_empty && has_removed(&state, &desk).await?,
        limit,
        form: desk.form_value(&state),
        create: desk.create_form(&state),
        guide: desk.token_guide(&state, desk.manager.organization().policy.access_token_format),
        query,
        frame: desk.frame,
    };
    Ok(page::render(&state.site, StatusCode::OK, Page::ApiKeys(Box::new(view))))
}

async fn has_removed<M: AtDesk>(state: &AppState, desk: &Desk<M>) -> Result<bool, Failure> {
    let removed = ListQuery { status: StatusFilter::Removed, ..ListQuery::default() };
    let query = KeyQuery { limit: 1, counted: false, ..key_query(desk, &removed) };
    Ok(!state.service.list_keys(&desk.manager, query).await?.keys.is_empty())
}

/// The key that was just created, where it is not among those that the query found.
async fn just_created<M: AtDesk>(
    state: &AppState,
    desk: &Desk<M>,
    query: &ListQuery,
    found: &[ApiKey],
) -> Result<Option<KeyRow>, PageError> {
    let client_id = query.created.as_deref().and_then(ClientId::parse);
    let Some(client_id) = client_id.filter(|created| found.iter().all(|key| key.client_id != *created)) else {
        return Ok(None);
    };
    Ok(in_environment(state, desk, &client_id).await?.map(|key| row(desk, &key)))
}

/// A key as the person at the desk sees it.
pub fn row<M: AtDesk>(desk: &Desk<M>, key: &ApiKey) -> KeyRow {
    KeyRow::new(key, desk.viewer(), &desk.clock)
}

/// What a query of the list asks the store for.
pub fn key_query<M: AtDesk>(desk: &Desk<M>, query: &ListQuery) -> KeyQuery {
    let sort = match query.sort {
        api_keys::SortBy::Name => SortBy::Name,
        api_keys::SortBy::LastUsed => SortBy::LastUsed,
        api_keys::SortBy::Expires => SortBy::Expires,
        api_keys::SortBy::Created => SortBy::Created,
    };
    KeyQuery {
        organization: desk.manager.organization().id.clone(),
        environment: Some(desk.environment.slug.clone()),
        owner: None,
        search: Some(query.q.clone()).filter(|search| !search.is_empty()),
        filter: match query.status {
            StatusFilter::All => KeyFilter::NotRevoked,
            StatusFilter::Active => KeyFilter::Active,
            StatusFilter::ExpiresSoon => KeyFilter::ExpiresSoon,
            StatusFilter::Suspended => KeyFilter::Suspended,
            StatusFilter::Expired => KeyFilter::Expired,
            StatusFilter::NeverUsed => KeyFilter::NeverUsed,
            StatusFilter::Removed => KeyFilter::Revoked,
        },
        sort,
        direction: if query.descending { Direction::Descending } else { Direction::Ascending },
        edge: query.cursor.as_deref().and_then(|cursor| edge(cursor, sort)),
        limit: query.per.into(),
        counted: true,
        now: desk.clock.now(),
    }
}

/// What stands before the place of a page that ends there.
const BACKWARDS: char = '-';

/// An edge as an address names it.
fn cursor(edge: Edge) -> String {
    match edge {
        Edge::After(place) => place.to_string(),
        Edge::Before(place) => format!("{BACKWARDS}{place}"),
    }
}

/// Reads a cursor.
fn edge(cursor: &str, sort: SortBy) -> Option<Edge> {
    match cursor.strip_prefix(BACKWARDS) {
        Some(place) => Place::parse(place, sort).map(Edge::Before),
        None => Place::parse(cursor, sort).map(Edge::After),
    }
}

/// `GET …/new`: the create form as a page.
pub async fn new<M: AtDesk>(
    State(state): State<AppState>,
    mut person: SignedIn,
    Path((organization, environment)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let kept = person.kept.take().map(|typed| (key_form(&typed), Vec::new()));
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    show_form(&state, StatusCode::OK, desk, kept).await
}

/// `POST …/{environment}`: creates a key. The answer is the only page that ever shows its secret.
pub async fn create<M: AtDesk>(
    State(state): State<AppState>,
    Path((organization, environment)): Path<(String, String)>,
    ConfirmableForm { person, posted }: ConfirmableForm,
) -> Result<Response, PageError> {
    let desk = Desk::<M>::open(&state, person, &organization, &environment).await?;
    let form_id = desk.open_form(&state, posted.get("form"))?;
    let form = key_form(&posted);
    let new = match NewKey::parse(&form, desk.manager.organization(), desk.clock.now()) {
        Ok(new) => new,
        Err(errors) => return show_form(&state, StatusCode::UNPROCESSABLE_ENTITY, desk, Some((form, errors))).await,
    };
    let Some(maker) = state.service.recent(&desk.manager) else {
        return Ok(confirm::ask(&state, desk.frame.user_email, &desk.frame.keys.list(), &posted));
    };
    let name = new.name.clone();
    match create_once(&state, &maker, &desk, new, form_id).await? {
        Ok(Created::Issued(issued)) => Ok(show_secret(&state, desk, &issued, Occasion::Created).await),
        Ok(Created::Replayed(key)) => {
            let view = AlreadyCreatedView {
                frame: desk.frame,
                name: key.name.to_string(),
                client_id: key.client_id.to_string(),
                done: Repeated::Creation,
            };
            Ok(page::render(&state.site, StatusCode::OK, Page::AlreadyCreated(Box::new(view))))
        }
        Err(refused) => {
            let (status, error) = refusal(&refused, &desk, &name)?;
            show_form(&state, status, desk, Some((form, vec![error]))).await
        }
    }
}

fn key_form(posted: &PostedForm) -> KeyForm {
    let typed = |name: &str| posted.get(name).to_owned();
    KeyForm {
        name: typed("name"),
        description: typed("description"),
        kind: typed("kind"),
        owner: typed("owner"),
        suspend_on_sign_out: typed("suspend_on_sign_out"),
        scopes: posted.ticked(SCOPE_PREFIX),
        expiration: typed("expiration"),
        expires_on: typed("expires_on"),
    }
}

async fn create_once<M: AtDesk>(
    state: &AppState,
    maker: &impl KeyMaker,
    desk: &Desk<M>,
    new: NewKey,
    form_id: FormId,
) -> Result<Result<Created, CreateRefused>, Failure> {
    let wanted = KeyWanted::from_form(new, &desk.manager);
    state.service.create_key(maker, &desk.environment.slug, wanted, Some(Once::Form(form_id))).await
}

fn refusal<M: AtDesk>(
    refused: &CreateRefused,
    desk: &Desk<M>,
    name: &Name,
) -> Result<(StatusCode, FieldError), PageError> {
    let error = refused.as_field_error(&desk.environment.name, name).ok_or_else(PageError::not_found)?;
    Ok(match refused {
        // No field can be mended for that; the notice says what can.
        CreateRefused::EnvironmentFull { .. } | CreateRefused::OwnerFull { .. } => {
            (StatusCode::CONFLICT, FieldError { param: LIMIT_NOTICE.to_owned(), ..error })
        }
        _ => (StatusCode::UNPROCESSABLE_ENTITY, error),
    })
}

async fn show_form<M: AtDesk>(
    state: &AppState,
    status: StatusCode,
    desk: Desk<M>,
    refused: Option<(KeyForm, Vec<FieldError>)>,
) -> Result<Response, PageError> {
    let limit = state.service.tightest_limit(&desk.manager, &desk.environment).await?;
    let empty = desk.create_form(state);
    let form = match refused {
        None => empty,
        Some((form, errors)) => {
            let values = CreateValues {
                name: form.name,
                description: form.description,
                kind: form.kind,
                owner: form.owner,
                suspend_on_sign_out: !form.suspend_on_sign_out.is_empty(),
                scopes: form.scopes,
                expiration: form.expiration,
                expires_on: form.expires_on,
            };
            empty.refused(values, errors)
        }
    };
    let view = CreateKeyView { frame: desk.frame, form, limit };
    Ok(page::render(&state.site, status, Page::CreateKey(Box::new(view))))
}

/// The only page that ever shows a secret.
pub async fn show_secret<M: AtDesk>(
    state: &AppState,
    desk: Desk<M>,
    issued: &IssuedKey,
    occasion: Occasion,
) -> Response {
    let shown = state.service.acknowledge_key(&desk.manager, &issued.key.client_id).await;
    // Not a reason to keep the secret back: the list will say that it was never shown.
    if let Err(failure) = shown {
        telemetry::log_failure(&failure);
    }
    let guide = desk.token_guide(state, issued.key.access_token_format);
    let key = CreatedKey::new(issued, desk.name_of(&issued.key.environment), &desk.frame.org.slug, &desk.clock);
    let view = KeyCreatedView { frame: desk.frame, key, guide, occasion };
    page::render(&state.site, StatusCode::CREATED, Page::KeyCreated(Box::new(view)))
}

/// A key of the environment in the address.
pub async fn find<M: AtDesk>(state: &AppState, desk: &Desk<M>, client_id: &str) -> Result<ApiKey, PageError> {
    let client_id = ClientId::parse(client_id).ok_or_else(PageError::not_found)?;
    in_environment(state, desk, &client_id).await?.ok_or_else(PageError::not_found)
}

async fn in_environment<M: AtDesk>(
    state: &AppState,
    desk: &Desk<M>,
    client_id: &ClientId,
) -> Result<Option<ApiKey>, Failure> {
    let key = state.service.key(&desk.manager, client_id).await?;
    Ok(key.filter(|key| key.environment == desk.environment.slug))
}
