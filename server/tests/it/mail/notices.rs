//! Who is told of keys and accounts, in which words, and that it is once.

use domain::{
    key::Owner,
    name::Name,
    organization::{KeyNotices, Organization, Policy},
    user::Role,
};
use rstest::rstest;
use service::{
    keys::{IssuedKey, KeyWanted, Rotation},
    mail::{Letter, Mailer, NotSent},
};
use store::{IssuedTokens, testing::Engine};

use super::smtp::{MailServer, mailer, send};
use crate::harness::{App, Browser, PASSWORD, at, operator, wanted};

const DAY: i64 = 24 * 3600;

async fn suspend(app: &App, organization: &Organization, key: &IssuedKey) {
    let everyone = operator().in_organization(organization.clone());
    let suspended = app.service.suspend_key(&everyone, &key.key.client_id, None, IssuedTokens::RunOut, None).await;
    suspended.unwrap().unwrap();
}

async fn rotate(app: &App, organization: &Organization, key: &IssuedKey, rotation: Rotation) {
    let everyone = operator().in_organization(organization.clone());
    let rotated = app.service.rotate_key(&everyone, &key.key.client_id, rotation, None, None).await;
    rotated.unwrap().map_err(|refused| format!("{refused:?}")).map(drop).unwrap();
}

const KEEP: Rotation = Rotation { grace_s: 3600, expires_at: None, issued_tokens: IssuedTokens::RunOut };

#[rstest]
#[tokio::test]
async fn administrators_read_what_happened_to_a_key(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    app.user(&acme, "mia@acme.test", Role::Member).await;
    let server = MailServer::start().await;
    let until = Some(at("2027-02-20T00:00:00Z"));
    let key = app.insert(&acme, KeyWanted { expires_at: until, ..wanted("Billing sync", "keys:read") }).await;
    let mail = server.only(&app).await;
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("keyline@acme.test", "ana@acme.test"));
    assert_eq!(mail.header("From"), "Keyline <keyline@acme.test>");
    assert_eq!(mail.header("To"), "ana <ana@acme.test>");
    assert_eq!(mail.header("Date"), "Sat, 21 Nov 2026 12:00:00 +0000");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    let id = mail.header("Message-ID");
    assert!(id.starts_with('<') && id.ends_with("@acme.test>") && id.len() == 44, "{id}");
    let client_id = key.key.client_id.as_str();
    assert_eq!(
        mail.body(),
        format!(
            "Hello ana,\n\
             \n\
             An API key was created in Acme Corp.\n\
             \n\
             \x20 API key: Billing sync\n\
             \x20 Client ID: {client_id}\n\
             \x20 Organization: Acme Corp\n\
             \x20 Environment: production\n\
             \x20 Expires: 19 Feb 2027, 23:59 UTC\n\
             \x20 By: Command line\n\
             \x20 When: 21 Nov 2026, 12:00 UTC\n\
             \n\
             The key, where you can suspend, rotate or remove it:\n\
             http://localhost:3000/t/acme/settings/api-keys/production/{client_id}\n\
             \n\
             You get this mail because you administer Acme Corp. Organization settings, Key policy says who is told.\n\
             \n\
             -- \n\
             Keyline, http://localhost:3000\n"
        )
    );

    rotate(&app, &acme, &key, KEEP).await;
    let mail = server.only(&app).await;
    assert!(
        mail.body().contains("got a new secret")
            && mail.body().contains("Previous secret until: 21 Nov 2026, 12:59 UTC"),
        "{}",
        mail.body()
    );
    suspend(&app, &acme, &key).await;
    let mail = server.only(&app).await;
    assert!(mail.body().contains("was suspended"), "{}", mail.body());
    assert!(!mail.text.contains(key.secret.expose()));
    app.service.secret_exposed(operator(), &key.secret).await.unwrap();
    assert!(server.deliver(&app).await.is_empty(), "another secret has taken its place");
    let other = app.key(&acme, "Nightly export", "").await;
    server.only(&app).await;
    app.service.secret_exposed(operator(), &other.secret).await.unwrap();
    let mail = server.only(&app).await;
    assert!(mail.body().contains("was found in public. The key is suspended"), "{}", mail.body());
    assert!(!mail.text.contains(other.secret.expose()));
    assert!(server.deliver(&app).await.is_empty(), "each once");
}

