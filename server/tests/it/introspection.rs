//! Introspection and revocation, row by row.

use axum::{body::Body, http::Request};
use domain::{
    email::Email,
    key::{Kind, Owner},
    organization::OrganizationState,
    user::{Role, UserState},
};
use rstest::rstest;
use serde_json::{Value, json};
use service::{
    keys::{IssuedKey, KeyWanted, Rotation},
    store::IssuedTokens,
};
use store::{OrganizationChange, testing::Engine};

use crate::harness::{Answer, App, basic, form, operator, wanted};

const INACTIVE: &str = r#"{"active":false}"#;

async fn token_of(app: &App, key: &IssuedKey) -> String {
    let value = basic(key.key.client_id.as_str(), key.secret.expose());
    let answer = app.send(form("grant_type=client_credentials", |r| r.header("authorization", value))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["access_token"].as_str().expect("text").to_owned()
}

async fn post(app: &App, path: &str, key: Option<&IssuedKey>, body: &str) -> Answer {
    let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    if let Some(key) = key {
        request = request.header("authorization", basic(key.key.client_id.as_str(), key.secret.expose()));
    }
    app.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

async fn introspect(app: &App, key: &IssuedKey, token: &str) -> Answer {
    let answer = post(app, "/oauth/introspect", Some(key), &format!("token={token}")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
    answer
}

async fn revoke(app: &App, key: &IssuedKey, token: &str) -> Answer {
    post(app, "/oauth/revoke", Some(key), &format!("token={token}&token_type_hint=nonsense")).await
}

#[rstest]
#[tokio::test]
async fn a_live_token_says_what_it_is(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let opaque_key = app.opaque_key(&acme, "Opaque", "keys:read").await;
    for key in [&key, &opaque_key] {
        let token = token_of(&app, key).await;
        let told = introspect(&app, &resource, &token).await.json();
        let now = app.now().as_seconds();
        let expected = json!({
            "active": true, "client_id": key.key.client_id, "sub": key.key.client_id, "iss": "http://localhost:3000",
            "aud": "http://localhost:3000", "exp": now + 3600, "iat": now, "jti": told["jti"], "scope": "keys:read",
            "token_type": "Bearer",
        });
        assert_eq!(told, expected);
        assert!(told["jti"].as_str().is_some_and(|jti| jti.len() == 32));
        app.pass(3600);
        assert_eq!(introspect(&app, &resource, &token).await.body, INACTIVE);
    }
    assert_eq!(token_of(&app, &opaque_key).await.len(), 40);

    let ends = app.now().plus_seconds(60);
    let direct = app.key_with(&acme, "Direct", "keys:read", Kind::Token, Some(ends)).await;
    let told = introspect(&app, &resource, direct.secret.expose()).await.json();
    let expected = json!({
        "active": true, "client_id": direct.key.client_id, "sub": direct.key.client_id, "iss": "http://localhost:3000",
        "scope": "keys:read", "iat": app.now().as_seconds(), "exp": ends.as_seconds(),
    });
    assert_eq!(told, expected);
    assert_eq!(introspect(&app, &resource, key.secret.expose()).await.body, INACTIVE, "a client's secret is no token");
    let rotation = Rotation { grace_s: 30, expires_at: None, issued_tokens: IssuedTokens::RunOut };
    let manager = operator().in_organization(acme);
    let rotated = app.service.rotate_key(&manager, &direct.key.client_id, rotation, None, None).await.unwrap();
    assert!(rotated.is_ok());
    let told = introspect(&app, &resource, direct.secret.expose()).await.json();
    assert_eq!(told["exp"], app.now().as_seconds() + 30, "the secret ends before its key");
    app.pass(60);
    assert_eq!(introspect(&app, &resource, direct.secret.expose()).await.body, INACTIVE);
}

#[rstest]
#[tokio::test]
async fn everything_else_is_only_not_active(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", domain::organization::Policy::default()).await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let stranger = app.key(&globex, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let token = token_of(&app, &key).await;
    assert_eq!(introspect(&app, &stranger, &token).await.body, INACTIVE);
    assert_eq!(introspect(&app, &key, &token).await.body, INACTIVE, "without the scope not even one's own");
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.";
    let padded = format!("{token}=");
    for bad in ["x", "a.b.c", "..", none, &forged, &padded, &"0".repeat(40), &"x".repeat(9_000)] {
        assert_eq!(introspect(&app, &resource, bad).await.body, INACTIVE, "{bad:.60}");
    }
    for (who, body, status, code) in [
        (None, format!("token={token}"), 401, "invalid_client"),
        (Some(&resource), String::new(), 400, "invalid_request"),
        (Some(&resource), format!("token={token}&token={token}"), 400, "invalid_request"),
        (Some(&resource), format!("token={}", "x".repeat(20_000)), 413, "invalid_request"),
    ] {
        for path in ["/oauth/introspect", "/oauth/revoke"] {
            let answer = post(&app, path, who, &body).await;
            assert_eq!((answer.status, answer.json()["error"].as_str()), (status, Some(code)), "{path} {body:.40}");
        }
    }
    let with_json = Request::post("/oauth/introspect")
        .header("authorization", basic(resource.key.client_id.as_str(), resource.secret.expose()))
        .header("content-type", "application/json")
        .body(Body::from(format!(r#"{{"token":"{token}"}}"#)));
    assert_eq!(app.send(with_json.expect("a request")).await.status, 400);
    let direct = app.key_with(&acme, "Gateway", "tokens:introspect", Kind::Token, None).await;
    let bearer = |key: &IssuedKey| format!("Bearer {}", key.secret.expose());
    let pair = |key: &IssuedKey| basic(key.key.client_id.as_str(), key.secret.expose());
    for (path, authorization, status) in [
        ("/oauth/introspect", bearer(&resource), 401),
        ("/oauth/introspect", bearer(&direct), 200),
        ("/oauth/introspect", pair(&direct), 401),
        ("/oauth/revoke", bearer(&resource), 401),
        ("/oauth/revoke", bearer(&direct), 401),
        ("/oauth/revoke", pair(&direct), 401),
    ] {
        let request = Request::post(path)
            .header("authorization", &authorization)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("token={token}")));
        let answer = app.send(request.expect("a request")).await;
        assert_eq!(answer.status, status, "{path} {authorization}: {}", answer.body);
    }
    assert_eq!(app.send(Request::get("/oauth/introspect").body(Body::empty()).expect("a request")).await.status, 405);
}

#[rstest]
#[tokio::test]
async fn a_token_is_revoked_not_its_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let opaque_key = app.opaque_key(&acme, "Opaque", "keys:read").await;
    for key in [&key, &opaque_key] {
        let token = token_of(&app, key).await;
        let other = revoke(&app, &resource, &token).await;
        assert_eq!((other.status, &other.json()["error"]), (400, &Value::from("invalid_grant")));
        assert_ne!(introspect(&app, &resource, &token).await.body, INACTIVE);
        for _ in 0..2 {
            assert_eq!(revoke(&app, key, &token).await.status, 200);
            assert_eq!(introspect(&app, &resource, &token).await.body, INACTIVE);
        }
        let next = token_of(&app, key).await;
        assert_ne!(introspect(&app, &resource, &next).await.body, INACTIVE);
    }
    for unknown in ["x", "a.b.c", &"0".repeat(40)] {
        assert_eq!(revoke(&app, &key, unknown).await.status, 200, "{unknown}");
    }
    let rows = app.database.activity_after(&acme.id, 0, 100).await.expect("read");
    let revoked = rows.iter().filter(|row| row.entry.event == domain::activity::Event::TokenRevoked);
    assert_eq!(revoked.count(), 2, "each once");
}

#[rstest]
#[tokio::test]
async fn stop_means_stop_and_run_out_does_not(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    for (name, issued_tokens, active) in
        [("Runs out", IssuedTokens::RunOut, true), ("Stops", IssuedTokens::Stop, false)]
    {
        let key = app.key(&acme, name, "keys:read").await;
        let token = token_of(&app, &key).await;
        app.revoke(&acme, &key, issued_tokens).await;
        assert_eq!(introspect(&app, &resource, &token).await.json()["active"], active, "{name}");
    }
    // Off and on again: tokens issued before stay dead.
    let key = app.key(&acme, "CI", "keys:read").await;
    let token = token_of(&app, &key).await;
    for api_keys in [false, true] {
        let change = OrganizationChange { api_keys: Some(api_keys), ..Default::default() };
        app.service.set_organization(operator(), &acme.slug, change).await.expect("set");
    }
    assert_eq!(introspect(&app, &resource, &token).await.body, INACTIVE);
    let token = token_of(&app, &key).await;
    for state in [OrganizationState::Disabled, OrganizationState::Active] {
        let change = OrganizationChange { state: Some(state), ..Default::default() };
        app.service.set_organization(operator(), &acme.slug, change).await.expect("set");
    }
    assert_eq!(introspect(&app, &resource, &token).await.body, INACTIVE);
}

#[rstest]
#[tokio::test]
async fn a_stop_at_any_level_is_a_stop(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let email = Email::parse("mia@acme.test").expect("an address");
    let mia = app.user(&acme, email.as_str(), Role::Member).await;
    for stops in 0..8 {
        let (organization, user, key_itself) = (stops & 1 != 0, stops & 2 != 0, stops & 4 != 0);
        let owned = KeyWanted { owner: Owner::User(mia.clone()), ..wanted(&format!("Key {stops}"), "keys:read") };
        let key = app.insert(&acme, owned).await;
        let token = token_of(&app, &key).await;
        for api_keys in [false, true].into_iter().filter(|_| organization) {
            let change = OrganizationChange { api_keys: Some(api_keys), ..Default::default() };
            app.service.set_organization(operator(), &acme.slug, change).await.expect("set");
        }
        for state in [UserState::Deactivated, UserState::Active].into_iter().filter(|_| user) {
            let set = app.service.set_account_state(operator(), &email, state).await.expect("the database works");
            set.expect("a known account");
        }
        if key_itself {
            let (manager, id) = (operator().in_organization(acme.clone()), &key.key.client_id);
            let suspended = app.service.suspend_key(&manager, id, None, IssuedTokens::Stop, None).await;
            suspended.expect("the database works").expect("it was live");
            let reapproved = app.service.reapprove_key(&manager, id, None).await;
            reapproved.expect("the database works").expect("it was suspended");
        }
        let told = introspect(&app, &resource, &token).await.json();
        assert_eq!(told["active"], stops == 0, "organization {organization}, user {user}, key {key_itself}");
        let next = token_of(&app, &key).await;
        assert_eq!(introspect(&app, &resource, &next).await.json()["active"], true, "opened again");
    }
}

#[rstest]
#[tokio::test]
async fn an_outage_is_no_answer_about_a_token(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let token = token_of(&app, &key).await;
    app.database.close().await;
    let body = format!("token={token}");
    for (path, caller) in [("/oauth/revoke", &key), ("/oauth/introspect", &resource)] {
        let answer = post(&app, path, Some(caller), &body).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (503, Some("temporarily_unavailable")), "{path}");
        assert!(answer.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    }
}

#[rstest]
#[tokio::test]
async fn an_emergency_soon_after_a_rotation_leaves_a_ring_that_goes_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    app.service.rotate_signing_key(operator(), false).await.expect("rotated");
    app.pass(60);
    app.service.rotate_signing_key(operator(), true).await.expect("rotated");
    let token = token_of(&app, &key).await;
    let ring = app.service.signing_keys(operator()).len();
    for _ in 0..2 {
        app.beside().await;
        app.service.reload_signing_keys().await.expect("read");
        assert_eq!(app.service.signing_keys(operator()).len(), ring, "a server that starts finds what it needs");
    }
    app.service.rotate_signing_key(operator(), false).await.expect("rotated");
    assert_eq!(kid_of(&token_of(&app, &key).await), kid_of(&token), "published before it signs");
    assert_ne!(introspect(&app, &resource, &token).await.body, INACTIVE);
    app.pass(360);
    assert_ne!(kid_of(&token_of(&app, &key).await), kid_of(&token));
    assert_ne!(introspect(&app, &resource, &token).await.body, INACTIVE);
}

#[rstest]
#[tokio::test]
async fn signing_keys_take_over_without_a_gap(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let resource = app.key(&acme, "Resource server", "tokens:introspect").await;
    let key = app.key(&acme, "CI", "keys:read").await;
    let kids = async || {
        let request = Request::get("/.well-known/jwks.json").body(Body::empty()).expect("a request");
        let keys = app.send(request).await.json();
        keys["keys"].as_array().expect("a list").iter().map(|key| key["kid"].clone()).collect::<Vec<_>>()
    };
    let first = kids().await;
    assert_eq!(first.len(), 1);
    let before = token_of(&app, &key).await;
    app.service.rotate_signing_key(operator(), false).await.expect("rotated");
    let both = kids().await;
    assert_eq!(both.len(), 2, "published before it signs");
    app.pass(300);
    let meanwhile = token_of(&app, &key).await;
    assert_eq!(kid_of(&meanwhile), kid_of(&before));
    app.pass(60);
    let after = token_of(&app, &key).await;
    assert_ne!(kid_of(&after), kid_of(&before));
    for token in [&before, &meanwhile, &after] {
        assert_ne!(introspect(&app, &resource, token).await.body, INACTIVE);
    }
    app.pass(3659);
    assert_eq!(kids().await.len(), 2, "while its last token may live");
    app.pass(1);
    assert_eq!(kids().await.len(), 1);
    let token = token_of(&app, &key).await;
    app.service.rotate_signing_key(operator(), true).await.expect("rotated");
    assert_eq!(introspect(&app, &resource, &token).await.body, INACTIVE, "nothing of the old key is trusted");
    assert_ne!(kid_of(&token_of(&app, &key).await), kid_of(&token));

    // One that an emergency ends before it signs anything succeeds nobody when its time would have come.
    app.service.rotate_signing_key(operator(), false).await.expect("rotated");
    app.pass(60);
    app.service.rotate_signing_key(operator(), true).await.expect("rotated");
    let token = token_of(&app, &key).await;
    app.pass(360);
    assert_eq!(kid_of(&token_of(&app, &key).await), kid_of(&token));

    // What has ended is removed; keys without an end are not touched.
    app.pass(8 * 24 * 3600);
    app.service.clean_up(|| true).await.expect("cleaned");
    assert_eq!(app.service.signing_keys(operator()).len(), 5, "as this process last read them");
    app.service.reload_signing_keys().await.expect("read");
    assert_eq!(app.service.signing_keys(operator()).len(), 1);
    let before = token_of(&app, &key).await;

    // After ninety days a key is succeeded without being asked for.
    app.pass(82 * 24 * 3600);
    for _ in 0..2 {
        app.service.reload_signing_keys().await.expect("read");
        assert_eq!(app.service.signing_keys(operator()).len(), 2);
    }
    app.pass(360);
    assert_ne!(kid_of(&token_of(&app, &key).await), kid_of(&before));
}

#[rstest]
#[tokio::test]
async fn the_key_set_is_there_without_the_database(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let key_set = async || {
        let request = Request::get("/.well-known/jwks.json").body(Body::empty()).expect("a request");
        app.send(request).await
    };
    let before = key_set().await;
    app.database.store().close().await;
    let after = key_set().await;
    assert_eq!((after.status, &after.body), (200, &before.body));
}

fn kid_of(token: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().expect("a header")).expect("base64url");
    serde_json::from_slice::<Value>(&header).expect("JSON")["kid"].clone()
}

#[rstest]
#[tokio::test]
async fn clean_up_goes_on_until_nothing_is_left(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let many = format!(
        "INSERT INTO revoked_tokens (org_id, jti, expires_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) \
         SELECT '{}', CAST(i AS TEXT), 1 FROM n",
        acme.id
    );
    app.database.execute(&many).await.expect("written");
    app.service.clean_up(|| true).await.expect("cleaned");
    assert_eq!(app.database.count("revoked_tokens").await.expect("counted"), 0);
}
