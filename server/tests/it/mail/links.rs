//! One-time links that are mailed.

use domain::{
    email::Email,
    organization::Policy,
    user::{Role, UserState},
};
use rstest::rstest;
use store::testing::Engine;

use super::smtp::{MailServer, mailer, send};
use crate::harness::{Answer, App, Browser, PASSWORD, operator};

const NEW_PASSWORD: &str = "granite lantern hums at noon";
const USERS: &str = "/t/acme/settings/users";

async fn forget(app: &App, email: &str) -> Answer {
    Browser::new(app).post("/forgot", &[("email", email)]).await
}

/// What a page shows, without the head, which is another each time.
fn shown(page: &Answer) -> &str {
    page.body.split_once("<body").unwrap().1
}

#[rstest]
#[tokio::test]
async fn a_forgotten_password_is_chosen_anew_by_mail(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    app.user(&globex, "mia@acme.test", Role::Member).await;
    let mut signed_in = app.person(&acme, "mia@acme.test", Role::Member).await;
    let server = MailServer::start().await;
    let mut browser = Browser::new(&app);
    assert!(browser.get("/sign-in").await.body.contains(r#"href="/forgot""#));
    assert_eq!(browser.get("/forgot").await.status, 200);

    let (known, unknown) = (forget(&app, "mia@acme.test").await, forget(&app, "eva@acme.test").await);
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(shown(&known).replace("mia@", "eva@"), shown(&unknown), "one answer, whoever it is");
    assert_eq!(signed_in.get("/t/acme").await.status, 303, "asking alone changes nothing");
    let first = server.only(&app).await;
    assert_eq!(
        (first.to.as_str(), first.header("Subject").as_str()),
        ("mia@acme.test", "Choose a new password for Keyline")
    );

    forget(&app, "MIA@ACME.TEST").await;
    let second = server.only(&app).await;
    assert_eq!(second.to, "mia@acme.test", "as the account has it");
    assert_eq!(browser.get(&first.link()).await.status, 404, "the newest alone works");
    let saved = browser.post(&second.link(), &[("password", NEW_PASSWORD)]).await;
    assert_eq!((saved.status, saved.header("location")), (303, "/sign-in"));
    assert_eq!(browser.post(&second.link(), &[("password", PASSWORD)]).await.status, 404, "once");
    assert!(signed_in.get("/t/acme").await.header("location").starts_with("/sign-in"));
    assert_eq!(browser.sign_in("mia@acme.test", NEW_PASSWORD).await.status, 303);
    assert!(server.only(&app).await.body().contains("was changed"));

    forget(&app, "mia@acme.test").await;
    let late = server.only(&app).await;
    app.pass(service::accounts::RESET_LINK_S);
    assert_eq!(browser.get(&late.link()).await.status, 404);
}

#[rstest]
#[tokio::test]
async fn a_link_goes_to_nobody_but_the_person(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    for address in ["fi@acme.test", "gone@acme.test"] {
        app.user(&acme, address, Role::Member).await;
    }
    let gone = Email::parse("gone@acme.test").unwrap();
    app.service.set_account_state(operator(), &gone, UserState::Deactivated).await.unwrap().unwrap();
    let server = MailServer::start().await;
    // Folds to the same account, and is the address of somebody else.
    assert_eq!(forget(&app, "ﬁ@acme.test").await.status, 200);
    assert_eq!(server.only(&app).await.to, "fi@acme.test");
    assert_eq!(forget(&app, "gone@acme.test").await.status, 200);
    assert!(server.deliver(&app).await.is_empty());

    for bad in [
        "",
        "nobody",
        "a b@acme.test",
        "ana@acme.test\r\nBcc: eve@evil.test",
        &format!("{}@acme.test", "a".repeat(320)),
    ] {
        let refused = forget(&app, bad).await;
        assert_eq!(refused.status, 422, "{bad:?}");
        assert!(
            refused.body.contains("<title>Error: ") && refused.body.contains("Enter an e-mail address"),
            "{}",
            refused.body
        );
    }
    for _ in 0..4 {
        assert_eq!(forget(&app, "fi@acme.test").await.status, 200);
    }
    assert_eq!(server.deliver(&app).await.len(), 2, "three in ten minutes, whoever asks");
    let refused = forget(&app, "fi@acme.test").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "60"));
    assert_eq!(forget(&app, "unknown@acme.test").await.status, 200, "for this account alone");
}

