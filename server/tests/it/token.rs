//! The token endpoint, row by row.

use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{key::Kind, secret::ClientId};
use rstest::rstest;
use serde_json::Value;
use service::{keys::IssuedKey, store::IssuedTokens};
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, basic, form, operator};

const GRANT: &str = "grant_type=client_credentials";

fn with_basic(key: &IssuedKey) -> impl FnOnce(Builder) -> Builder + use<> {
    let value = basic(key.key.client_id.as_str(), key.secret.expose());
    move |request| request.header("authorization", value)
}

#[track_caller]
fn assert_token(answer: &Answer, expires_in: u64, scope: &str) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    let body = answer.json();
    let members: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(members, ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], expires_in);
    assert_eq!(body["scope"], scope);
    body["access_token"].as_str().expect("text").to_owned()
}

#[track_caller]
fn assert_error(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(code)), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(answer.header("www-authenticate").starts_with("Basic realm="), status == 401);
    assert!(answer.headers.get("access-control-allow-origin").is_none());
    // RFC 6749 §5.2.
    let description = answer.json()["error_description"].as_str().unwrap_or_default().to_owned();
    let allowed = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    assert!(code.bytes().chain(description.bytes()).all(allowed), "{description}");
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

#[rstest]
#[tokio::test]
async fn a_key_is_exchanged_for_a_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read keys:write").await;
    let token = assert_token(&app.send(form(GRANT, with_basic(&key))).await, 3600, "keys:read keys:write");
    let (header, claims) = (part(&token, 0), part(&token, 1));
    assert_eq!((&header["alg"], &header["typ"]), (&"ES256".into(), &"at+jwt".into()));
    let now = app.now().as_seconds();
    let jti = claims["jti"].as_str().expect("text").to_owned();
    let expected = serde_json::json!({
        "iss": "http://localhost:3000", "aud": "http://localhost:3000", "sub": key.key.client_id,
        "client_id": key.key.client_id, "iat": now, "exp": now + 3600, "jti": jti, "scope": "keys:read keys:write",
        "org": acme.id, "env": "production", "gen": 0,
    });
    assert_eq!(claims, expected);
    assert!(jti.len() >= 22);
    let again = assert_token(&app.send(form(GRANT, with_basic(&key))).await, 3600, "keys:read keys:write");
    assert_ne!(part(&again, 1)["jti"], jti.as_str());

    let keys = app.send(Request::get("/.well-known/jwks.json").body(Body::empty()).expect("a request")).await;
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    let jwk = &keys.json()["keys"][0];
    assert_eq!(jwk["kid"], header["kid"]);
    assert!(jwk.get("d").is_none());
    let point = [&[4], &*decode(&jwk["x"]), &*decode(&jwk["y"])].concat();
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).expect("base64url"))
        .expect("the published key verifies");
}

fn decode(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("text")).expect("base64url")
}

