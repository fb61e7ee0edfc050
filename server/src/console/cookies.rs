//! Cookies that remember a person's choices from visit to visit. The session's is the session library's.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{self, InvalidHeaderValue},
};

/// How long a choice is remembered, seconds.
const REMEMBERED_S: u32 = 365 * 24 * 3600;

/// Every cookie of a request, by name; of one sent twice both.
pub fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// The first cookie of this name.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    all(headers).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// What makes a browser remember `value` for the pages under `path`.
///
/// # Errors
/// When there is something in it that does not belong into a header.
pub fn remember(name: &str, value: &str, path: &str, secure: bool) -> Result<HeaderValue, InvalidHeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::try_from(format!(
        "{name}={value}; Path={path}; Max-Age={REMEMBERED_S}; HttpOnly; SameSite=Lax{secure}"
    ))
}
