//! Forms as browsers post them: bounded, of one media type, each field once.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use zeroize::Zeroizing;

use super::page::PageError;
use crate::{form_body, state::AppState};

/// The field that holds the password which is asked for in between.
pub const PASSWORD: &str = "password";

/// The field that says that nothing is to be done with a form but keep it.
pub const KEEP: &str = "keep";
/// More ids than a body has room for.
const IDS_MAX: usize = 4096;

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

    /// What follows `prefix` in the names of the boxes that are ticked, separated by spaces.
    pub fn ticked(&self, prefix: &str) -> String {
        let ticked = self.0.iter().filter_map(|(field, _)| field.strip_prefix(prefix));
        ticked.collect::<Vec<_>>().join(" ")
    }

    /// What may wait in a page: every field but those that are for one request.
    pub fn typed(&self) -> Vec<(String, String)> {
        let typed = self.0.iter().filter(|(field, _)| ![PASSWORD, KEEP].contains(&field.as_str()));
        typed.map(|(field, value)| (field.clone(), value.to_string())).collect()
    }

    /// A form nobody has filled in.
    pub fn empty() -> Self {
        Self(Vec::new())
    }

    /// A form from what waited.
    pub fn from_typed(fields: Vec<(String, String)>) -> Self {
        Self(fields.into_iter().map(|(field, value)| (field, Zeroizing::new(value))).collect())
    }
}

impl FromRequest<AppState> for PostedForm {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, PageError> {
        let body = body_of(request, state).await?;
        form_body::parse(&body).map(Self).map_err(|_| PageError::unreadable(StatusCode::BAD_REQUEST))
    }
}

/// A posted form with a list of things that are ticked: `ids`, once for each.
pub struct PostedSelection {
    /// The other fields.
    pub form: PostedForm,
    /// What is ticked.
    pub ids: Vec<String>,
}

impl FromRequest<AppState> for PostedSelection {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, PageError> {
        let body = body_of(request, state).await?;
        let read = form_body::parse_with_list(&body, "ids", IDS_MAX);
        let (fields, ids) = read.map_err(|_| PageError::unreadable(StatusCode::BAD_REQUEST))?;
        Ok(Self { form: PostedForm(fields), ids })
    }
}

async fn body_of(request: Request, state: &AppState) -> Result<Bytes, PageError> {
    if !is_form(request.headers()) {
        return Err(PageError::unreadable(StatusCode::BAD_REQUEST));
    }
    Bytes::from_request(request, state).await.map_err(|rejection| PageError::unreadable(rejection.status()))
}

/// Whether a request says that it carries a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (essence, parameters) = content_type.split_once(';').map_or((content_type, None), |(e, p)| (e, Some(p)));
    let is_whole = parameters.is_none_or(|parameters| parameters.split(';').all(|parameter| parameter.contains('=')));
    is_whole && essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
