//! Forms as browsers post them: bounded, of one media type, each field once.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use zeroize::Zeroizing;

use super::page::PageError;
use crate::state::AppState;

/// The fields of a posted form.
pub struct PostedForm(Vec<(String, Zeroizing<String>)>);

impl PostedForm {
    /// A field's value; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.sent(name).unwrap_or_default()
    }

    /// A field's value; `None` when it was not sent.
    pub fn sent(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let mut fields: Vec<(String, Zeroizing<String>)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let name = crate::oauth::decode(&pair[..equals])?.to_string();
            let value = crate::oauth::decode(pair.get(equals + 1..).unwrap_or_default())?;
            if fields.iter().any(|(field, _)| *field == name) {
                return None;
            }
            fields.push((name, value));
        }
        Some(Self(fields))
    }
}

impl FromRequest<AppState> for PostedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, PageError> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(PageError::unreadable(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let body = match Bytes::from_request(request, state).await {
            Ok(body) => body,
            Err(rejection) => return Err(PageError::unreadable(rejection.status())),
        };
        Self::parse(&body).ok_or_else(|| PageError::unreadable(StatusCode::BAD_REQUEST))
    }
}
