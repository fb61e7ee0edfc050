//! Pages are compressed: with brotli as a whole, with gzip by the library. The library's brotli keeps a window of four
//! megabytes for each page that is on its way, whatever its length.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header},
    middleware::Next,
    response::Response,
};
use brotli::enc::BrotliEncoderParams;
use tower_http::compression::{CompressionLayer, predicate::Predicate};

use crate::assets;

/// Costs about a millisecond for a list of fifty keys.
const QUALITY: i32 = 5;

/// 256 KiB, two to the power of this: more than a list of a hundred keys has.
const WINDOW: i32 = 18;

/// Compresses pages for whoever takes brotli.
pub async fn brotli(request: Request, next: Next) -> Response {
    let accepted = assets::accepts(request.headers(), "br");
    let response = next.run(request).await;
    if !accepted || !may_be_compressed(response.status(), response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let page = to_bytes(body, usize::MAX).await.expect("pages are made as a whole");
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    parts.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(compressed(&page)))
}

fn compressed(page: &Bytes) -> Vec<u8> {
    let parameters = BrotliEncoderParams {
        quality: QUALITY,
        lgwin: WINDOW,
        size_hint: page.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &page[..], &mut compressed, &parameters).expect("memory takes everything");
    compressed
}

/// Compresses them for whoever takes gzip and not brotli.
pub fn gzip() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().no_br().compress_when(
        |status: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| may_be_compressed(status, headers),
    )
}

/// A page that shows a secret is sent as it is, so that its length says nothing about the secret beside what a request
/// put on the page. The hidden values of other pages are drawn anew for each.
fn may_be_compressed(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    is_page && status != StatusCode::CREATED
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, response::Html, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, takes: &'static str) -> (HeaderMap, Bytes) {
        let page = || "<p>Billing sync</p>".repeat(500);
        let router = Router::new()
            .route("/", get(async move || Html(page())))
            .route("/secret", get(async move || (StatusCode::CREATED, Html(page()))))
            .layer(middleware::from_fn(brotli))
            .layer(gzip());
        let request = Request::get(path).header(header::ACCEPT_ENCODING, takes);
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.headers, to_bytes(body, usize::MAX).await.unwrap())
    }

    #[tokio::test]
    async fn pages_are_compressed_as_is_taken() {
        let plain = ask("/", "identity").await.1;
        for (takes, coding) in
            [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", "")]
        {
            let (headers, body) = ask("/", takes).await;
            let sent = headers.get(header::CONTENT_ENCODING).map_or("", |coding| coding.to_str().unwrap());
            assert_eq!(sent, coding, "{takes}");
            assert_eq!(body.len() < plain.len(), !coding.is_empty(), "{takes}");
            if coding == "br" {
                let mut read = Vec::new();
                brotli::BrotliDecompress(&mut &body[..], &mut read).unwrap();
                assert_eq!(read, plain);
                assert_eq!(headers[header::VARY], "accept-encoding");
            }
        }
    }

    #[tokio::test]
    async fn what_shows_a_secret_is_left_alone() {
        let (headers, _) = ask("/secret", "br, gzip").await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
    }
}
