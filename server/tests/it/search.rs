//! Search over every environment, without script.

use domain::{organization::Policy, slug::EnvironmentSlug};
use rstest::rstest;
use store::testing::Engine;

use crate::harness::{App, operator, wanted};

#[rstest]
#[tokio::test]
async fn keys_of_every_environment_are_found(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    app.key(&acme, "Billing sync", "").await;
    app.key(&globex, "Billing of others", "").await;
    let staging = EnvironmentSlug::parse("staging").expect("a slug");
    let manager = operator().in_organization(acme.clone());
    let made = app.service.create_key(&manager, &staging, wanted("Billing rehearsal", ""), None).await;
    made.expect("the database works").map(drop).expect("no rule is in the way");
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get("/t/acme/search?q=billing").await.body;
    assert!(page.contains("Billing sync") && page.contains("Billing rehearsal"), "{page}");
    assert!(!page.contains("Billing of others"), "{page}");
    assert!(page.find("Billing rehearsal") < page.find("Billing sync"), "by name");
    let page = browser.get("/t/acme/search?q=api+keys+in+sta").await.body;
    assert!(page.contains("API Keys in Staging") && !page.contains("API Keys in Production</a>"), "{page}");
    assert!(browser.get("/t/acme/search?q=%3Cb%3E").await.body.contains("Nothing matches “&lt;b&gt;”"));
    assert!(browser.get("/t/acme/search").await.body.contains("Activity Log"));
}
