//! What a program may make: nothing beyond its policy, its owner and itself.

use domain::{
    key::{Kind, Owner},
    organization::{Kinds, Policy, SelfService},
    scope::Scopes,
    user::Role,
};
use rstest::rstest;
use serde_json::{Value, json};
use service::keys::KeyWanted;
use store::{IssuedTokens, OrganizationChange, testing::Engine};

use super::{MANAGE, Program, assert_problem, names, params, text};
use crate::harness::{App, form, operator, wanted};

const KEYS: &str = "/api/v1/keys";

fn with(more: Value) -> Value {
    let mut body = json!({ "name": "New", "environment": "production" });
    let members = body.as_object_mut().expect("an object");
    members.extend(more.as_object().expect("an object").clone());
    body
}

#[rstest]
#[tokio::test]
async fn scopes_are_the_callers_own_at_most(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let scopes = Scopes::parse("invoices:read").expect("scopes");
    let acme = app.organization("acme", "Acme", Policy { scopes, ..Policy::default() }).await;
    let key = app.key(&acme, "CI", MANAGE).await;
    let program = Program::with_token(&app, &key).await;
    for (scopes, code) in [
        (json!(["activity:read"]), "beyond_caller"),
        (json!(["keys:read", "tokens:introspect"]), "beyond_caller"),
        (json!(["invoices:read"]), "beyond_caller"),
        (json!(["invoices:read", "keys:read"]), "mixed_scopes"),
        (json!(["invoices:write"]), "unknown_scope"),
        (json!(["keys:*"]), "unknown_scope"),
        (json!(["keys:read keys:write"]), "malformed"),
        (json!([""]), "malformed"),
        (json!("keys:read"), "wrong_type"),
        (json!([1]), "wrong_type"),
        (json!(vec!["x"; 1_000]), "unknown_scope"),
    ] {
        let problem =
            assert_problem(&program.post(KEYS, with(json!({ "scopes": scopes }))).await, 422, "validation_failed");
        assert_eq!((params(&problem), text(&problem["errors"][0], "code")), (vec!["scopes"], code), "{scopes:.60}");
    }
    let narrow = form("grant_type=client_credentials&scope=keys:write", |request| {
        request.header("authorization", format!("Bearer {}", key.secret.expose()))
    });
    let narrow = text(&app.send(narrow).await.json(), "access_token").to_owned();
    let narrow = Program { app: &app, credential: narrow };
    let problem = narrow.post(KEYS, with(json!({ "scopes": ["keys:read"] }))).await;
    assert_problem(&problem, 422, "validation_failed");
    let made = program.post(KEYS, with(json!({ "scopes": ["keys:read", "keys:read"] }))).await;
    assert_eq!(made.json()["scopes"], json!(["keys:read"]));
}

#[rstest]
#[tokio::test]
async fn no_key_outlives_its_maker(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let end = app.now().plus_seconds(3_600);
    let key = app.key_with(&acme, "CI", MANAGE, Kind::Client, Some(end)).await;
    let program = Program::with_token(&app, &key).await;
    for later in [json!({}), json!({ "expires_at": null }), json!({ "expires_at": end.plus_seconds(1) })] {
        let problem = assert_problem(&program.post(KEYS, with(later)).await, 422, "validation_failed");
        assert_eq!((params(&problem), text(&problem["errors"][0], "code")), (vec!["expires_at"], "outlives_caller"));
        assert!(text(&problem, "detail").contains(&end.to_string()));
    }
    assert_eq!(program.post(KEYS, with(json!({ "expires_at": end }))).await.status, 201);
    let later = json!({ "name": "Pair", "expires_at": end.plus_seconds(1) });
    assert_problem(&program.post("/auth/credentials", later).await, 422, "validation_failed");
    let pair = program.post("/auth/credentials", json!({ "name": "Pair" })).await;
    assert_eq!(pair.json()["expires_at"], json!(end), "the caller's own");
}

