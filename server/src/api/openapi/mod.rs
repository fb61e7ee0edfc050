//! The description of the API: OpenAPI 3.1 for programs, pages for people, Markdown for both. All three are made from the
//! same operations, which stand here by resource.

mod document;
mod keys;
mod operation;
mod others;
mod pages;
mod schemas;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::header,
    response::{Html, IntoResponse, Response},
};

use super::problem::ApiError;
use crate::state::Site;
use operation::Operation;

/// The page has a style sheet and nothing else.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Every operation, in the order in which people meet them.
fn operations() -> Vec<Operation> {
    let mut all: Vec<_> = [others::oauth(), keys::operations(), others::credentials(), others::organization()]
        .into_iter()
        .flatten()
        .collect();
    all.iter_mut().for_each(|operation| operation.answers.sort_by_key(|answer| answer.status));
    all
}

/// Title and address of each operation's page as Markdown.
pub fn pages_as_markdown() -> impl Iterator<Item = (String, String)> {
    operations().into_iter().map(|operation| (operation.summary.to_owned(), format!("/api/docs/{}.md", operation.id)))
}

/// `GET /api/v1/openapi.json`.
pub async fn openapi(State(site): State<Arc<Site>>) -> Response {
    Json(document::document(&operations(), site.public_url.origin())).into_response()
}

/// `GET /api/docs`.
pub async fn docs(State(site): State<Arc<Site>>) -> Response {
    let page = pages::html(&operations(), &site);
    ([(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)], Html(page)).into_response()
}

/// `GET /api/docs/{operation}`: one operation as Markdown, at its id with `.md`.
///
/// # Errors
/// [`ApiError::NotFound`].
pub async fn operation(
    State(site): State<Arc<Site>>,
    file: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let Path(file) = file.map_err(|_| ApiError::NotFound)?;
    let id = file.strip_suffix(".md").ok_or(ApiError::NotFound)?;
    let operation = operations().into_iter().find(|operation| operation.id == id).ok_or(ApiError::NotFound)?;
    let markdown = pages::markdown(&operation, site.public_url.origin());
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], markdown).into_response())
}