#[rstest]
#[tokio::test]
async fn every_way_to_authenticate(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let (id, secret) = (key.key.client_id.as_str(), key.secret.expose());
    let pair = format!("client_id={id}&client_secret={secret}&{GRANT}");
    let encoded = format!("client_id={id}&client_secret={}&{GRANT}", secret.replace('_', "%5f"));
    let value = basic(id, secret);
    let scheme = |name: &str| value.replacen("Basic", name, 1);
    let json = format!(r#"{{"client_id":"{id}","client_secret":"{secret}"}}"#);
    let full = format!(
        r#"{{"client_id":"{id}","client_secret":"{secret}","grant_type":"client_credentials","expires_in":3600,"scope":"keys:read"}}"#
    );
    let as_json = |body: &str| {
        Request::post("/oauth/token").header("content-type", "application/json").body(Body::from(body.to_owned()))
    };
    let accepted = [
        form(pair.clone(), |r| r),
        form(encoded, |r| r),
        form(format!("{GRANT}&foo=bar&audience=x"), |r| r.header("authorization", &value)),
        form(format!("scope=&expires_in=&{GRANT}"), |r| r.header("authorization", &value)),
        form(format!("{GRANT}&client_id={id}"), |r| r.header("authorization", &value)),
        form(GRANT, |r| r.header("authorization", scheme("basic"))),
        form(GRANT, |r| r.header("authorization", scheme("BASIC"))),
        form(GRANT, |r| r.header("authorization", format!("Bearer {secret}"))),
        Request::post("/oauth/token")
            .header("authorization", format!("Bearer {secret}"))
            .body(Body::empty())
            .expect("ok"),
        Request::post("/oauth/token")
            .header("authorization", format!("Bearer {secret}"))
            .header("content-type", "application/json")
            .body(Body::empty())
            .expect("ok"),
        Request::post("/auth/token")
            .header("authorization", &value)
            .header("content-type", "APPLICATION/X-WWW-FORM-URLENCODED; charset=UTF-8")
            .body(Body::from(GRANT))
            .expect("ok"),
        as_json(&json).expect("ok"),
        as_json(&full).expect("ok"),
    ];
    for (index, request) in accepted.into_iter().enumerate() {
        let answer = app.send(request).await;
        assert_eq!(answer.status, 200, "{index}: {}", answer.body);
        assert_token(&answer, 3600, "keys:read");
    }
}

#[rstest]
#[tokio::test]
async fn every_refused_authentication_reads_the_same(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let other = app.key(&acme, "Other", "").await;
    let removed = app.key(&acme, "Removed", "").await;
    let expired = app.key_with(&acme, "Expired", "", Kind::Client, Some(app.now().plus_seconds(60))).await;
    let revoked = app.revoke(&acme, &removed, IssuedTokens::RunOut);
    revoked.await;
    app.pass(60);
    let (id, secret) = (key.key.client_id.as_str(), key.secret.expose());
    let wrong = format!("{}0", &secret[..secret.len() - 1]);
    let unknown = format!("kl_ci_{}", "0".repeat(26));
    assert!(ClientId::parse(&unknown).is_some());
    let refused = [
        Some(basic(id, &wrong)),
        Some(basic(id, other.secret.expose())),
        Some(basic(&unknown, secret)),
        Some(basic(removed.key.client_id.as_str(), removed.secret.expose())),
        Some(basic(expired.key.client_id.as_str(), expired.secret.expose())),
        Some(basic(id, "")),
        Some(basic(id, &secret.replace('_', "%255F"))),
        Some("Basic !!!notb64".to_owned()),
        Some("Basic /w==".to_owned()),
        Some("Basic".to_owned()),
        Some("Basic bm9jb2xvbg==".to_owned()),
        Some("Bearer x".to_owned()),
        Some("Digest username=x".to_owned()),
        Some("Negotiate YII=".to_owned()),
        None,
    ];
    let mut bodies = Vec::new();
    for (index, authorization) in refused.into_iter().enumerate() {
        let answer = app.send(form(GRANT, |request| match &authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        }));
        let answer = answer.await;
        assert_eq!(answer.status, 401, "{index}: {}", answer.body);
        assert_error(&answer, 401, "invalid_client");
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        bodies.push((headers, answer.body));
    }
    for body in [format!("client_id={id}&client_secret={wrong}&{GRANT}"), format!("client_id={id}&{GRANT}")] {
        let answer = app.send(form(body, |request| request)).await;
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        bodies.push((headers, answer.body));
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[rstest]
#[tokio::test]
async fn malformed_requests(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let other = app.key(&acme, "Other", "").await;
    let (id, secret) = (key.key.client_id.as_str(), key.secret.expose());
    let twice = |parameter: &str| format!("{GRANT}&{parameter}&{parameter}");
    let rows = [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=authorization_code", "unsupported_grant_type"),
        ("grant_type=refresh_token", "unsupported_grant_type"),
        ("grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type"),
        ("grant_type=CLIENT_CREDENTIALS", "unsupported_grant_type"),
        (&format!("{GRANT}&{GRANT}"), "invalid_request"),
        (&twice("scope=keys:read"), "invalid_request"),
        (&twice(&format!("client_id={id}")), "invalid_request"),
        (&twice("expires_in=60"), "invalid_request"),
        (&format!("{GRANT}&client_secret={secret}"), "invalid_request"),
        (&format!("{GRANT}&client_id={}", other.key.client_id), "invalid_request"),
        (&format!("{GRANT}&x=%zz"), "invalid_request"),
        (&format!("{GRANT}&x=%ff"), "invalid_request"),
        (&format!("{GRANT}&x=%00"), "invalid_request"),
        (&format!("{GRANT}&scope=admin"), "invalid_scope"),
        (&format!("{GRANT}&scope=keys:read+admin"), "invalid_scope"),
        (&format!("{GRANT}&scope=*"), "invalid_scope"),
        (&format!("{GRANT}&scope=keys:*"), "invalid_scope"),
        (&format!("{GRANT}&scope=%22keys:read%22"), "invalid_scope"),
        (&format!("{GRANT}&scope=keys:read%5C"), "invalid_scope"),
        (&format!("{GRANT}&scope=k%C3%A9ys"), "invalid_scope"),
        (&format!("{GRANT}&scope=keys:read++keys:read"), "invalid_scope"),
        (&format!("{GRANT}&scope=+keys:read"), "invalid_scope"),
        (&format!("{GRANT}&scope=keys:read%09"), "invalid_scope"),
        (&format!("{GRANT}&scope={}", "x".repeat(5_000)), "invalid_scope"),
        (&format!("{GRANT}&expires_in=29"), "invalid_request"),
        (&format!("{GRANT}&expires_in=3601"), "invalid_request"),
        (&format!("{GRANT}&expires_in=0"), "invalid_request"),
        (&format!("{GRANT}&expires_in=-1"), "invalid_request"),
        (&format!("{GRANT}&expires_in=0x1e"), "invalid_request"),
        (&format!("{GRANT}&expires_in=30.0"), "invalid_request"),
        (&format!("{GRANT}&expires_in=30+"), "invalid_request"),
        (&format!("{GRANT}&expires_in=%D9%A3%D9%A0"), "invalid_request"),
        (&format!("{GRANT}&expires_in=99999999999999999999"), "invalid_request"),
        (&format!("{GRANT}&expires_in=%2B30"), "invalid_request"),
        (&format!("{GRANT}&expires_in=+30"), "invalid_request"),
        (&format!("{GRANT}&expires_in=3e2"), "invalid_request"),
    ];
    for (body, code) in rows {
        let answer = app.send(form(body, with_basic(&key))).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        assert_error(&answer, 400, code);
    }
    let value = basic(id, secret);
    let send = |uri: &str, content_type: Option<&str>, body: &str| {
        let mut request = Request::post(uri).header("authorization", &value);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        app.send(request.body(Body::from(body.to_owned())).expect("a request"))
    };
    let urlencoded = Some("application/x-www-form-urlencoded");
    assert_error(&send("/oauth/token", Some("multipart/form-data; boundary=x"), GRANT).await, 400, "invalid_request");
    assert_error(&send("/oauth/token", Some("text/plain"), GRANT).await, 400, "invalid_request");
    assert_error(&send("/oauth/token", None, GRANT).await, 400, "invalid_request");
    for media_type in [None, Some("text/plain"), Some("application/json")] {
        let wrong = Request::post("/oauth/token").header("authorization", basic(id, "wrong"));
        let wrong =
            media_type.into_iter().fold(wrong, |request, media_type| request.header("content-type", media_type));
        assert_error(&app.send(wrong.body(Body::empty()).expect("a request")).await, 400, "invalid_request");
        let nobody = media_type
            .into_iter()
            .fold(Request::post("/oauth/token"), |request, media_type| request.header("content-type", media_type));
        assert_error(&app.send(nobody.body(Body::empty()).expect("a request")).await, 400, "invalid_request");
    }
    assert_error(&send("/oauth/token?grant_type=client_credentials", urlencoded, GRANT).await, 400, "invalid_request");
    assert_error(&send("/oauth/token?client_secret=x", urlencoded, GRANT).await, 400, "invalid_request");
    assert_error(&send("/oauth/token", Some("application/json"), "{").await, 400, "invalid_request");
    let doubled = format!(r#"{{"client_id":"{id}","client_id":"{id}","client_secret":"{secret}"}}"#);
    let trailing = format!(r#"{{"client_id":"{id}","client_secret":"{secret}"}} x"#);
    for json in [&*doubled, &*trailing, r#"{"client_id":1,"client_secret":[]}"#, "[]"] {
        let request = Request::post("/oauth/token").header("content-type", "application/json");
        let answer = app.send(request.body(Body::from(json.to_owned())).expect("a request")).await;
        assert_error(&answer, 400, "invalid_request");
    }
    for body in [
        format!("client_id={id}&client_secret={secret}&client_secret={secret}&{GRANT}"),
        format!("client_id={id}&client_id={id}&client_secret={secret}&{GRANT}"),
    ] {
        assert_error(&app.send(form(body, |request| request)).await, 400, "invalid_request");
    }
    let query = format!("/oauth/token?client_id={id}&client_secret={secret}&{GRANT}");
    let in_query = Request::post(&query).body(Body::empty()).expect("a request");
    assert_error(&app.send(in_query).await, 400, "invalid_request");
    let large = format!("{GRANT}&x={}", "x".repeat(16 * 1024));
    assert_error(&send("/oauth/token", urlencoded, &large).await, 413, "invalid_request");
    let two = form(GRANT, |request| request.header("authorization", &value).header("authorization", &value));
    assert_error(&app.send(two).await, 400, "invalid_request");
    for method in ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "OPTIONS"] {
        let request = Request::builder().method(method).uri("/oauth/token").body(Body::empty()).expect("a request");
        let answer = app.send(request).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{method}");
    }
}

#[tokio::test]
async fn no_other_origin_reads_a_token() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let foreign = |request: Builder| request.header("origin", "https://evil.test");
    let issued = app.send(form(GRANT, |request| with_basic(&key)(foreign(request)))).await;
    let preflight = foreign(Request::builder().method("OPTIONS").uri("/oauth/token"))
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization");
    let preflight = app.send(preflight.body(Body::empty()).expect("a request")).await;
    for (answer, status) in [(issued, 200), (preflight, 405)] {
        assert_eq!(answer.status, status);
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
    }
}

#[rstest]
#[tokio::test]
async fn a_body_is_decoded_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let (id, secret) = (key.key.client_id.as_str(), key.secret.expose());
    for (written, status) in [
        (secret.replace('_', "%5F"), 200),
        (secret.replace('_', "%5f"), 200),
        (secret.replace('_', "%255F"), 401),
        (format!("+{secret}"), 401),
        (format!("{secret}%2B"), 401),
    ] {
        let answer = app.send(form(format!("client_id={id}&client_secret={written}&{GRANT}"), |request| request)).await;
        assert_eq!(answer.status, status, "{written}");
    }
}

#[rstest]
#[tokio::test]
async fn lifetimes_and_scopes(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "keys:read keys:write").await;
    for seconds in [30, 31, 3600] {
        let answer = app.send(form(format!("{GRANT}&expires_in={seconds}&scope=keys:read"), with_basic(&key))).await;
        let claims = part(&assert_token(&answer, seconds, "keys:read"), 1);
        assert_eq!(claims["exp"].as_u64().expect("a number") - claims["iat"].as_u64().expect("a number"), seconds);
    }
    let scopes = form(format!("{GRANT}&scope=keys:write+keys:read+keys:write"), with_basic(&key));
    assert_token(&app.send(scopes).await, 3600, "keys:read keys:write");

    let ending = app.key_with(&acme, "Ending", "", Kind::Client, Some(app.now().plus_seconds(3))).await;
    let claims = part(&assert_token(&app.send(form(GRANT, with_basic(&ending))).await, 3, ""), 1);
    assert_eq!(claims["aud"], "urn:keyline:acme");
    app.pass(3);
    assert_error(&app.send(form(GRANT, with_basic(&ending))).await, 401, "invalid_client");
}