#[rstest]
#[tokio::test]
async fn policy_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let program = Program::with_token(&app, &app.key(&acme, "CI", MANAGE).await).await;
    let set = async |change: OrganizationChange| {
        app.service.set_organization(operator(), &acme.slug, change).await.expect("set");
    };
    set(OrganizationChange { allow_no_expiration: Some(false), ..Default::default() }).await;
    for path in [KEYS, "/auth/credentials"] {
        for body in [json!({ "name": "New" }), json!({ "name": "New", "expires_at": null })] {
            let body = if path == KEYS { with(body) } else { body };
            let problem = assert_problem(&program.post(path, body).await, 422, "expiry_required");
            assert_eq!((params(&problem), text(&problem, "param")), (vec!["expires_at"], "expires_at"));
        }
    }
    // Also where the program could not give it anyway.
    let end = Some(app.now().plus_seconds(86_400));
    let ending = Program::with_token(&app, &app.key_with(&acme, "Ending", MANAGE, Kind::Client, end).await).await;
    assert_problem(&ending.post(KEYS, with(json!({}))).await, 422, "expiry_required");
    assert_problem(
        &ending.post("/auth/credentials", json!({ "name": "New", "expires_at": null })).await,
        422,
        "expiry_required",
    );
    set(OrganizationChange { max_key_lifetime_days: Some(Some(30)), ..Default::default() }).await;
    let late = with(json!({ "expires_at": app.now().plus_seconds(32 * 24 * 3_600) }));
    let problem = assert_problem(&program.post(KEYS, late).await, 422, "validation_failed");
    assert_eq!(text(&problem["errors"][0], "code"), "beyond_policy");
    let kinds =
        OrganizationChange { kinds: Some(Kinds::Client), require_description: Some(true), ..Default::default() };
    set(kinds).await;
    let soon = app.now().plus_seconds(3_600);
    let problem = program.post(KEYS, with(json!({ "kind": "token", "expires_at": soon }))).await;
    assert_eq!(params(&assert_problem(&problem, 422, "validation_failed")), ["description", "kind"]);
    assert_eq!(program.post("/auth/credentials", json!({ "name": "Pair", "expires_at": soon })).await.status, 201);
}

#[rstest]
#[tokio::test]
async fn a_members_program_reaches_what_the_member_owns(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let scopes = format!("{MANAGE} activity:read");
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let ben = app.user(&acme, "ben@acme.test", Role::Member).await;
    let own =
        |name: &str, user: &domain::id::UserId| KeyWanted { owner: Owner::User(user.clone()), ..wanted(name, &scopes) };
    let mias = app.insert(&acme, own("Mia's", &mia)).await;
    let bens = app.insert(&acme, own("Ben's", &ben)).await;
    let companys = app.key(&acme, "Company's", &scopes).await;
    let program = Program::with_token(&app, &mias).await;

    let made = program.post(KEYS, with(json!({}))).await.json();
    assert_eq!(made["owner"], json!({ "type": "user", "id": mia }));
    let pair = program.post("/auth/credentials", json!({ "name": "Pair" })).await;
    assert_eq!(pair.status, 201, "{}", pair.body);
    for owner in [json!({ "type": "organization" }), json!({ "type": "user", "id": ben })] {
        let problem =
            assert_problem(&program.post(KEYS, with(json!({ "owner": owner }))).await, 422, "validation_failed");
        assert_eq!(params(&problem), ["owner"]);
    }
    let list = async |query: &str| names(&program.get(&format!("{KEYS}?sort=name{query}")).await);
    for own in ["", "&owner=me", &format!("&owner={mia}")] {
        assert_eq!(list(own).await, ["Mia's", "New", "Pair"]);
    }
    for foreign in ["&owner=organization", &format!("&owner={ben}")] {
        assert!(list(foreign).await.is_empty());
    }
    for key in [&bens, &companys] {
        let path = format!("{KEYS}/{}", key.key.client_id);
        assert_problem(&program.get(&path).await, 404, "not_found");
        assert_problem(&program.delete(&path).await, 404, "not_found");
    }
    let seen = program.get("/api/v1/activity").await.json();
    let targets: Vec<_> =
        seen["data"].as_array().expect("a list").iter().map(|row| text(&row["target"], "name")).collect();
    assert_eq!(targets, ["Pair", "New", "Mia's"]);
}

