//! The files for browsers, as the binary under test holds them.

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
    routing::get,
};
use server::assets;
use tower::ServiceExt;

async fn fetch(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let router = Router::new().route("/pkg/{file}", get(assets::serve));
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in ["/pkg/missing.css", "/pkg/..%2Fmanifest.json", "/pkg/..%2F..%2FCargo.toml", "/pkg/main"] {
        assert_eq!(fetch(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn built_files_are_compressed_and_cached_for_ever() {
    let css = assets::urls().css;
    if css.is_empty() {
        return; // the site was not built
    }
    for (accepted, encoding) in [("gzip, br", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
        let response = fetch(&css, &[("accept-encoding", accepted)]).await;
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("content-encoding"), encoding);
        assert_eq!(header("content-type"), Some("text/css; charset=utf-8"));
        assert_eq!(header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(header("vary"), Some("Accept-Encoding"));
        let etag = header("etag").unwrap();
        let again = fetch(&css, &[("accept-encoding", accepted), ("if-none-match", etag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
    assert_eq!(fetch(&format!("{css}.br"), &[]).await.status(), StatusCode::NOT_FOUND);
}
