//! A mail server that keeps what it gets, and refuses what it is told to.

use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::STANDARD};
use server::{
    config::{Config, Flags, PublicUrl, Settings, Sources},
    mail,
};
use service::mail::Mailer;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::harness::{App, ORIGIN};

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub text: String,
}

impl Received {
    /// A header, its lines joined.
    pub fn header(&self, name: &str) -> String {
        let (head, _) = self.text.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    }

    /// The body, decoded.
    pub fn body(&self) -> String {
        let (_, body) = self.text.split_once("\r\n\r\n").unwrap();
        match self.header("Content-Transfer-Encoding").as_str() {
            "quoted-printable" => unquoted(body),
            "base64" => {
                let bytes = STANDARD.decode(body.replace("\r\n", "")).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            _ => body.to_owned(),
        }
        .replace("\r\n", "\n")
    }

    /// The path of the link in it.
    pub fn link(&self) -> String {
        let body = self.body();
        let link = body.lines().find_map(|line| line.strip_prefix(ORIGIN).filter(|path| path.len() > 1));
        link.expect("a link").to_owned()
    }
}

/// RFC 2045 §6.7.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'=' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The mail server.
pub struct MailServer {
    pub port: u16,
    mails: Arc<Mutex<Vec<Received>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl MailServer {
    pub async fn start() -> Self {
        Self::answering(0, "250 OK").await
    }

    /// Answers every recipient like this, at this port; 0 takes a free one.
    pub async fn answering(port: u16, recipient: &'static str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::default();
        let kept = Arc::clone(&mails);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, recipient, Arc::clone(&kept)));
            }
        });
        Self { port, mails, task }
    }

    /// Everything that came since the last time, by recipient.
    pub fn take(&self) -> Vec<Received> {
        let mut mails = std::mem::take(&mut *self.mails.lock().unwrap());
        mails.sort_by(|a, b| a.to.cmp(&b.to));
        mails
    }

    /// What a process sends to it with.
    pub fn mailer(&self) -> Arc<dyn Mailer> {
        mailer(self.port)
    }

    /// Lets a process send what is due, and takes it.
    pub async fn deliver(&self, app: &App) -> Vec<Received> {
        send(app, &*self.mailer()).await;
        self.take()
    }

    /// The only mail that is due.
    pub async fn only(&self, app: &App) -> Received {
        let mut mails = self.deliver(app).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.remove(0)
    }
}

/// Lets a process send everything that is due.
pub async fn send(app: &App, mailer: &dyn Mailer) {
    while app.service.send_mails(mailer, || false).await.unwrap() {}
}

/// What a process sends with to this port.
pub fn mailer(port: u16) -> Arc<dyn Mailer> {
    let settings = Settings {
        smtp_url: Some(format!("smtp://127.0.0.1:{port}")),
        mail_from: Some("Keyline <keyline@acme.test>".to_owned()),
        ..Settings::default()
    };
    let sources = Sources::load(&Flags { config: None, settings }, []).unwrap();
    mail::mailer(&Config::from_sources(&sources).unwrap(), &PublicUrl::parse(ORIGIN).unwrap())
}

/// RFC 5321, as much of it as there must be.
async fn converse(stream: TcpStream, recipient: &'static str, kept: Arc<Mutex<Vec<Received>>>) -> Option<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 mail.test\r\n").await.ok()?;
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let path = || line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).unwrap_or_default().0.to_owned();
        let answer = match verb.as_str() {
            "EHLO" => "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                from = path();
                "250 OK"
            }
            "RCPT" => {
                to = path();
                recipient
            }
            "DATA" => {
                writer.write_all(b"354 Go on\r\n").await.ok()?;
                let mut text = String::new();
                while let Some(line) = lines.next_line().await.ok()? {
                    if line == "." {
                        break;
                    }
                    text += line.strip_prefix('.').unwrap_or(&line);
                    text += "\r\n";
                }
                kept.lock().unwrap().push(Received { from: from.clone(), to: to.clone(), text });
                "250 OK"
            }
            "QUIT" => "221 Bye",
            _ => "250 OK",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}
