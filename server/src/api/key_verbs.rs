//! `/api/v1/keys/{client_id}` and below: what is done to a key.

use axum::{
    Json,
    extract::{FromRef, FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    field::FieldError,
    key::ApiKey,
    name::{Description, Name},
    organization::Organization,
    secret::ClientId,
};
use service::{
    Failure, Service,
    authority::{ApiClient, KeyManager},
    keys::{GRACE_MAX_S, Rotated, Rotation},
    store::IssuedTokens,
};

use super::{
    bearer::Caller,
    conditional::{self, IdempotencyKey, IfMatch},
    input::{Input, Value, refused},
    keys::{self, described, instant_or_null, replayed, shown, with_secret},
    path::NamedKey,
    problem::ApiError,
};

/// A key, and a client that may change keys: what every verb begins with.
pub struct KeyInHand {
    service: Service,
    client: ApiClient,
    client_id: ClientId,
    if_match: IfMatch,
}

impl KeyInHand {
    /// The revision that the key must have.
    async fn revision(&self) -> Result<Option<i64>, Failure> {
        self.if_match.revision(&self.service, &self.client, &self.client_id).await
    }

    /// The key as it is afterwards.
    fn answer(&self, key: &ApiKey) -> Response {
        keys::answer(key, &self.client, self.service.now())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for KeyInHand
where
    Service: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let client = Caller::from_request_parts(parts, state).await?.with_scope("keys:write")?;
        let Ok(named) = NamedKey::from_request_parts(parts, state).await;
        let Ok(if_match) = IfMatch::from_request_parts(parts, state).await;
        Ok(Self { service: Service::from_ref(state), client, client_id: named.client_id()?, if_match })
    }
}

/// A body that may be left out.
pub struct OptionalBody(Input);

impl<S: Send + Sync> FromRequest<S> for OptionalBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        Input::from_optional_body(&parts.headers, body).await.map(Self)
    }
}

/// `PATCH /api/v1/keys/{client_id}`: a new name or description.
///
/// # Errors
/// Members that must be mended; a name that is taken; a key that was changed or revoked.
pub async fn edit(key: KeyInHand, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let input = Input::from_body(&parts.headers, body).await?;
    let (name, description) = read_changes(input, key.client.organization())?;
    let revision = key.revision().await?;
    let edited = key.service.edit_key(&key.client, &key.client_id, name, description, revision).await??;
    Ok(key.answer(&edited))
}

fn read_changes(
    mut input: Input,
    organization: &Organization,
) -> Result<(Option<Name>, Option<Description>), ApiError> {
    let name = input.optional("name", |value| Name::parse(&value.text()?).map_err(refused));
    let description = input.optional("description", Value::text);
    let description = description.and_then(|text| described(&mut input, &text, organization));
    input.optional("expires_at", |_| -> Result<(), _> {
        Err(FieldError::new("", "not_editable", "A new expiration comes with rotate."))
    });
    let (name, description) = input.finish(Some((name, description)))?;
    if name.is_none() && description.is_none() {
        let nothing = FieldError::new("body", "required", "Say a new name, a new description, or both.");
        return Err(ApiError::Invalid(vec![nothing]));
    }
    Ok((name, description))
}

/// `POST …/suspend`: refuses the key until it is re-approved.
///
/// # Errors
/// A key whose state does not allow it, or that was changed; members that must be mended.
pub async fn suspend(key: KeyInHand, OptionalBody(mut input): OptionalBody) -> Result<Response, ApiError> {
    let reason = input.optional("reason", |value| Description::parse(&value.text()?).map_err(refused));
    let issued_tokens = read_issued_tokens(&mut input);
    let reason = input.finish(Some(reason))?;
    let revision = key.revision().await?;
    let (client, client_id) = (&key.client, &key.client_id);
    let suspended = key.service.suspend_key(client, client_id, reason.as_ref(), issued_tokens, revision).await??;
    Ok(key.answer(&suspended))
}

/// `POST …/reapprove`: lets a suspended key work again, until its end.
///
/// # Errors
/// A key whose state does not allow it, or that was changed.
pub async fn reapprove(key: KeyInHand, OptionalBody(input): OptionalBody) -> Result<Response, ApiError> {
    input.finish(Some(()))?;
    let reapproved = key.service.reapprove_key(&key.client, &key.client_id, key.revision().await?).await??;
    Ok(key.answer(&reapproved))
}

/// `POST …/end-previous-secret`: ends the secret before the present one now.
///
/// # Errors
/// A key without a previous secret that works, or that was changed.
pub async fn end_previous_secret(key: KeyInHand, OptionalBody(input): OptionalBody) -> Result<Response, ApiError> {
    input.finish(Some(()))?;
    let ended = key.service.end_previous_secret(&key.client, &key.client_id, key.revision().await?).await??;
    Ok(key.answer(&ended))
}

/// `POST …/rotate`: a new secret, in this answer only. The old one works until the grace is over.
///
/// # Errors
/// A key whose state does not allow it, or that was changed; an end the caller may not set.
pub async fn rotate(
    key: KeyInHand,
    headers: HeaderMap,
    OptionalBody(input): OptionalBody,
) -> Result<Response, ApiError> {
    let once = IdempotencyKey::read(&headers)?.once(&format!("rotate {}", key.client_id), &input);
    let _under_way = conditional::begin(&key.service, &key.client, once.as_ref())?;
    let rotation = read_rotation(input)?;
    let revision = key.revision().await?;
    let client = &key.client;
    let rotated = key.service.rotate_key(client, &key.client_id, rotation, once, revision).await??;
    // A secret that has just ended is not shown.
    let now = key.service.now();
    match rotated {
        Rotated::Issued(issued) => {
            let shown = with_secret(shown(&issued.key, client, now), &issued);
            Ok(([(header::ETAG, conditional::etag(&issued.key))], Json(shown)).into_response())
        }
        Rotated::Replayed(earlier) => Ok(replayed(&earlier, client, now)),
    }
}

fn read_rotation(mut input: Input) -> Result<Rotation, ApiError> {
    let grace_s = input.optional("grace_s", grace).unwrap_or_default();
    let issued_tokens = read_issued_tokens(&mut input);
    let expires_at = input.optional("expires_at", instant_or_null);
    input.finish(Some(Rotation { grace_s, expires_at, issued_tokens }))
}

fn grace(value: Value) -> Result<u32, FieldError> {
    let seconds = u32::try_from(value.whole_number()?).ok().filter(|seconds| *seconds <= GRACE_MAX_S);
    seconds.ok_or_else(|| FieldError::new("", "out_of_range", format!("Use 0 to {GRACE_MAX_S} seconds.")))
}

/// `DELETE /api/v1/keys/{client_id}`: refuses the key for good. It stays readable.
///
/// # Errors
/// A key that is revoked already, or was changed.
pub async fn revoke(
    State(service): State<Service>,
    caller: Caller,
    named: NamedKey,
    if_match: IfMatch,
    OptionalBody(body): OptionalBody,
) -> Result<Response, ApiError> {
    let (client, mut input) = caller.with_query("keys:write")?;
    let client_id = named.client_id()?;
    let issued_tokens = read_issued_tokens(&mut input);
    input.finish(Some(()))?;
    // What is asked for here is not done, and the key is gone for good.
    body.finish(Some(()))?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    service.revoke_key(&client, &client_id, issued_tokens, revision).await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn read_issued_tokens(input: &mut Input) -> IssuedTokens {
    let issued = input.optional("issued_tokens", |value| value.word(IssuedTokens::parse, "run_out or stop"));
    issued.unwrap_or(IssuedTokens::RunOut)
}
