//! The crate `oauth2` as a client: used as its documentation says, with nothing made to fit.

use std::convert::Infallible;

use axum::{body::Body, http::StatusCode};
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, IntrospectionUrl, RequestTokenError, RevocationUrl,
    Scope, StandardRevocableToken, TokenIntrospectionResponse, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponseType, BasicTokenType},
};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::App;

async fn send(app: &App, request: HttpRequest) -> Result<HttpResponse, Infallible> {
    let answer = app.send(request.map(Body::from)).await;
    let mut response = HttpResponse::new(answer.body.into_bytes());
    *response.status_mut() = StatusCode::from_u16(answer.status).expect("a status");
    *response.headers_mut() = answer.headers;
    Ok(response)
}

#[rstest]
#[tokio::test]
async fn the_crate_oauth2_gets_asks_about_and_ends_a_token(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(AuthType::BasicAuth, AuthType::RequestBody)] auth_type: AuthType,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read tokens:introspect").await;
    let client = |secret: &str| {
        let at = |path: &str| format!("https://keyline.example{path}");
        BasicClient::new(ClientId::new(key.key.client_id.to_string()))
            .set_client_secret(ClientSecret::new(secret.to_owned()))
            .set_auth_type(auth_type.clone())
            .set_token_uri(TokenUrl::new(at("/oauth/token")).expect("a URL"))
            .set_introspection_url(IntrospectionUrl::new(at("/oauth/introspect")).expect("a URL"))
            .set_revocation_url(RevocationUrl::new(at("/oauth/revoke")).expect("a URL"))
    };
    let http = |request| send(&app, request);

    let good = client(key.secret.expose());
    let wanted = Scope::new("tokens:introspect".to_owned());
    let answer = good.exchange_client_credentials().add_scope(wanted.clone()).request_async(&http).await;
    let answer = answer.expect("a token");
    assert_eq!((answer.token_type(), answer.scopes()), (&BasicTokenType::Bearer, Some(&vec![wanted])));
    assert_eq!(answer.expires_in().map(|lifetime| lifetime.as_secs()), Some(3_600));

    let token = answer.access_token();
    let is_active = async || {
        let asked = good.introspect(token).request_async(&http).await;
        asked.expect("an introspection").active()
    };
    assert!(is_active().await);
    let revocable = StandardRevocableToken::from(token);
    good.revoke_token(revocable).expect("a secure URL").request_async(&http).await.expect("revoked");
    assert!(!is_active().await);

    let refused = client("wrong").exchange_client_credentials().request_async(&http).await;
    let Err(RequestTokenError::ServerResponse(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.error(), &BasicErrorResponseType::InvalidClient);
}