#[rstest]
#[tokio::test]
async fn a_link_is_the_same_at_every_try_and_dies_with_a_newer_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    let away = mailer(MailServer::start().await.port);
    forget(&app, "mia@acme.test").await;
    send(&app, &*away).await;
    app.pass(20);
    let server = MailServer::start().await;
    let link = server.only(&app).await.link();
    assert_eq!(Browser::new(&app).get(&link).await.status, 200);

    forget(&app, "mia@acme.test").await;
    send(&app, &*away).await;
    let by_hand = app.service.reset_link(operator(), &Email::parse("mia@acme.test").unwrap()).await.unwrap().unwrap();
    app.pass(20);
    assert!(server.deliver(&app).await.is_empty(), "an operator made a newer one");
    assert_eq!(Browser::new(&app).get(&format!("/reset/{}", *by_hand)).await.status, 200);
    assert_eq!(app.database.count("mails").await.unwrap(), 0);
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_whom_to_ask() {
    let app = App::start(Engine::Sqlite).await;
    let acme = app.acme().await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    for answer in [Browser::new(&app).get("/forgot").await, forget(&app, "mia@acme.test").await] {
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains("sends no mail") && answer.body.contains("whoever runs this console"),
            "{}",
            answer.body
        );
        assert!(!answer.body.contains(r#"name="email""#));
    }
    assert_eq!(app.database.count("mails").await.unwrap(), 0);
}

#[rstest]
#[tokio::test]
async fn invitations_are_mailed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let server = MailServer::start().await;
    let page = format!("{USERS}/invite");
    let emails = "ben@new.test, eva@new.test, nobody";
    let made = admin.submit(&page, &page, &[("emails", emails), ("role", "member")]).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(
        made.body.contains("2 people invited") && made.body.contains("mailed to each address below"),
        "{}",
        made.body
    );
    assert!(!made.body.contains("/invite/"), "no link is shown");
    let mails = server.deliver(&app).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["ben@new.test", "eva@new.test"]);
    let mail = &mails[0];
    assert_eq!(mail.header("Subject"), "Join Acme Corp on Keyline");
    let body = mail.body();
    assert!(body.starts_with("Hello,\n") && body.contains("admin invites you to join Acme Corp on Keyline."), "{body}");
    assert!(body.contains("until 28 Nov 2026, 11:59 UTC"), "{body}");
    let fields = [("name", "Ben"), ("password", PASSWORD)];
    assert_eq!(Browser::new(&app).post(&mail.link(), &fields).await.status, 303);

    app.pass(1);
    admin.submit(&page, &page, &[("emails", "ida@new.test"), ("role", "admin")]).await;
    let list = admin.get(USERS).await.body;
    let (_, rest) = list.split_once("/invitations/").unwrap();
    let withdraw = format!("{USERS}/invitations/{}/withdraw", rest.split('/').next().unwrap());
    assert_eq!(admin.submit(USERS, &withdraw, &[]).await.status, 303);
    assert!(server.deliver(&app).await.is_empty(), "it was withdrawn before it was sent");
}

#[rstest]
#[tokio::test]
async fn a_password_link_by_an_administrator_is_mailed(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let ben = app.user(&acme, "ben@acme.test", Role::Member).await;
    app.user(&globex, "ben@acme.test", Role::Member).await;
    let mut admin = app.admin_of(&acme).await;
    let server = MailServer::start().await;
    let page = format!("{USERS}/{mia}");
    let made = admin.submit(&page, &format!("{page}/reset-link"), &[]).await;
    assert_eq!((made.status, made.body.contains("/reset/")), (303, false), "{}", made.body);
    let said = admin.get(made.header("location")).await.body;
    assert!(said.contains("was mailed to mia@acme.test"), "{said}");
    let mail = server.only(&app).await;
    assert!(mail.to == "mia@acme.test" && mail.body().contains("An administrator asks you"), "{}", mail.body());
    assert_eq!(Browser::new(&app).post(&mail.link(), &[("password", NEW_PASSWORD)]).await.status, 303);

    let page = format!("{USERS}/{ben}");
    let refused = admin.submit(&page, &format!("{page}/reset-link"), &[]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body.contains("ask for a link by mail themselves"), "{}", refused.body);
}