#[rstest]
#[tokio::test]
async fn gates_close_after_authentication(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let sent_as_it_is = app.key_with(&acme, "Direct", "", Kind::Token, None).await;
    assert_error(&app.send(form(GRANT, with_basic(&sent_as_it_is))).await, 400, "unauthorized_client");
    let off = OrganizationChange { api_keys: Some(false), ..OrganizationChange::default() };
    app.service.set_organization(operator(), &acme.slug, off).await.expect("set");
    assert_error(&app.send(form(GRANT, with_basic(&key))).await, 400, "unauthorized_client");
    let on = OrganizationChange { api_keys: Some(true), ..OrganizationChange::default() };
    app.service.set_organization(operator(), &acme.slug, on).await.expect("set");
    let token = assert_token(&app.send(form(GRANT, with_basic(&key))).await, 3600, "");
    assert_ne!(part(&token, 1)["gen"], 0, "tokens issued before stay dead");
    let disabled =
        OrganizationChange { state: domain::organization::OrganizationState::parse("disabled"), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, disabled).await.expect("set");
    assert_error(&app.send(form(GRANT, with_basic(&key))).await, 401, "invalid_client");
}

#[rstest]
#[tokio::test]
async fn guessing_is_slowed_down_but_locks_nobody_out(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let id = key.key.client_id.as_str();
    let from = |address: &str, secret: &str| {
        let peer = server::listen::Peer(format!("{address}:9").parse().expect("an address"));
        let mut request = form(GRANT, |request| request.header("authorization", basic(id, secret)));
        request.extensions_mut().insert(peer);
        app.send(request)
    };
    for _ in 0..20 {
        assert_error(&from("192.0.2.1", "wrong").await, 401, "invalid_client");
    }
    let throttled = from("192.0.2.1", key.secret.expose()).await;
    assert_error(&throttled, 429, "temporarily_unavailable");
    assert_eq!(throttled.header("retry-after"), "60");
    assert_token(&from("192.0.2.2", key.secret.expose()).await, 3600, "");
    app.pass(60);
    assert_token(&from("192.0.2.1", key.secret.expose()).await, 3600, "");
}