#[rstest]
#[tokio::test]
async fn owners_are_told_of_theirs_and_nobody_where_nobody_wants(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::mailing(engine).await;
    let policy = Policy { key_notices: KeyNotices::Nobody, ..Policy::default() };
    let acme = app.organization("acme", "Acme Corp", policy).await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let mia = app.user(&acme, "mia@acme.test", Role::Member).await;
    let server = MailServer::start().await;
    app.key(&acme, "Ours", "").await;
    let key = app.insert(&acme, KeyWanted { owner: Owner::User(mia), ..wanted("Mine", "") }).await;
    let mail = server.only(&app).await;
    assert_eq!(mail.to, "mia@acme.test");
    assert!(mail.body().contains("because the key is yours"), "{}", mail.body());
    assert_eq!(mail.link(), format!("/t/acme/me/api-keys/production/{}", key.key.client_id));
}

#[rstest]
#[tokio::test]
async fn a_new_password_is_told_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    let globex = app.organization("globex", "Globex", Policy::default()).await;
    app.user(&globex, "mia@acme.test", Role::Member).await;
    let mut browser = app.person(&acme, "mia@acme.test", Role::Member).await;
    let server = MailServer::start().await;
    let page = "/t/acme/me/profile";
    let fields = [("current_password", PASSWORD), ("new_password", "granite lantern hums at noon")];
    let changed = browser.submit(page, &format!("{page}/password"), &fields).await;
    assert_eq!(changed.status, 303, "{}", changed.body);
    let mail = server.only(&app).await;
    assert_eq!(
        (mail.to.as_str(), mail.header("Subject").as_str()),
        ("mia@acme.test", "Your password for Keyline was changed")
    );
    assert_eq!(mail.link(), "/forgot");
    assert!(!mail.text.contains("granite"));
}

#[rstest]
#[case::quotes(r#"A "b" <c@d.test>, e; f"#)]
#[case::unicode("Zoë 🚀 Ünïcødé — נתן")]
#[case::long("👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀")]
#[case::header("x: y=?utf-8?q?=0D=0ABcc:_eve@evil.test?=")]
#[case::dots(".")]
#[tokio::test]
async fn no_name_adds_a_line_to_the_head(#[case] name: &str) {
    let app = App::mailing(Engine::Sqlite).await;
    let acme = app.organization("acme", name, Policy::default()).await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let server = MailServer::start().await;
    app.key(&acme, name, "").await;
    let mail = server.only(&app).await;
    let (head, _) = mail.text.split_once("\r\n\r\n").unwrap();
    let lines = head.split("\r\n");
    let names: Vec<_> =
        lines.filter(|line| !line.starts_with(' ')).map(|line| line.split_once(": ").unwrap().0).collect();
    let known =
        ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding"];
    assert!(names.iter().all(|name| known.contains(name)) && names.len() == known.len(), "{head}");
    assert!(head.is_ascii() && head.split("\r\n").all(|line| line.len() <= 998), "{head}");
    assert!(mail.body().contains(&format!("  API key: {name}\n")), "{}", mail.body());
    assert_eq!(mail.to, "ana@acme.test");
}

#[tokio::test]
async fn an_address_no_mail_goes_to_keeps_nobody_waiting() {
    let app = App::mailing(Engine::Sqlite).await;
    let acme = app.acme().await;
    let longest = format!("{}@{}.test", "a".repeat(64), "b".repeat(63));
    for address in ["a..b@acme.test", "ana@-acme-.test", "añá@exämple.test", &longest] {
        app.user(&acme, address, Role::Admin).await;
    }
    app.user(&acme, "zoe@acme.test", Role::Admin).await;
    let server = MailServer::start().await;
    app.key(&acme, "Ours", "").await;
    let mails = server.deliver(&app).await;
    assert!(mails.iter().any(|mail| mail.to == "zoe@acme.test"), "{mails:?}");
    app.pass(2 * DAY);
    assert!(server.deliver(&app).await.is_empty(), "nothing is tried again for ever");
}

#[rstest]
#[tokio::test]
async fn a_mail_waits_for_a_server_that_is_away(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let port = MailServer::start().await.port; // nobody listens there any more
    app.key(&acme, "Ours", "").await;
    send(&app, &*mailer(port)).await;
    let busy = MailServer::answering(0, "451 Come again").await;
    app.pass(15);
    assert!(busy.deliver(&app).await.is_empty());
    let server = MailServer::answering(0, "250 OK").await;
    app.pass(29);
    assert!(server.deliver(&app).await.is_empty(), "the second pause is longer");
    app.pass(1);
    assert_eq!(server.only(&app).await.to, "ana@acme.test");

    app.key(&acme, "Refused", "").await;
    assert!(MailServer::answering(0, "550 No such person").await.deliver(&app).await.is_empty());
    app.pass(DAY / 2);
    assert!(server.deliver(&app).await.is_empty(), "refused for good");

    app.key(&acme, "Given up", "").await;
    for _ in 0..26 {
        send(&app, &*mailer(port)).await;
        app.pass(3600);
    }
    assert!(server.deliver(&app).await.is_empty(), "given up after a day");
}

