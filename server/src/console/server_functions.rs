//! The door of the server functions: who may call, with what.

use app::rpc::{self, RpcError};
use axum::{
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::{
    prelude::provide_context,
    server_fn::{self, error::FromServerFnError},
};

use super::{
    page::{PageError, RETRY_AFTER_S},
    session::SignedIn,
};
use crate::{
    state::AppState,
    telemetry::{self, RequestId},
};

/// `POST /_fn/{function}`: JSON from a signed-in person only. No function reads a query, and none is found by GET.
pub async fn run(State(state): State<AppState>, request: Request) -> Result<Response, PageError> {
    let known =
        server_fn::axum::server_fn_paths().any(|(path, method)| path == request.uri().path() && method == Method::POST);
    if !known {
        return Ok((StatusCode::NOT_FOUND, "There is no such function.").into_response());
    }
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !media_type.is_some_and(is_json) {
        return Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    }
    let (mut parts, body) = request.into_parts();
    let Some(person) = SignedIn::from_parts(&mut parts, &state.service).await? else {
        return Ok(json(StatusCode::UNAUTHORIZED, &RpcError::SessionEnded));
    };
    // With these, an answer could become a redirect to wherever the request says it comes from.
    parts.headers.remove(header::ACCEPT);
    parts.headers.remove(header::REFERER);
    let caller = rpc::Caller {
        visitor: person.visitor,
        session_id: person.session_id,
        reference: parts.extensions.get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
        report: |failure| telemetry::log_failure(failure),
    };
    let context = move || {
        provide_context(state.service.clone());
        provide_context(caller.clone());
    };
    let response = leptos_axum::handle_server_fns_with_context(context, Request::from_parts(parts, body)).await;
    Ok(response.into_response())
}

/// Whether a function is asked for there, if anything is.
pub fn is_at(path: &str) -> bool {
    path.starts_with("/_fn/")
}

/// What went wrong before a function was reached, in the form in which functions refuse.
pub fn refusal(error: PageError, reference: String) -> Response {
    let (status, error) = match error {
        PageError::Failed(failure) => {
            telemetry::log_failure(&*failure);
            let error = if failure.is_temporary() { RpcError::Busy } else { RpcError::Failed { reference } };
            (StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error)
        }
        PageError::Message(status, _) | PageError::Page(status, _) => match status {
            StatusCode::FORBIDDEN => (status, RpcError::Denied),
            StatusCode::NOT_FOUND => (status, RpcError::NotFound),
            _ => (status, RpcError::Unreadable),
        },
    };
    let mut response = json(status, &error);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
    }
    response
}

/// A refusal as the browser's side reads it.
pub fn json(status: StatusCode, error: &RpcError) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], error.ser()).into_response()
}

fn is_json(media_type: &str) -> bool {
    media_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
