//! `/api/v1/keys`: the keys of the caller's organization.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    field::FieldError,
    id::UserId,
    key::{AccessTokenFormat, ApiKey, Kind, Owner},
    name::{Description, Name},
    new_key,
    organization::Organization,
    scope::Scopes,
    slug::EnvironmentSlug,
    time::Timestamp,
};
use serde_json::{Value, json};
use service::{
    Service,
    authority::{ApiClient, KeyManager},
    keys::{Created, IssuedKey, KeyWanted},
    store::{Direction, Edge, KeyFilter, KeyQuery, Place, SortBy},
};

use super::{
    bearer::Caller,
    conditional::{self, IdempotencyKey},
    input::{self, Input, refused},
    page,
    path::NamedKey,
    problem::ApiError,
};
use crate::representation;

/// Longest text that is searched for, characters.
const SEARCH_MAX: usize = 256;

/// The words of the parameter `sort`; a `-` before one turns the order round.
const ORDERS: [(&str, SortBy); 4] = [
    ("created_at", SortBy::Created),
    ("name", SortBy::Name),
    ("expires_at", SortBy::Expires),
    ("last_used_at", SortBy::LastUsed),
];

/// `GET /api/v1/keys`: the keys within the caller's reach, in every state and newest first unless asked otherwise.
///
/// # Errors
/// A parameter that cannot be read, or a cursor of another list.
pub async fn list(State(service): State<Service>, caller: Caller) -> Result<Response, ApiError> {
    let (client, input) = caller.with_query("keys:read")?;
    let (query, list) = read_query(&service, &client, input)?;
    let (now, sort) = (query.now, query.sort);
    let page = service.list_keys(&client, query).await?;
    let last = page.keys.last().filter(|_| page.has_next);
    let next_cursor = last.map(|key| service.seal_cursor(&client, &list, &Place::of(key, sort).to_string()));
    let data: Vec<_> = page.keys.iter().map(|key| shown(key, &client, now)).collect();
    Ok(Json(json!({ "data": data, "next_cursor": next_cursor })).into_response())
}

/// The query, and the name of the list that its cursors belong to.
fn read_query(service: &Service, client: &ApiClient, mut input: Input) -> Result<(KeyQuery, String), ApiError> {
    let search = input.optional("q", search);
    let filter = input.optional("status", |value| value.word(filter, "active, suspended, expired or revoked"));
    let environment = input.optional("environment", environment);
    let owner = input.optional("owner", |value| owner_filter(&value.text()?, client));
    let order = input.optional("sort", |value| value.word(order, "created_at, name, expires_at or last_used_at"));
    let limit = input.optional("limit", page::limit).unwrap_or(page::LIMIT);
    let (sort, direction) = order.unwrap_or_default();
    let list = format!("keys {search:?} {filter:?} {environment:?} {owner:?} {sort:?} {direction:?}");
    let edge = input.optional("cursor", |value| {
        let place = service.open_cursor(client, &list, &value.text()?).ok_or_else(page::foreign_cursor)?;
        Place::parse(&place, sort).map(Edge::After).ok_or_else(page::foreign_cursor)
    });
    let query = KeyQuery {
        organization: client.organization().id.clone(),
        environment,
        owner,
        search,
        filter: filter.unwrap_or(KeyFilter::Every),
        sort,
        direction,
        edge,
        limit,
        counted: false,
        now: service.now(),
    };
    input.finish(Some((query, list)))
}

fn search(value: input::Value) -> Result<String, FieldError> {
    let text = value.text()?;
    if text.chars().count() > SEARCH_MAX {
        return Err(FieldError::new("", "too_long", format!("Use {SEARCH_MAX} characters or fewer.")));
    }
    Ok(text)
}

fn filter(word: &str) -> Option<KeyFilter> {
    match word {
        "active" => Some(KeyFilter::Active),
        "suspended" => Some(KeyFilter::Suspended),
        "expired" => Some(KeyFilter::Expired),
        "revoked" => Some(KeyFilter::Revoked),
        _ => None,
    }
}

fn order(word: &str) -> Option<(SortBy, Direction)> {
    let (word, direction) = match word.strip_prefix('-') {
        Some(word) => (word, Direction::Descending),
        None => (word, Direction::Ascending),
    };
    ORDERS.iter().find(|(known, _)| *known == word).map(|(_, sort)| (*sort, direction))
}

fn owner_filter(text: &str, client: &ApiClient) -> Result<Owner, FieldError> {
    match text {
        "organization" => Some(Owner::Organization),
        "me" => client.user().cloned().map(Owner::User),
        id => UserId::parse(id).map(Owner::User),
    }
    .ok_or_else(|| FieldError::new("", "unknown", "Use organization, the id of a user, or me for the caller's owner."))
}

/// Reads the slug of an environment.
///
/// # Errors
/// When it cannot be one.
pub fn environment(value: input::Value) -> Result<EnvironmentSlug, FieldError> {
    EnvironmentSlug::parse(&value.text()?).map_err(refused)
}

/// `POST /api/v1/keys`: creates a key. The answer is the only one that holds its secret.
///
/// # Errors
/// Members that must be mended; a name that is taken, or a limit that is reached.
pub async fn create(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let idempotency_key = IdempotencyKey::read(&headers)?;
    let input = Input::from_body(&headers, body).await?;
    let once = idempotency_key.once("create", &input);
    let _under_way = conditional::begin(&service, &client, once.as_ref())?;
    let (environment, wanted) = match read_wanted(input, &client) {
        Ok(read) => read,
        Err(refused) => {
            let made = service.made_before(&client, once).await?.ok_or(refused)?;
            return Ok(replayed(&made, &client, service.now()));
        }
    };
    let name = wanted.name.clone();
    match service.create_key(&client, &environment, wanted, once).await? {
        Ok(Created::Issued(issued)) => {
            let shown = with_secret(shown(&issued.key, &client, service.now()), &issued);
            Ok(created(&issued.key, &shown))
        }
        Ok(Created::Replayed(key)) => Ok(replayed(&key, &client, service.now())),
        Err(refused) => Err(ApiError::not_created(refused, &environment, &name)),
    }
}