#[rstest]
#[tokio::test]
async fn only_its_owner_gets_the_secret_of_a_users_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let ana = app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mias = app.insert(&acme, KeyWanted { owner: Owner::User(mia.clone()), ..wanted("Mia's", MANAGE) }).await;
    let anas = app.insert(&acme, KeyWanted { owner: Owner::User(ana.clone()), ..wanted("Ana's", MANAGE) }).await;
    let companys = app.key(&acme, "Company's", MANAGE).await;
    let path = format!("{KEYS}/{}", mias.key.client_id);
    for manager in [&anas, &companys] {
        let program = Program::with_token(&app, manager).await;
        assert_eq!(program.get(&path).await.status, 200);
        assert_problem(&program.post(&format!("{path}/rotate"), json!({})).await, 403, "not_owner");
        let owner = with(json!({ "owner": { "type": "user", "id": mia } }));
        assert_eq!(params(&assert_problem(&program.post(KEYS, owner).await, 422, "validation_failed")), ["owner"]);
        assert_eq!(program.post(&format!("{path}/suspend"), json!({})).await.status, 200);
        assert_eq!(program.post(&format!("{path}/reapprove"), json!({})).await.status, 200);
    }
    let program = Program::with_token(&app, &anas).await;
    let for_company = with(json!({ "owner": { "type": "organization", "id": acme.id } }));
    assert_eq!(program.post(KEYS, for_company).await.json()["owner"]["type"], "organization");
    let own = json!({ "name": "Another", "environment": "production", "owner": { "type": "user" } });
    assert_eq!(program.post(KEYS, own).await.json()["owner"]["id"], json!(ana));
    let program = Program::with_token(&app, &mias).await;
    assert_eq!(program.post(&format!("{path}/rotate"), json!({})).await.status, 200);

    let off = OrganizationChange { self_service: Some(SelfService::Off), ..Default::default() };
    app.service.set_organization(operator(), &acme.slug, off).await.expect("set");
    // Mia may not manage keys any more, so neither may her program; Ana still manages the organization's.
    assert_problem(&program.post(KEYS, with(json!({}))).await, 403, "insufficient_scope");
    assert_eq!(program.get(KEYS).await.status, 200);
    let program = Program::with_token(&app, &anas).await;
    assert_eq!(program.post(&format!("{path}/suspend"), json!({})).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn a_program_makes_nothing_that_outlives_its_own_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let other = app.key(&acme, "Other", MANAGE).await;
    let path = format!("{KEYS}/{}", other.key.client_id);
    let caller = app.key(&acme, "Caller", MANAGE).await;
    let program = Program::with_token(&app, &caller).await;
    app.revoke(&acme, &caller, IssuedTokens::RunOut).await;
    assert_eq!(program.get(KEYS).await.status, 200, "its token runs out");
    assert_problem(&program.post(KEYS, with(json!({}))).await, 422, "validation_failed");
    assert_eq!(program.post(&format!("{path}/rotate"), json!({})).await.status, 422);

    let ending = app.key_with(&acme, "Ending", MANAGE, Kind::Client, Some(app.now().plus_seconds(86_400))).await;
    let program = Program::with_token(&app, &ending).await;
    let rotate = async |end| program.post(&format!("{path}/rotate"), json!({ "expires_at": end })).await.status;
    assert_eq!((rotate(json!(null)).await, rotate(json!(app.now().plus_seconds(90_000))).await), (422, 422));
    assert_eq!(program.post(&format!("{path}/rotate"), json!({})).await.status, 200, "its end is not this program's");
}

#[rstest]
#[tokio::test]
async fn one_owner_owns_so_many(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let first = app.insert(&acme, KeyWanted { owner: Owner::User(mia), ..wanted("1", MANAGE) }).await;
    let program = Program::with_token(&app, &first).await;
    for number in 2..=10 {
        program.create(&number.to_string()).await;
    }
    assert_problem(&program.post(KEYS, with(json!({}))).await, 409, "user_limit_reached");
    assert_problem(&program.post("/auth/credentials", json!({ "name": "New" })).await, 409, "user_limit_reached");
}
