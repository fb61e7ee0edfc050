//! Organizations that leave.

use domain::{organization::OrganizationState, user::Role};
use rstest::rstest;
use service::deletions::DeletionRefused;
use store::{OrganizationChange, testing::Engine};

use crate::{
    harness::{App, basic, form, operator},
    program::Program,
};

#[rstest]
#[tokio::test]
async fn a_deleted_organization_is_one_that_never_was(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let (acme, globex) = (app.acme().await, app.organization("globex", "Globex", Default::default()).await);
    let mut ana = app.person(&globex, "ana@globex.test", Role::Admin).await;
    app.user(&acme, "ana@globex.test", Role::Member).await;
    let eve = app.person(&globex, "eve@globex.test", Role::Member).await;
    let key = app.key(&globex, "Billing", "keys:read").await;
    let credentials = basic(key.key.client_id.as_str(), key.secret.expose());
    let exchange = async |app: &App| {
        app.send(form("grant_type=client_credentials", |request| request.header("authorization", credentials.clone())))
            .await
    };
    let token = exchange(&app).await.json()["access_token"].as_str().unwrap().to_owned();
    app.service.flush_uses().await.unwrap();
    let beside = app.beside().await;
    assert_eq!(exchange(&beside).await.status, 200);

    let refused = app.service.delete_organization(operator(), &globex.slug).await.unwrap();
    assert_eq!(refused.err(), Some(DeletionRefused::Active));
    let disabled = OrganizationChange { state: Some(OrganizationState::Disabled), ..Default::default() };
    app.service.set_organization(operator(), &globex.slug, disabled).await.unwrap();
    app.service.delete_organization(operator(), &globex.slug).await.unwrap().unwrap();
    assert_eq!(exchange(&beside).await.status, 401, "on the next request of another process");
    // Uses that were not written yet find nothing to be written to.
    beside.service.flush_uses().await.unwrap();
    let request = axum::http::Request::get("/api/v1/keys").header("authorization", format!("Bearer {token}"));
    assert_eq!(app.send(request.body(axum::body::Body::empty()).unwrap()).await.status, 401);
    assert_eq!(ana.get("/t/globex/settings/api-keys/production").await.status, 404);
    let mut again = crate::harness::Browser::new(&app);
    assert_eq!(again.sign_in("ana@globex.test", crate::harness::PASSWORD).await.status, 303, "at home elsewhere");
    drop(eve);
    assert_eq!(again.sign_in("eve@globex.test", crate::harness::PASSWORD).await.status, 401);
    let tombstones = app.service.tombstones(operator()).await.unwrap();
    assert_eq!(
        tombstones.iter().map(|(left, genuine)| (left.slug.as_str(), *genuine)).collect::<Vec<_>>(),
        [("globex", true)]
    );
    assert!(app.service.verify_activity(operator()).await.unwrap().is_ok());
}

#[test]
fn an_organization_is_exported_and_deleted_at_the_command_line() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme --api-keys on");
    let key = program.json("key create --org acme --environment production --name CI --json");
    let user = ["user", "create", "--org=acme", "--email=ana@example.test", "--name=Ana", "--password-stdin", "--json"];
    program.run_with_input(&user, "violet otter climbs quietly");
    let run = |command: &str| program.run(&command.split(' ').collect::<Vec<_>>());

    let exported = run("org export acme");
    assert_eq!(exported.code, Some(0), "{}", exported.stderr);
    let lines: Vec<serde_json::Value> =
        exported.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
    assert_eq!(["organization", "environment", "member", "api_key"].map(|kind| of(kind).len()), [1, 3, 1, 1]);
    assert_eq!(of("api_key")[0]["client_id"], key["client_id"]);
    assert_eq!(of("member")[0]["email"], "ana@example.test");
    let events: Vec<_> = of("activity").into_iter().map(|row| row["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["organization.created", "api_key.created", "user.created", "activity.exported"]);
    assert!(!exported.stdout.contains(key["client_secret"].as_str().unwrap()) && !exported.stdout.contains("argon2"));

    for (command, words) in [("org delete acme", "Disable it first"), ("org delete nobody", "There is no organization")]
    {
        let run = run(command);
        assert_eq!((run.code, &*run.stdout), (Some(1), ""), "{command}");
        assert!(run.stderr.contains(words), "{command}: {}", run.stderr);
    }
    program.json("org set acme --state disabled --json");
    let deleted = program.json("org delete acme --json");
    assert_eq!((&deleted["slug"], &deleted["activity_rows"]), (&"acme".into(), &5.into()));
    assert_eq!(program.json("org list --json")["data"], serde_json::json!([]));
    assert_eq!(program.json("org list --deleted --json")["data"][0], deleted);
    assert_eq!(run("org create --slug acme --name Again").code, Some(1));
    assert_eq!(program.json("activity verify --json")["data"], serde_json::json!([]));
}
