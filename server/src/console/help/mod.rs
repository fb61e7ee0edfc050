//! Help: the guides of `docs/guide` as pages, as the Markdown they are written in, and with the operations of the API as an
//! index for programs that read. Open to everybody.

mod guide;

use app::pages::{
    Page,
    help::{GuideLink, HelpView},
};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use rust_embed::RustEmbed;

use self::guide::Guide;
use super::page::{self, PageError};
use crate::{
    api::openapi,
    state::{AppState, Site},
};

/// The guides in the order in which people need them.
const ORDER: [&str; 12] = [
    "first-key",
    "how-authentication-works",
    "rotate",
    "own-keys",
    "verify-tokens",
    "manage-keys",
    "many-keys",
    "people",
    "policies",
    "sessions",
    "keyboard",
    "operations",
];

const MARKDOWN: &str = "text/markdown; charset=utf-8";

#[derive(RustEmbed)]
#[folder = "../docs/pictures"]
struct Pictures;

/// `GET /help`.
pub async fn first() -> Redirect {
    Redirect::to(&app::routes::guide(ORDER[0]))
}

/// `GET /help/{guide}`: a page, or with `.md` behind its name the text as it is written.
pub async fn show(State(state): State<AppState>, Path(name): Path<String>) -> Result<Response, PageError> {
    let site = &state.site;
    if let Some(slug) = name.strip_suffix(".md") {
        let guide = find(site, slug)?;
        return Ok(([(header::CONTENT_TYPE, MARKDOWN)], guide.markdown).into_response());
    }
    let shown = find(site, &name)?;
    let view = HelpView {
        product: site.product.clone(),
        guides: links().collect(),
        shown: link(shown.slug),
        html: shown.html(),
    };
    Ok(page::render(site, StatusCode::OK, Page::Help(Box::new(view))))
}

/// `GET /help/pictures/{file}`.
pub async fn picture(Path(file): Path<String>) -> Result<Response, PageError> {
    let picture = Pictures::get(&file).filter(|_| file.ends_with(".png")).ok_or_else(PageError::not_found)?;
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((headers, picture.data).into_response())
}

/// `GET /llms.txt`: everything there is to read, as Markdown. <https://llmstxt.org>
pub async fn index(State(state): State<AppState>) -> Response {
    let site = &state.site;
    let origin = site.public_url.origin();
    let guides = links().map(|guide| (guide.title, format!("{}.md", app::routes::guide(&guide.slug))));
    let line = |(title, path): (String, String)| format!("- [{title}]({origin}{path})\n");
    let text = format!(
        "# {}\n\n> API keys of an organization, and the access tokens they are exchanged for.\n\n## Guides\n\n{}\n## API\n\n{}{}",
        site.product,
        guides.map(line).collect::<String>(),
        line(("OpenAPI 3.1".to_owned(), "/api/v1/openapi.json".to_owned())),
        openapi::pages_as_markdown().map(line).collect::<String>(),
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

fn links() -> impl Iterator<Item = GuideLink> {
    ORDER.into_iter().map(link)
}

fn find(site: &Site, slug: &str) -> Result<Guide, PageError> {
    let slug = ORDER.iter().find(|known| **known == slug).ok_or_else(PageError::not_found)?;
    Guide::read(slug, site.public_url.origin()).ok_or_else(PageError::not_found)
}

fn link(slug: &str) -> GuideLink {
    GuideLink { slug: slug.to_owned(), title: guide::title(slug).unwrap_or_default() }
}
