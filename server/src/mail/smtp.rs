use std::{
    fmt,
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{Error, extension::ClientId, response::Category},
};
use service::mail::{Letter, Mailer, NotSent};
use url::Url;

use super::words;
use crate::config::{PublicUrl, Reason, SecretUrl, is_this_machine};

/// How long a mail server may take for one answer.
const ANSWER: Duration = Duration::from_secs(8);

/// How long it may take for one mail.
const WHOLE: Duration = Duration::from_secs(15);

/// A mail server, and whom its mails come from.
#[derive(Clone)]
pub struct Server {
    /// `smtp://…` or `smtps://…`, perhaps with a password.
    pub url: SecretUrl,
    /// The sender.
    pub from: Mailbox,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url).field("from", &self.from).finish()
    }
}

impl Server {
    /// Checks that mails go encrypted, and only to this machine in clear unless that is asked for.
    ///
    /// # Errors
    /// The scheme is another, the host is missing, or a password would go in clear.
    pub fn check(url: &Url) -> Result<(), Reason> {
        transport(url).map(drop)
    }
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// `smtps` begins with TLS. `smtp` goes over to TLS (STARTTLS) or gives up; to this machine, or with `?tls=none`, it stays in
/// clear.
fn transport(url: &Url) -> Result<lettre::transport::smtp::AsyncSmtpTransportBuilder, Reason> {
    let advice = "write smtps://USER@HOST:PORT or smtp://HOST:PORT";
    let asked: Vec<_> = url.query_pairs().into_owned().collect();
    let asked = match asked.as_slice() {
        [] => None,
        [(name, value)] if name == "tls" && matches!(value.as_str(), "required" | "none") => Some(value.as_str()),
        _ => {
            return Err(Reason::new(
                "it has parameters that mean nothing here",
                "use none, or tls=required, or tls=none",
            ));
        }
    };
    let in_clear = match (url.scheme(), asked) {
        ("smtps", None | Some("required")) => false,
        ("smtp", asked) => asked.map_or_else(|| is_this_machine(url), |asked| asked == "none"),
        _ => return Err(Reason::new("it is not the URL of a mail server", advice)),
    };
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if in_clear && has_credentials && !is_this_machine(url) {
        return Err(Reason::new("its password would go in clear", "leave tls=none out"));
    }
    let mut url = url.clone();
    url.set_path("");
    url.set_query((url.scheme() == "smtp" && !in_clear).then_some("tls=required"));
    Transport::from_url(url.as_str()).map_err(|_| Reason::new("it is not the URL of a mail server", advice))
}

/// Sends mail to a mail server.
pub struct Smtp {
    transport: Transport,
    from: Mailbox,
    url: String,
}

impl Smtp {
    /// Nothing is connected yet.
    ///
    /// # Panics
    /// Never: the configuration has checked the URL.
    pub fn new(server: &Server, public_url: &PublicUrl) -> Self {
        let url = Url::parse(server.url.expose()).expect("checked with the configuration");
        let builder = transport(&url).unwrap_or_else(|reason| panic!("checked with the configuration: {reason}"));
        let builder = builder.hello_name(ClientId::Domain(public_url.host().to_owned())).timeout(Some(ANSWER));
        Self { transport: builder.build(), from: server.from.clone(), url: public_url.origin().to_owned() }
    }

    fn compose(&self, letter: &Letter) -> Result<Message, NotSent> {
        let address: Address = letter.to.as_str().parse().map_err(never)?;
        let name = letter.name.as_ref().map(ToString::to_string);
        let text = words(letter, &self.url);
        let at = u64::try_from(letter.at.as_millis()).unwrap_or(0);
        Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(at))
            .from(self.from.clone())
            .to(Mailbox::new(name, address))
            .subject(text.subject)
            // No answer comes back from people who are away (RFC 3834 §5).
            .raw_header(lettre::message::header::HeaderValue::new(
                lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .header(ContentType::TEXT_PLAIN)
            .body(text.body)
            .map_err(never)
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        let mail = self.compose(letter)?;
        match tokio::time::timeout(WHOLE, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(not_sent(&error)),
            Err(_) => Err(NotSent::Unreachable("the mail server takes too long".to_owned())),
        }
    }
}

fn never(error: impl fmt::Display) -> NotSent {
    NotSent::Never(error.to_string())
}

/// A server that refuses this mail says so with a reply about mail (RFC 5321 §4.2.1: the second digit is 5). Other refusals,
/// such as a wrong password, are for the operator to mend.
fn not_sent(error: &Error) -> NotSent {
    let why = error.to_string();
    match error.status() {
        Some(code) if code.category == Category::MailSystem && error.is_permanent() => NotSent::Never(why),
        Some(code) if code.category == Category::MailSystem => NotSent::Later(why),
        None if error.is_client() => NotSent::Never(why),
        _ => NotSent::Unreachable(why),
    }
}