fn read_wanted(mut input: Input, client: &ApiClient) -> Result<(EnvironmentSlug, KeyWanted), ApiError> {
    let organization = client.organization();
    let name = input.required("name", |value| Name::parse(&value.text()?).map_err(refused));
    let environment = input.required("environment", environment);
    let description = input.optional("description", input::Value::text).unwrap_or_default();
    let description = described(&mut input, &description, organization);
    let kind = read_kind(&mut input, organization);
    let owner = input.optional("owner", |value| read_owner(value, client));
    let scopes = input.optional("scopes", |value| read_scopes(&value.texts()?, organization)).unwrap_or_default();
    let format = input.optional("access_token_format", |value| value.word(AccessTokenFormat::parse, "jwt or opaque"));
    let expires_at = input.optional("expires_at", instant_or_null);
    let made = name.zip(environment).zip(kind.zip(description)).map(|((name, environment), (kind, description))| {
        let wanted = KeyWanted {
            name,
            description,
            kind,
            owner: owner.unwrap_or_else(|| owner_of(client)),
            scopes,
            access_token_format: format.unwrap_or(organization.policy.access_token_format),
            expires_at: expires_at.flatten(),
            suspend_on_sign_out: false,
        };
        (environment, wanted)
    });
    input.finish(made)
}

/// Reads a description, which the organization may ask for.
pub fn described(input: &mut Input, text: &str, organization: &Organization) -> Option<Description> {
    new_key::description(text, organization).map_err(|error| input.refuse(error)).ok()
}

fn read_kind(input: &mut Input, organization: &Organization) -> Option<Kind> {
    let kind = input.optional("kind", |value| value.word(Kind::parse, "client or token"));
    new_key::kind(kind.map_or("", Kind::as_str), organization).map_err(|error| input.refuse(error)).ok()
}

fn read_owner(value: input::Value, client: &ApiClient) -> Result<Owner, FieldError> {
    let mut owner = value.object()?;
    let id = owner.optional("id", input::Value::text);
    let is_users = owner.required("type", |value| value.word(owner_type, "organization or user"));
    let named = match (is_users, id) {
        (None, _) => None,
        (Some(false), None) => Some(Owner::Organization),
        (Some(false), Some(id)) => (id == client.organization().id.as_str()).then_some(Owner::Organization),
        (Some(true), None) => client.user().cloned().map(Owner::User),
        (Some(true), Some(id)) => UserId::parse(&id).map(Owner::User),
    };
    owner.finish_within(named).map_err(|errors| {
        let unknown = || FieldError::new("id", "unknown", "There is no such owner.");
        errors.into_iter().next().unwrap_or_else(unknown)
    })
}

/// Whether the type of an owner is `user`.
fn owner_type(word: &str) -> Option<bool> {
    match word {
        "organization" => Some(false),
        "user" => Some(true),
        _ => None,
    }
}

/// What a client makes belongs to whom it belongs to itself.
pub fn owner_of(client: &ApiClient) -> Owner {
    client.user().cloned().map_or(Owner::Organization, Owner::User)
}

fn read_scopes(scopes: &[String], organization: &Organization) -> Result<Scopes, FieldError> {
    let scopes = Scopes::from_list(scopes.iter().map(String::as_str)).map_err(refused)?;
    scopes.check_for_key(&organization.policy.scopes).map_err(refused)?;
    Ok(scopes)
}

/// Reads an instant, or `null`.
///
/// # Errors
/// When it is neither.
pub fn instant_or_null(value: input::Value) -> Result<Option<Timestamp>, FieldError> {
    if value == input::Value::Null { Ok(None) } else { page::instant(value).map(Some) }
}

/// `GET /api/v1/keys/{client_id}`: one key, in whatever state it is.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn get(State(service): State<Service>, caller: Caller, named: NamedKey) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:read")?;
    let key = service.key(&client, &named.client_id()?).await?.ok_or(ApiError::NotFound)?;
    Ok(answer(&key, &client, service.now()))
}

/// A key with its tag.
pub fn answer(key: &ApiKey, client: &ApiClient, now: Timestamp) -> Response {
    ([(header::ETAG, conditional::etag(key))], Json(shown(key, client, now))).into_response()
}

/// The answer to a request that was sent before: without the secret.
pub fn replayed(key: &ApiKey, client: &ApiClient, now: Timestamp) -> Response {
    ([conditional::REPLAYED], answer(key, client, now)).into_response()
}

/// The answer to a request that made a key.
pub fn created(key: &ApiKey, shown: &Value) -> Response {
    let location = format!("/api/v1/keys/{}", key.client_id);
    let tag = conditional::etag(key).to_str().map(str::to_owned).unwrap_or_default();
    (StatusCode::CREATED, [(header::LOCATION, location), (header::ETAG, tag)], Json(shown)).into_response()
}

/// A key as the API shows it.
pub fn shown(key: &ApiKey, client: &ApiClient, now: Timestamp) -> Value {
    representation::key(key, &client.organization().id, now)
}

/// The one form of a key that holds its secret.
pub fn with_secret(mut shown: Value, issued: &IssuedKey) -> Value {
    shown["client_secret"] = Value::from(issued.secret.expose());
    shown
}
