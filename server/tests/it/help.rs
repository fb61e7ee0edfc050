//! Help, for people and for programs that read.

use store::testing::Engine;

use crate::harness::{App, Browser, ORIGIN};

#[tokio::test]
async fn help_is_open_to_everybody() {
    let app = App::start(Engine::Sqlite).await;
    let mut anybody = Browser::new(&app);
    let help = anybody.get("/help").await;
    assert_eq!((help.status, help.header("location")), (303, "/help/first-key"));
    let guide = anybody.get("/help/own-keys").await;
    assert_eq!(guide.status, 200);
    assert!(guide.body.contains(r#"href="/help/own-keys" aria-current="page""#), "{}", guide.body);
    assert!(guide.body.contains(&format!("curl {ORIGIN}/oauth/token")), "commands name this deployment");
    for nothing in ["/help/nothing", "/help/nothing.md", "/help/..%2fREADME", "/help/pictures/nothing.png"] {
        assert_eq!(anybody.get(nothing).await.status, 404, "{nothing}");
    }
    assert!(anybody.get("/sign-in").await.body.contains(r#"<a href="/help">"#));
}

#[tokio::test]
async fn each_section_leads_to_its_guide() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    for (page, guide) in [
        ("/t/acme/settings/api-keys/production", "how-authentication-works"),
        ("/t/acme/settings/users", "people"),
        ("/t/acme/settings/authentication", "verify-tokens"),
        ("/t/acme/settings/organization", "policies"),
        ("/t/acme/me/profile", "sessions"),
        ("/t/acme/me/credentials", "own-keys"),
    ] {
        let body = admin.get(page).await.body;
        assert!(body.contains(&format!(r#"<a href="/help/{guide}">Help</a>"#)), "{page}");
        assert!(body.contains(r#"href="/help/keyboard""#), "{page}");
    }
}

#[tokio::test]
async fn programs_find_everything_there_is_to_read() {
    let app = App::start(Engine::Sqlite).await;
    let mut anybody = Browser::new(&app);
    let index = anybody.get("/llms.txt").await;
    assert_eq!((index.status, index.header("content-type")), (200, "text/plain; charset=utf-8"));
    let addresses = index.body.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let addresses: Vec<_> = addresses.map(|address| address.strip_prefix(ORIGIN).unwrap()).collect();
    assert!(addresses.len() > 20, "{addresses:?}");
    for address in addresses {
        let answer = anybody.get(address).await;
        assert_eq!(answer.status, 200, "{address}");
        let is_markdown = answer.header("content-type").starts_with("text/markdown");
        assert!(is_markdown || address.ends_with(".json"), "{address}");
    }
}
