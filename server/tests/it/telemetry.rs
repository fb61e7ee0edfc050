//! What every request passes first.

use std::net::SocketAddr;

use axum::{
    Extension, Router,
    body::Body,
    http::{Request, Response},
    routing::get,
};
use server::{
    client_address::{ClientAddress, TrustedProxies},
    listen::{Deadlines, Peer},
    passage,
    telemetry::RequestId,
};
use tower::ServiceExt;

async fn answer(router: Router, request: Request<Body>) -> (Response<()>, String) {
    let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap()]);
    let response = passage::before(router, proxies, Deadlines::default()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
}

fn request_id(response: &Response<()>) -> &str {
    response.headers()["x-request-id"].to_str().unwrap()
}

#[tokio::test]
async fn every_answer_carries_our_own_request_id() {
    let router = || Router::new().route("/", get(async |Extension(id): Extension<RequestId>| id.as_str().to_owned()));
    let request = || Request::get("/").header("x-request-id", "forged").body(Body::empty()).unwrap();
    let (first, body) = answer(router(), request()).await;
    assert_eq!(request_id(&first), body);
    assert!(body.len() == 32 && body.bytes().all(|byte| byte.is_ascii_hexdigit()), "{body}");
    let (second, _) = answer(router(), request()).await;
    assert_ne!(request_id(&first), request_id(&second));
    let (missing, _) = answer(router(), Request::get("/missing").body(Body::empty()).unwrap()).await;
    assert_eq!((missing.status().as_u16(), request_id(&missing).len()), (404, 32));
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    async fn broken() {
        panic!("a defect")
    }
    for (path, says) in [
        ("/", "Keyline did not come to an answer."),
        ("/oauth/token", r#""error":"server_error""#),
        ("/api/v1/keys", r#""code":"server_error""#),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (response, body) = answer(Router::new().route(path, get(broken)), request).await;
        assert_eq!((response.status().as_u16(), request_id(&response).len()), (500, 32));
        assert!(body.contains(says), "{body}");
    }
}

#[tokio::test]
async fn handlers_see_the_client() {
    let router = Router::new().route("/", get(async |Extension(client): Extension<ClientAddress>| client.to_string()));
    let request = Request::get("/")
        .header("x-forwarded-for", "203.0.113.9")
        .extension(Peer(SocketAddr::from(([10, 0, 0, 1], 4711))))
        .body(Body::empty())
        .unwrap();
    assert_eq!(answer(router, request).await.1, "203.0.113.9");
}
