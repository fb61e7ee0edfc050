//! `/auth/credentials`: keys in the shape of partners who manage theirs by program alone. Everything that a request does
//! not say is the caller's.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{
    field::FieldError,
    key::{ApiKey, Kind},
    name::{Description, Name},
    new_key,
    secret::ClientId,
    time::Timestamp,
};
use serde_json::json;
use service::{
    Service,
    authority::{ApiClient, KeyManager},
    keys::{Created, KeyWanted},
    store::{Direction, Edge, IssuedTokens, KeyFilter, KeyQuery, SortBy},
};

use super::{
    bearer::Caller,
    conditional::{self, IdempotencyKey},
    input::{self, Input, refused},
    keys::{created, instant_or_null, owner_of, with_secret},
    page,
    path::NamedKey,
    problem::ApiError,
};
use crate::representation;

/// What these keys are described as, since an organization may ask for a description and requests here have none.
const DESCRIPTION: &str = "Created through /auth/credentials.";

/// `POST /auth/credentials`: another pair like the caller's own.
///
/// # Errors
/// As for `/api/v1/keys`.
pub async fn create(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let idempotency_key = IdempotencyKey::read(&headers)?;
    let input = Input::from_body(&headers, body).await?;
    let once = idempotency_key.once("create a pair", &input);
    let _under_way = conditional::begin(&service, &client, once.as_ref())?;
    let now = service.now();
    let wanted = match read_wanted(input, &client) {
        Ok(wanted) => wanted,
        Err(refused) => return Ok(replayed(&service.made_before(&client, once).await?.ok_or(refused)?, now)),
    };
    let (environment, name) = (client.bearer().environment.clone(), wanted.name.clone());
    match service.create_key(&client, &environment, wanted, once).await? {
        Ok(Created::Issued(issued)) => {
            Ok(created(&issued.key, &with_secret(representation::credential(&issued.key, now), &issued)))
        }
        Ok(Created::Replayed(key)) => Ok(replayed(&key, now)),
        Err(refused) => Err(ApiError::not_created(refused, &environment, &name)),
    }
}

fn replayed(key: &ApiKey, now: Timestamp) -> Response {
    ([conditional::REPLAYED], Json(representation::credential(key, now))).into_response()
}

fn read_wanted(mut input: Input, client: &ApiClient) -> Result<KeyWanted, ApiError> {
    let organization = client.organization();
    let name = input.required("name", |value| Name::parse(&value.text()?).map_err(refused));
    // None is the caller's end, which may be none; none at all is refused where policy is against it.
    let expires_at = match input.optional("expires_at", instant_or_null) {
        Some(None) if !organization.policy.allow_no_expiration => None,
        wanted => wanted.flatten().or(client.bearer().key_expires_at),
    };
    let kind = new_key::kind(Kind::Client.as_str(), organization).map_err(|error| input.refuse(error)).ok();
    let made = name.zip(kind).map(|(name, kind)| KeyWanted {
        name,
        description: Description::parse(DESCRIPTION).expect("a description"),
        kind,
        owner: owner_of(client),
        scopes: client.bearer().scope.clone(),
        access_token_format: organization.policy.access_token_format,
        expires_at,
        suspend_on_sign_out: false,
    });
    input.finish(made)
}

/// `GET /auth/credentials`: newest first, those that no longer work too.
///
/// # Errors
/// A parameter that cannot be read.
pub async fn list(State(service): State<Service>, caller: Caller) -> Result<Response, ApiError> {
    let (client, mut input) = caller.with_query("keys:read")?;
    let limit = input.optional("limit", page::limit).unwrap_or(page::LIMIT);
    let after = input.optional("starting_after", input::Value::text);
    let after = input.finish(Some(after))?;
    let edge = match after {
        None => None,
        Some(text) => Some(Edge::After(known(&service, &client, &text).await?.client_id.into())),
    };
    let now = service.now();
    let query = KeyQuery {
        organization: client.organization().id.clone(),
        environment: None,
        owner: None,
        search: None,
        filter: KeyFilter::Every,
        sort: SortBy::Created,
        direction: Direction::Descending,
        edge,
        limit,
        counted: false,
        now,
    };
    let page = service.list_keys(&client, query).await?;
    let data: Vec<_> = page.keys.iter().map(|key| representation::credential(key, now)).collect();
    Ok(Json(json!({ "data": data, "has_more": page.has_next })).into_response())
}

/// The key that a page begins after.
async fn known(service: &Service, client: &ApiClient, text: &str) -> Result<ApiKey, ApiError> {
    let unknown =
        || ApiError::Invalid(vec![FieldError::new("starting_after", "unknown", "Use a client_id of the page before.")]);
    let client_id = ClientId::parse(text).ok_or_else(unknown)?;
    service.key(client, &client_id).await?.ok_or_else(unknown)
}

/// `DELETE /auth/credentials/{client_id}`: revokes a pair. Access tokens already issued run out.
///
/// # Errors
/// [`ApiError::NotFound`]; a key that is revoked already.
pub async fn revoke(State(service): State<Service>, caller: Caller, named: NamedKey) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    service.revoke_key(&client, &named.client_id()?, IssuedTokens::RunOut, None).await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}