/// Sends nothing, and counts.
#[derive(Default)]
struct Counting(std::sync::Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Mailer for Counting {
    async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        tokio::task::yield_now().await;
        self.0.lock().unwrap().push(letter.id.clone());
        Ok(())
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_each_sends_other_mails(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    for name in ["ana", "ben"] {
        app.user(&acme, &format!("{name}@acme.test"), Role::Admin).await;
    }
    for number in 0..45 {
        app.key(&acme, &format!("Key {number}"), "").await;
    }
    let beside = app.beside().await;
    let counting = Counting::default();
    tokio::join!(send(&app, &counting), send(&beside, &counting));
    let mut sent = counting.0.into_inner().unwrap();
    assert_eq!(sent.len(), 90);
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 90);
}

#[rstest]
#[tokio::test]
async fn people_are_reminded_before_a_key_ends(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    let beside = app.beside().await;
    let server = MailServer::start().await;
    let end = app.now().plus_seconds(20 * DAY);
    let key = app.insert(&acme, KeyWanted { expires_at: Some(end), ..wanted("Nightly export", "") }).await;
    server.only(&app).await;
    let remind = async || {
        let (one, other) = tokio::join!(app.service.remind_of_expiry(), beside.service.remind_of_expiry());
        one.and(other).unwrap();
        server.deliver(&app).await
    };
    let mut reminded = Vec::new();
    for day in 0..20 {
        for mail in remind().await {
            assert!(mail.body().contains("works until 11 Dec 2026"), "{}", mail.body());
            reminded.push(day);
        }
        app.pass(DAY);
    }
    assert_eq!(reminded, [6, 17, 19]);
    assert!(remind().await.is_empty());

    let later = Rotation { expires_at: Some(Some(app.now().plus_seconds(16 * DAY))), ..KEEP };
    let ended = app
        .insert(&acme, KeyWanted { expires_at: Some(app.now().plus_seconds(15 * DAY)), ..wanted("Weekly", "") })
        .await;
    rotate(&app, &acme, &ended, later).await;
    server.deliver(&app).await;
    app.pass(3 * DAY);
    let mails = remind().await;
    assert_eq!(mails.len(), 1, "of the new end alone: {mails:?}");
    app.pass(10 * DAY);
    app.revoke(&acme, &ended, IssuedTokens::RunOut).await;
    assert!(remind().await.is_empty());
    assert!(key.key.expires_at.is_some());
}

#[tokio::test]
async fn names_of_people_come_as_they_are() {
    let app = App::mailing(Engine::Sqlite).await;
    let acme = app.acme().await;
    let mut admin = app.admin_of(&acme).await;
    let server = MailServer::start().await;
    let list = "/t/acme/settings/api-keys/production";
    let fields = [("name", "By hand"), ("kind", "client"), ("expiration", "never")];
    assert_eq!(admin.submit(&format!("{list}/new"), list, &fields).await.status, 201);
    let mail = server.only(&app).await;
    assert!(mail.body().contains("  By: admin\n"), "{}", mail.body());
    assert!(crate::harness::secret_in(&mail.text).is_none());
    assert!(Name::parse("a\r\nBcc: eve@evil.test").is_err());
    let _: Browser<'_> = admin;
}

#[rstest]
#[tokio::test]
async fn a_mail_that_cannot_be_put_together_holds_up_no_other(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let app = App::mailing(engine).await;
    let acme = app.acme().await;
    app.user(&acme, "ana@acme.test", Role::Admin).await;
    for name in ["Unreadable", "Billing sync"] {
        app.key(&acme, name, "").await;
    }
    let guard = match engine {
        Engine::Sqlite => "DROP TRIGGER activity_no_update",
        Engine::Postgres => "ALTER TABLE activity DISABLE TRIGGER USER",
    };
    let unknown = "UPDATE activity SET event = 'nothing' WHERE sequence = (SELECT MIN(sequence) FROM mails)";
    for sql in [guard, unknown] {
        app.database.execute(sql).await.unwrap();
    }
    let server = MailServer::start().await;
    let mail = server.only(&app).await;
    assert!(mail.body().contains("Billing sync"), "{}", mail.body());
    assert_eq!(app.database.count("mails").await.unwrap(), 1, "it is tried again");
    app.pass(DAY);
    assert!(server.deliver(&app).await.is_empty());
    assert_eq!(app.database.count("mails").await.unwrap(), 0, "and given up after a day");
}
