//! `/api/v1/keys/{client_id}/…`: what is done to a key.

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{field::FieldError, name::Description};
use service::{
    Service,
    keys::{GRACE_MAX_S, Rotated, Rotation},
    store::IssuedTokens,
};

use super::{
    bearer::Caller,
    conditional::{self, IdempotencyKey, IfMatch},
    input::{Input, Value, refused},
    keys::{answer, instant_or_null, replayed, shown, with_secret},
    path::NamedKey,
    problem::ApiError,
};

/// `POST …/suspend`: refuses the key until it is re-approved.
///
/// # Errors
/// A key whose state does not allow it, or that was changed; members that must be mended.
pub async fn suspend(
    State(service): State<Service>,
    caller: Caller,
    named: NamedKey,
    if_match: IfMatch,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let client_id = named.client_id()?;
    let mut input = Input::from_optional_body(&headers, body).await?;
    let reason = input.optional("reason", |value| Description::parse(&value.text()?).map_err(refused));
    let issued_tokens = read_issued_tokens(&mut input);
    let reason = input.finish(Some(reason))?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    let key = service.suspend_key(&client, &client_id, reason.as_ref(), issued_tokens, revision).await??;
    Ok(answer(&key, &client, service.now()))
}

/// `POST …/reapprove`: lets a suspended key work again, until its end.
///
/// # Errors
/// A key whose state does not allow it, or that was changed.
pub async fn reapprove(
    State(service): State<Service>,
    caller: Caller,
    named: NamedKey,
    if_match: IfMatch,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let client_id = named.client_id()?;
    Input::from_optional_body(&headers, body).await?.finish(Some(()))?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    let key = service.reapprove_key(&client, &client_id, revision).await??;
    Ok(answer(&key, &client, service.now()))
}

/// `POST …/end-previous-secret`: ends the secret before the present one now.
///
/// # Errors
/// A key without a previous secret that works, or that was changed.
pub async fn end_previous_secret(
    State(service): State<Service>,
    caller: Caller,
    named: NamedKey,
    if_match: IfMatch,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let client_id = named.client_id()?;
    Input::from_optional_body(&headers, body).await?.finish(Some(()))?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    let key = service.end_previous_secret(&client, &client_id, revision).await??;
    Ok(answer(&key, &client, service.now()))
}

/// `POST …/rotate`: a new secret, in this answer only. The old one works until the grace is over.
///
/// # Errors
/// A key whose state does not allow it, or that was changed; an end the caller may not set.
pub async fn rotate(
    State(service): State<Service>,
    caller: Caller,
    named: NamedKey,
    if_match: IfMatch,
    IdempotencyKey(once): IdempotencyKey,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let client = caller.with_scope("keys:write")?;
    let client_id = named.client_id()?;
    let input = Input::from_optional_body(&headers, body).await?;
    let rotation = read_rotation(input)?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    match service.rotate_key(&client, &client_id, rotation, once, revision).await?? {
        Rotated::Issued(issued) => {
            let shown = with_secret(shown(&issued.key, &client, service.now()), &issued);
            Ok(([(header::ETAG, conditional::etag(&issued.key))], Json(shown)).into_response())
        }
        Rotated::Replayed(key) => Ok(replayed(&key, &client, service.now())),
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
) -> Result<Response, ApiError> {
    let (client, mut input) = caller.with_query("keys:write")?;
    let client_id = named.client_id()?;
    let issued_tokens = read_issued_tokens(&mut input);
    input.finish(Some(()))?;
    let revision = if_match.revision(&service, &client, &client_id).await?;
    service.revoke_key(&client, &client_id, issued_tokens, revision).await??;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn read_issued_tokens(input: &mut Input) -> IssuedTokens {
    let issued = input.optional("issued_tokens", |value| value.word(IssuedTokens::parse, "run_out or stop"));
    issued.unwrap_or(IssuedTokens::RunOut)
}
