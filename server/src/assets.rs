//! The files for browsers, inside the binary: named by their content, compressed when they were built.

use std::collections::BTreeMap;

use app::shell;
use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$KEYLINE_SITE_DIR"]
#[allow_missing = true]
struct Site;

/// The URLs of the files every page refers to; empty ones if the site was not built.
///
/// # Panics
/// When the manifest of a built site is not one.
#[must_use]
pub fn urls() -> shell::Assets {
    let manifest: BTreeMap<String, String> = Site::get("manifest.json")
        .map(|file| serde_json::from_slice(&file.data).expect("the build writes names and paths"))
        .unwrap_or_default();
    let url = |name: &str| manifest.get(name).map(|path| format!("/{path}")).unwrap_or_default();
    shell::Assets {
        css: url("main.css"),
        js: url("keyline.js"),
        wasm: url("keyline.wasm"),
        boot: url("boot.js"),
        favicon: url("favicon.svg"),
        sans: url("sans.woff2"),
    }
}

/// Answers `GET /pkg/{file}`.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(content_type) = content_type(&file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some((encoding, found)) = find(&format!("pkg/{file}"), &headers) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = etag(&found);
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|known| lists(known, &etag));
    let mut response =
        if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(found.data).into_response() };
    let mut set = |name: HeaderName, value: &str| {
        response.headers_mut().insert(name, HeaderValue::from_str(value).expect("made of ASCII here"));
    };
    set(header::CONTENT_TYPE, content_type);
    set(header::ETAG, &etag);
    set(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    set(header::VARY, "Accept-Encoding");
    if let Some(encoding) = encoding {
        set(header::CONTENT_ENCODING, encoding.name());
    }
    response
}

/// The only kinds of file there are; the compressed ones have no address of their own.
fn content_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "wasm" => Some("application/wasm"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Best first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

fn find(path: &str, headers: &HeaderMap) -> Option<(Option<Encoding>, EmbeddedFile)> {
    Encoding::ALL
        .into_iter()
        .filter(|encoding| accepts(headers, encoding.name()))
        .find_map(|encoding| Some((Some(encoding), Site::get(&format!("{path}{}", encoding.suffix()))?)))
        .or_else(|| Some((None, Site::get(path)?)))
}

/// RFC 9110 §12.5.3, for codings a client names; `*` is left alone, the plain file does for everyone.
pub fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let parts = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    parts.flat_map(|value| value.split(',')).any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight| weight > 0.0)
    })
}

/// Each coding is a file with a hash of its own, as a strong validator must be.
fn etag(file: &EmbeddedFile) -> String {
    let hash: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

fn lists(known: &HeaderValue, etag: &str) -> bool {
    known.to_str().is_ok_and(|known| {
        known.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_coding_is_used_only_if_the_client_takes_it() {
        for (value, brotli) in [
            ("br", true),
            ("gzip, deflate, br", true),
            ("gzip;q=1.0, BR;q=0.5", true),
            ("br;q=0", false),
            ("br; q=0.000, gzip", false),
            ("br;q=high", false),
            ("*", false),
            ("gzip", false),
            ("", false),
        ] {
            assert_eq!(accepts(&accept(value), "br"), brotli, "{value:?}");
        }
        assert!(!accepts(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_known_tag_is_found_in_a_list() {
        let known = HeaderValue::from_static("\"a\", W/\"b\"");
        assert!(lists(&known, "\"a\"") && lists(&known, "\"b\"") && !lists(&known, "\"c\""));
        assert!(lists(&HeaderValue::from_static("*"), "\"c\""));
    }

    #[test]
    fn compressed_files_have_no_address() {
        assert!(content_type("main.0123.css").is_some());
        assert!(content_type("main.0123.css.br").is_none() && content_type("manifest").is_none());
    }
}
