//! Every route and every server function, and who gets what from it. A route that is not in the table fails.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request},
};
use domain::{key::Owner, organization::Policy, user::Role};
use leptos::server_fn::axum::server_fn_paths;
use service::keys::KeyWanted;
use store::testing::Engine;

use crate::harness::{App, Browser, ORIGIN, wanted};

const ROUTES: [&str; 3] = [
    include_str!("../../src/router.rs"),
    include_str!("../../src/api/mod.rs"),
    include_str!("../../src/console/mod.rs"),
];

/// Routes that stand below each address where keys are managed.
const KEY_PAGES: &str = include_str!("../../src/console/key_pages.rs");

/// Method and path, then the status for: nobody, a member, an administrator of another organization, an administrator.
/// `{client_id}` is a live key of `acme`, and below `/me/` one of that member. `{user}` is that member. Forms are posted without their hidden value, so whoever may post gets 409.
const TABLE: &[(&str, &str, [u16; 4])] = &[
    // Machines: no cookie counts.
    ("POST", "/oauth/token", [401, 401, 401, 401]),
    ("POST", "/auth/token", [401, 401, 401, 401]),
    ("POST", "/api/oauth/token", [401, 401, 401, 401]),
    ("POST", "/oauth/introspect", [401, 401, 401, 401]),
    ("POST", "/oauth/revoke", [401, 401, 401, 401]),
    ("GET", "/api/v1/keys", [401, 401, 401, 401]),
    ("POST", "/api/v1/keys", [401, 401, 401, 401]),
    ("GET", "/api/v1/keys/{client_id}", [401, 401, 401, 401]),
    ("PATCH", "/api/v1/keys/{client_id}", [401, 401, 401, 401]),
    ("DELETE", "/api/v1/keys/{client_id}", [401, 401, 401, 401]),
    ("POST", "/api/v1/keys/{client_id}/suspend", [401, 401, 401, 401]),
    ("POST", "/api/v1/keys/{client_id}/reapprove", [401, 401, 401, 401]),
    ("POST", "/api/v1/keys/{client_id}/rotate", [401, 401, 401, 401]),
    ("POST", "/api/v1/keys/{client_id}/end-previous-secret", [401, 401, 401, 401]),
    ("GET", "/api/v1/keys/{client_id}/usage", [401, 401, 401, 401]),
    ("GET", "/api/v1/activity", [401, 401, 401, 401]),
    ("GET", "/api/v1/environments", [401, 401, 401, 401]),
    ("GET", "/api/v1/organization", [401, 401, 401, 401]),
    ("GET", "/auth/credentials", [401, 401, 401, 401]),
    ("POST", "/auth/credentials", [401, 401, 401, 401]),
    ("DELETE", "/auth/credentials/{client_id}", [401, 401, 401, 401]),
    // Open to everybody.
    ("GET", "/api/v1/openapi.json", [200, 200, 200, 200]),
    ("GET", "/api/docs", [200, 200, 200, 200]),
    ("GET", "/api/docs/{operation}", [200, 200, 200, 200]),
    ("GET", "/.well-known/oauth-authorization-server", [200, 200, 200, 200]),
    ("GET", "/.well-known/jwks.json", [200, 200, 200, 200]),
    ("GET", "/pkg/{file}", [404, 404, 404, 404]),
    ("GET", "/help", [303, 303, 303, 303]),
    ("GET", "/help/{guide}", [200, 200, 200, 200]),
    ("GET", "/help/pictures/{file}", [404, 404, 404, 404]),
    ("GET", "/llms.txt", [200, 200, 200, 200]),
    ("GET", "/403", [403, 403, 403, 403]),
    ("GET", "/404", [404, 404, 404, 404]),
    ("GET", "/offline", [200, 200, 200, 200]),
    ("GET", "/sign-in", [200, 303, 303, 303]),
    ("POST", "/sign-in", [422, 422, 422, 422]),
    ("GET", "/forgot", [200, 200, 200, 200]),
    ("POST", "/forgot", [200, 200, 200, 200]),
    ("GET", "/setup/{token}", [404, 404, 404, 404]),
    ("POST", "/setup/{token}", [404, 404, 404, 404]),
    ("GET", "/reset/{token}", [404, 404, 404, 404]),
    ("POST", "/reset/{token}", [404, 404, 404, 404]),
    ("GET", "/invite/{token}", [404, 404, 404, 404]),
    ("POST", "/invite/{token}", [404, 404, 404, 404]),
    // Signed-in people.
    ("GET", "/", [303, 303, 303, 303]),
    ("POST", "/appearance", [303, 409, 409, 409]),
    ("POST", "/sign-out", [303, 409, 409, 409]),
    ("POST", "/session/stay", [303, 200, 200, 200]),
    ("POST", "/session/confirm", [303, 204, 204, 204]),
    ("GET", "/session/ended", [200, 200, 200, 200]),
    ("GET", "/t/{organization}", [303, 303, 404, 303]),
    ("GET", "/t/{organization}/me/appearance", [303, 200, 404, 200]),
    ("GET", "/t/{organization}/me/profile", [303, 200, 404, 200]),
    ("POST", "/t/{organization}/me/profile", [303, 409, 404, 409]),
    ("POST", "/t/{organization}/me/profile/time-zone", [303, 409, 404, 409]),
    ("POST", "/t/{organization}/me/profile/password", [303, 409, 404, 409]),
    ("POST", "/t/{organization}/me/profile/sessions/{session}/end", [303, 409, 404, 409]),
    ("POST", "/t/{organization}/me/profile/sign-out-everywhere", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys", [303, 303, 404, 303]),
    // Members of the organization, where they may own keys.
    ("GET", "/t/{organization}/me/credentials", [303, 200, 404, 200]),
    ("POST", "/t/{organization}/me/credentials", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/credentials/replace", [303, 303, 404, 303]),
    ("POST", "/t/{organization}/me/credentials/replace", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys", [303, 303, 404, 303]),
    ("GET", "/t/{organization}/me/api-keys/{environment}", [303, 200, 404, 200]),
    ("POST", "/t/{organization}/me/api-keys/{environment}", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/new", [303, 200, 404, 200]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/bulk", [303, 303, 404, 303]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/bulk", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}", [303, 200, 404, 404]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/edit", [303, 200, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/edit", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/suspend", [303, 200, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/suspend", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/reapprove", [303, 409, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/reapprove", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/rotate", [303, 200, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/rotate", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/end-previous-secret", [303, 409, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/end-previous-secret", [303, 409, 404, 409]),
    ("GET", "/t/{organization}/me/api-keys/{environment}/{client_id}/remove", [303, 200, 404, 404]),
    ("POST", "/t/{organization}/me/api-keys/{environment}/{client_id}/remove", [303, 409, 404, 409]),
    // Administrators of the organization.
    ("GET", "/t/{organization}/settings/api-keys/{environment}", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/new", [303, 403, 404, 200]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/bulk", [303, 403, 404, 303]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/bulk", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}", [303, 403, 404, 200]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/edit", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/edit", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/suspend", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/suspend", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/reapprove", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/reapprove", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/rotate", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/rotate", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/end-previous-secret", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/end-previous-secret", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/api-keys/{environment}/{client_id}/remove", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/api-keys/{environment}/{client_id}/remove", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/users", [303, 403, 404, 200]),
    ("GET", "/t/{organization}/settings/users/invite", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/users/invite", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/users/invitations/{invitation}/withdraw", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/users/{user}", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/users/{user}", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/users/{user}/deactivate", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/users/{user}/deactivate", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/users/{user}/reactivate", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/users/{user}/reactivate", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/users/{user}/reset-link", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/authentication", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/authentication", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/organization", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/organization", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/organization/environments/{environment}/rename", [303, 403, 404, 200]),
    ("POST", "/t/{organization}/settings/organization/environments/{environment}/rename", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/settings/organization/environments/{environment}/retire", [303, 403, 404, 409]),
    ("POST", "/t/{organization}/settings/organization/environments/{environment}/retire", [303, 403, 404, 409]),
    ("GET", "/t/{organization}/search", [303, 200, 404, 200]),
    ("GET", "/t/{organization}/settings/activity/since/{sequence}", [303, 403, 404, 200]),
    ("GET", "/t/{organization}/settings/activity", [303, 403, 404, 200]),
    ("GET", "/t/{organization}/settings/activity/export/{format}", [303, 403, 404, 200]),
    ("POST", "/_fn/{*function}", [404, 404, 404, 404]),
];

/// Server function and its arguments, then the status for the same four.
const FUNCTIONS: &[(&str, &str, [u16; 4])] = &[
    (
        "/_fn/create_key",
        r#"{"org":"acme","env":"production","form":"x","fields":{"name":"a","description":"","kind":"","owner":"","suspend_on_sign_out":"","scopes":"","expiration":"7","expires_on":""}}"#,
        [401, 403, 404, 409],
    ),
    (
        "/_fn/create_key",
        r#"{"org":"acme","env":"production","form":"x","fields":{"name":"a","description":"","kind":"","owner":"me","suspend_on_sign_out":"","scopes":"","expiration":"7","expires_on":""}}"#,
        [401, 409, 404, 409],
    ),
    ("/_fn/acknowledge_key", r#"{"org":"acme","client_id":"{key}"}"#, [401, 404, 404, 200]),
    ("/_fn/acknowledge_key", r#"{"org":"acme","client_id":"{own_key}"}"#, [401, 200, 404, 200]),
];

/// Methods of each route, read from the source.
pub fn routes() -> BTreeMap<String, Vec<String>> {
    let mut routes: BTreeMap<_, _> = ROUTES.iter().flat_map(|source| routes_in(source)).collect();
    for source in ROUTES {
        for nested in source.split(".nest(\"").skip(1).filter(|nested| nested.contains("key_pages::routes")) {
            let (above, _) = nested.split_once('"').expect("a path ends");
            let below = routes_in(KEY_PAGES);
            routes.extend(below.map(|(path, methods)| (format!("{above}{}", path.trim_end_matches('/')), methods)));
        }
    }
    routes
}

fn routes_in(source: &str) -> impl Iterator<Item = (String, Vec<String>)> {
    source.split(".route(").skip(1).map(|call| {
        let (_, rest) = call.split_once('"').expect("a path");
        let (path, handlers) = rest.split_once('"').expect("a path ends");
        let handlers = handlers.split("\n        .").next().expect("a first part");
        let methods = ["get", "post", "put", "patch", "delete"];
        let methods = methods.into_iter().filter(|method| handlers.contains(&format!("{method}(")));
        (path.to_owned(), methods.map(str::to_uppercase).collect())
    })
}

#[test]
fn every_route_and_function_is_in_the_table() {
    let mut listed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (method, path, _) in TABLE {
        listed.entry((*path).to_owned()).or_default().push((*method).to_owned());
    }
    assert_eq!(routes(), listed);
    let mut functions: Vec<_> = server_fn_paths().collect();
    functions.sort_unstable();
    let mut known: Vec<_> = FUNCTIONS.iter().map(|(path, _, _)| (*path, Method::POST)).collect();
    known.sort_unstable_by_key(|(path, _)| *path);
    known.dedup();
    assert_eq!(functions, known);
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let key = app.key(&acme, "CI", "").await;
    let id = key.key.client_id.as_str();
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let own = app.insert(&acme, KeyWanted { owner: Owner::User(mia), ..wanted("Laptop", "") }).await;
    let mut people = [
        Browser::new(&app),
        app.person(&acme, "mia@acme.test", Role::Member).await,
        app.admin_of(&globex).await,
        app.admin_of(&acme).await,
    ];
    let user = app.user(&acme, "mia@acme.test", Role::Member).await;
    for (method, pattern, statuses) in TABLE {
        let path = pattern
            .replace("{organization}", "acme")
            .replace("{environment}", "production")
            .replace("{client_id}", if pattern.contains("/me/") { own.key.client_id.as_str() } else { id })
            .replace("{user}", user.as_str())
            .replace("{format}", "csv")
            .replace("{sequence}", "0")
            .replace("{operation}", "createKey.md")
            .replace("{guide}", "first-key")
            .replace("{*function}", "unknown");
        for (person, status) in people.iter_mut().zip(statuses) {
            let answer = match *method {
                "GET" => person.get(&path).await,
                other => person.send(other.parse().expect("a method"), &path, Some(&[])).await,
            };
            assert_eq!(answer.status, *status, "{method} {path}: {}", answer.body);
        }
    }
    for (path, arguments, statuses) in FUNCTIONS {
        for (person, status) in people.iter().zip(statuses) {
            let cookie = person.cookie.as_deref().unwrap_or_default();
            let call = |content_type: &'static str, body: String| {
                let request = Request::post(*path)
                    .header("host", "localhost:3000")
                    .header("origin", ORIGIN)
                    .header("cookie", format!("sid={cookie}"))
                    .header("content-type", content_type);
                app.send(request.body(Body::from(body)).expect("a request"))
            };
            let arguments = arguments.replace("{key}", id).replace("{own_key}", own.key.client_id.as_str());
            let answer = call("application/json", arguments.clone()).await;
            assert_eq!(answer.status, *status, "{path}: {}", answer.body);
            assert_eq!(call("text/plain", arguments.clone()).await.status, 415, "{path}");
            let more = arguments.replacen('{', r#"{"more":1,"#, 1);
            let malformed = call("application/json", more).await.status;
            assert!(matches!(malformed, 400 | 401 | 422), "{path}: {malformed}");
        }
        let by_get = people[3].get(path).await;
        assert_eq!(by_get.status, 405, "{path}");
    }
}
