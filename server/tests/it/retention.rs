//! How long the Activity Log is kept.

use rstest::rstest;
use service::activity_chain::Fault;
use store::testing::Engine;

use crate::harness::{App, operator};

const DAY: i64 = 24 * 3600;

#[rstest]
#[tokio::test]
async fn old_rows_leave_a_checkpoint_that_nobody_can_forge(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::forgetting(engine, 30).await;
    let acme = app.acme().await;
    app.organization("globex", "Globex", Default::default()).await;
    app.key(&acme, "First", "").await;
    app.pass(20 * DAY);
    app.key(&acme, "Second", "").await;
    let rows = async || {
        let verified = app.service.verify_activity(operator()).await.unwrap();
        verified.map(|chains| chains.into_iter().map(|chain| chain.rows).collect::<Vec<_>>())
    };
    app.service.clean_up(|| true).await.unwrap();
    assert_eq!(rows().await, Ok(vec![3, 1]));
    app.pass(11 * DAY);
    app.service.clean_up(|| true).await.unwrap();
    assert_eq!(rows().await, Ok(vec![1, 0]), "those older than thirty days are gone, in every organization");
    let mut browser = app.admin_of(&acme).await;
    let page = browser.get("/t/acme/settings/activity").await;
    assert!(page.body.contains("Second") && !page.body.contains("First"), "{}", page.body);
    assert_eq!(rows().await, Ok(vec![3, 0]), "the rows of the person who looks");

    app.database.execute("UPDATE activity_checkpoints SET sequence = 3 WHERE sequence = 2").await.unwrap();
    let forged = rows().await.expect_err("a sequence that was not signed");
    assert_eq!((forged.sequence, forged.fault), (3, Fault::Forged));
}

#[rstest]
#[tokio::test]
async fn without_the_setting_everything_is_kept(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::start(engine).await;
    let acme = app.acme().await;
    app.key(&acme, "First", "").await;
    app.pass(20_000 * DAY);
    app.service.clean_up(|| true).await.unwrap();
    let verified = app.service.verify_activity(operator()).await.unwrap().unwrap();
    assert_eq!(verified[0].rows, 2);
}
