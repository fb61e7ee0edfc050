//! What makes a request conditional: the `ETag` of each answer, `If-Match` and `If-None-Match` (RFC 9110 §13.1), and
//! `Idempotency-Key`.

use std::convert::Infallible;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{key::ApiKey, secret::ClientId};
use service::{
    Failure, Service,
    authority::ApiClient,
    keys::{Once, UnderWay},
    master_key::hash_of,
};

use super::{input::Input, problem::ApiError};

/// Says that nothing was made anew.
pub const REPLAYED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));

/// Longest idempotency key, bytes.
const IDEMPOTENCY_KEY_MAX: usize = 255;

/// A revision that no key has.
const NEVER: i64 = -1;

/// What a key is recognised by until somebody changes it. Use does not count as a change.
pub fn etag(key: &ApiKey) -> HeaderValue {
    HeaderValue::from_str(&format!("\"r{}\"", key.revision)).expect("digits are a header value")
}

/// Gives an answer that has no tag yet that of its bytes. A client that has it already, as `If-None-Match` says, is not
/// sent them again.
pub async fn tagged(request: Request, next: Next) -> Response {
    let known = request.method().is_safe().then(|| request.headers().clone());
    let response = next.run(request).await;
    if !matches!(response.status(), StatusCode::OK | StatusCode::CREATED)
        || response.headers().contains_key(header::ETAG)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("answers here are made as a whole");
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash_of(&bytes)[..16]));
    parts.headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("base64url is a header value"));
    if known.is_some_and(|headers| names(&headers, &tag)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether `If-None-Match` names a tag. Weak and strong ones compare alike (RFC 9110 §13.1.2).
fn names(headers: &HeaderMap, tag: &str) -> bool {
    let tags =
        headers.get_all(header::IF_NONE_MATCH).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    tags.map(<[u8]>::trim_ascii)
        .any(|named| named == b"*" || named.strip_prefix(b"W/").unwrap_or(named) == tag.as_bytes())
}

/// The revisions that `If-Match` names; `None` where any will do.
pub struct IfMatch(Option<Vec<i64>>);

impl IfMatch {
    fn read(headers: &HeaderMap) -> Self {
        let headers: Vec<_> = headers.get_all(header::IF_MATCH).iter().collect();
        let tags: Vec<_> = headers.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
        if tags.iter().all(|tag| tag.trim_ascii() == b"*") {
            return Self(None);
        }
        Self(Some(tags.into_iter().filter_map(revision).collect()))
    }

    /// The revision that the key must have.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revision(
        &self,
        service: &Service,
        client: &ApiClient,
        client_id: &ClientId,
    ) -> Result<Option<i64>, Failure> {
        match self.0.as_deref() {
            None => Ok(None),
            Some([only]) => Ok(Some(*only)),
            Some(several) => {
                let key = service.key(client, client_id).await?;
                let present = key.map(|key| key.revision).filter(|present| several.contains(present));
                Ok(Some(present.unwrap_or(NEVER)))
            }
        }
    }
}

/// Reads a tag as [`etag`] makes it. Any other matches no key.
fn revision(tag: &[u8]) -> Option<i64> {
    let tag = std::str::from_utf8(tag).ok()?.trim();
    tag.strip_prefix("\"r")?.strip_suffix('"')?.parse().ok()
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(&parts.headers))
    }
}

/// What the client has named a request, to send it again without harm.
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// Reads the header.
    ///
    /// # Errors
    /// When it names nothing, or several things.
    pub fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let mut keys = headers.get_all("idempotency-key").iter();
        let Some(key) = keys.next() else { return Ok(Self(None)) };
        let text = key.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
        match text {
            Some(text) if (1..=IDEMPOTENCY_KEY_MAX).contains(&text.len()) && keys.next().is_none() => {
                Ok(Self(Some(text.to_owned())))
            }
            _ => Err(ApiError::Unreadable("Send one Idempotency-Key of 1 to 255 visible ASCII characters.")),
        }
    }

    /// What makes it harmless, given what is to be done and the body that says how.
    pub fn once(self, what: &str, body: &Input) -> Option<Once> {
        self.0.map(|key| Once::Header { key, request: hash_of(format!("{what}\0{}", body.said()).as_bytes()) })
    }
}

/// Keeps a second request of the same name out until what is returned is dropped.
///
/// # Errors
/// [`ApiError::StillRunning`].
pub fn begin(service: &Service, client: &ApiClient, once: Option<&Once>) -> Result<UnderWay, ApiError> {
    service.begin(client, once).ok_or(ApiError::StillRunning)
}