#[rstest]
#[tokio::test]
async fn a_wrong_bearer_slows_down_no_other(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let bearer = |secret: &str| form("", |request| request.header("authorization", format!("Bearer {secret}")));
    for _ in 0..20 {
        assert_error(&app.send(bearer("x")).await, 401, "invalid_client");
    }
    assert_error(&app.send(bearer("x")).await, 429, "temporarily_unavailable");
    assert_error(&app.send(bearer("y")).await, 401, "invalid_client");
    assert_token(&app.send(bearer(key.secret.expose())).await, 3600, "");
}

#[rstest]
#[tokio::test]
async fn use_is_recorded_and_refusal_is_not(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let key = app.key(&acme, "CI", "").await;
    let last_used = async || {
        app.service.flush_uses().await.expect("written");
        let read = app.database.key(&acme.id, &key.key.client_id).await.expect("read").expect("there");
        read.last_used_at
    };
    let id = key.key.client_id.as_str();
    app.send(form(GRANT, |request| request.header("authorization", basic(id, "wrong")))).await;
    app.send(form("grant_type=password", with_basic(&key))).await;
    assert_eq!(last_used().await, None);
    app.send(form(GRANT, with_basic(&key))).await;
    assert_eq!(last_used().await, Some(app.now()));
    for path in ["/oauth/introspect", "/oauth/revoke"] {
        app.pass(1);
        let asked = Request::post(path).header("authorization", basic(id, key.secret.expose()));
        let asked = asked.header("content-type", "application/x-www-form-urlencoded");
        app.send(asked.body(Body::from("token=none")).expect("a request")).await;
        assert_eq!(last_used().await, Some(app.now()), "{path}");
    }
    app.pass(1);
    let named = |request| with_basic(&key)(request).header("user-agent", "reporter/1.2 <b>");
    app.send(form(GRANT, named)).await;
    app.service.flush_uses().await.expect("written");
    let page = app.admin_of(&acme).await.get(&format!("/t/acme/settings/api-keys/production/{id}")).await;
    assert!(page.body.contains("reporter/1.2 &lt;b&gt;"), "{}", page.body);
}

#[tokio::test]
async fn metadata_leads_to_everything() {
    let app = App::start(Engine::Sqlite).await;
    let request = Request::get("/.well-known/oauth-authorization-server").body(Body::empty()).expect("a request");
    insta::assert_json_snapshot!(app.send(request).await.json(), @r#"
    {
      "grant_types_supported": [
        "client_credentials"
      ],
      "introspection_endpoint": "http://localhost:3000/oauth/introspect",
      "introspection_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post"
      ],
      "issuer": "http://localhost:3000",
      "jwks_uri": "http://localhost:3000/.well-known/jwks.json",
      "response_types_supported": [],
      "revocation_endpoint": "http://localhost:3000/oauth/revoke",
      "revocation_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post"
      ],
      "scopes_supported": [
        "keys:read",
        "keys:write",
        "activity:read",
        "tokens:introspect"
      ],
      "token_endpoint": "http://localhost:3000/oauth/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_basic",
        "client_secret_post"
      ]
    }
    "#);
}
