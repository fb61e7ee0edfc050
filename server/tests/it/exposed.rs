//! Secrets that were found in public.

use domain::key::VerbRefused;
use rstest::rstest;
use service::keys::{
    ChangeRefused, Rotated, Rotation,
    exposed::{Exposed, Response},
};
use store::{IssuedTokens, testing::Engine};

use crate::{
    harness::{App, basic, form, operator},
    program::Program,
};

async fn found(app: &App, secret: &str) -> Option<Exposed> {
    let secret = domain::secret::Secret::parse(secret).expect("a secret");
    app.service.secret_exposed(operator(), &secret).await.unwrap()
}

async fn status_of_exchange(app: &App, client_id: &str, secret: &str) -> u16 {
    let authorization = basic(client_id, secret);
    app.send(form("grant_type=client_credentials", |request| request.header("authorization", authorization)))
        .await
        .status
}

#[rstest]
#[tokio::test]
async fn a_present_secret_suspends_its_key_until_it_is_rotated(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let issued = app.key(&acme, "Billing sync", "keys:read").await;
    let (id, secret) = (issued.key.client_id.as_str(), issued.secret.expose());
    let everyone = operator().in_organization(acme.clone());
    // Also where somebody had suspended it for a reason of their own.
    app.service.suspend_key(&everyone, &issued.key.client_id, None, IssuedTokens::RunOut, None).await.unwrap().unwrap();

    let exposed = found(&app, secret).await.expect("a key");
    assert_eq!((exposed.response, exposed.organization.slug.as_str()), (Response::Suspended, "acme"));
    assert!(exposed.key.is_exposed());
    assert_eq!(status_of_exchange(&app, id, secret).await, 401);
    assert_eq!(found(&app, secret).await.expect("a key").response, Response::Nothing, "known");

    let mut browser = app.admin_of(&acme).await;
    let list = browser.get("/t/acme/settings/api-keys/production").await;
    assert!(list.body.contains("Found in public — rotate now"), "{}", list.body);
    let page = format!("/t/acme/settings/api-keys/production/{id}");
    let question = browser.get(&format!("{page}/rotate")).await.body;
    assert!(question.contains("was found in public, so it ends now") && !question.contains("86400"), "{question}");
    let details = browser.get(&page).await.body;
    assert!(details.contains("Its secret was found in public. Rotate it first."), "{details}");
    let early = app.service.reapprove_key(&everyone, &issued.key.client_id, None).await.unwrap();
    assert!(matches!(early, Err(ChangeRefused::State(VerbRefused::Exposed, _))), "{early:?}");

    let day = Rotation { grace_s: 86_400, expires_at: None, issued_tokens: IssuedTokens::RunOut };
    let rotated = app.service.rotate_key(&everyone, &issued.key.client_id, day, None, None).await.unwrap();
    let Ok(Rotated::Issued(rotated)) = rotated else { panic!("rotated") };
    assert!(rotated.key.previous_secret(app.service.now()).is_none(), "no grace");
    assert!(rotated.key.suspended.is_some() && !rotated.key.is_exposed());
    assert_eq!(found(&app, secret).await.expect("a key").response, Response::Nothing, "replaced");
    app.service.reapprove_key(&everyone, &issued.key.client_id, None).await.unwrap().unwrap();
    assert_eq!(status_of_exchange(&app, id, secret).await, 401);
    assert_eq!(status_of_exchange(&app, id, rotated.secret.expose()).await, 200);
}

#[rstest]
#[tokio::test]
async fn of_a_rotated_key_only_the_secret_that_was_found_is_ended(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let issued = app.key(&acme, "Billing sync", "keys:read").await;
    let everyone = operator().in_organization(acme);
    let day = Rotation { grace_s: 86_400, expires_at: None, issued_tokens: IssuedTokens::RunOut };
    let rotated = app.service.rotate_key(&everyone, &issued.key.client_id, day, None, None).await.unwrap();
    let Ok(Rotated::Issued(rotated)) = rotated else { panic!("rotated") };
    let id = issued.key.client_id.as_str();
    assert_eq!(status_of_exchange(&app, id, issued.secret.expose()).await, 200);
    assert_eq!(found(&app, issued.secret.expose()).await.expect("a key").response, Response::PreviousSecretEnded);
    assert_eq!(status_of_exchange(&app, id, issued.secret.expose()).await, 401);
    assert_eq!(status_of_exchange(&app, id, rotated.secret.expose()).await, 200);
}

#[test]
fn text_is_read_from_standard_input() {
    let program = Program::new();
    program.json("org create --slug acme --name Acme --api-keys on");
    let key = program.json("key create --org acme --environment production --name CI --json");
    let secret = key["client_secret"].as_str().unwrap();
    let text = format!("diff --git\n+KEY=\"\\n{secret}\\n\"\nkl_production_{}_000000", "a".repeat(43));
    let run = program.run_with_input(&["key", "exposed", "--json"], &text);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret));
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let rows = found["data"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{found}");
    assert_eq!((&rows[0]["client_id"], &rows[0]["response"]), (&key["client_id"], &"suspended".into()));
    assert_eq!((&rows[0]["organization"], &rows[0]["status_reason"]), (&"acme".into(), &"exposed".into()));
    let nothing = program.run_with_input(&["key", "exposed"], "nothing here");
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(0), ""));
}
