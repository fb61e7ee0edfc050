//! The configuration: from flags, environment and `keyline.toml` to checked values.
//!
//! Flags win over the environment, the environment over the file, the file over the defaults. An
//! empty environment variable counts as unset, because `VARIABLE: ${VARIABLE:-}` is how compose files
//! pass on what may be missing.

mod error;
mod public_url;
mod secret_url;
mod settings;
mod sources;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use domain::slug::KeyPrefix;
use ipnet::IpNet;
use lettre::{Address, message::Mailbox};
use serde_json::{Value, json};
use service::signing::Algorithm;

use crate::mail;

pub(crate) use self::public_url::is_this_machine;
pub use self::{
    error::{ConfigError, Reason},
    public_url::PublicUrl,
    secret_url::SecretUrl,
    settings::{Flags, Settings},
    sources::{Source, Sources},
};

/// The settings in force, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is stored.
    pub database: SecretUrl,
    /// Directory of the master key and the SQLite file.
    pub data_dir: PathBuf,
    /// File of the key that wraps all others.
    pub master_key_file: PathBuf,
    /// Address of the console and the API; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address of `/livez`, `/readyz` and `/metrics`.
    pub ops_listen: SocketAddr,
    /// The public URL, if one was set; see [`Config::public_url`].
    pub public_url: Option<PublicUrl>,
    /// Audience of tokens for an organization's own APIs, if it is the same for all organizations.
    pub token_audience: Option<String>,
    /// What new signing keys sign with.
    pub signing_algorithm: Algorithm,
    /// Networks of proxies whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// First part of client ids and secrets.
    pub key_prefix: KeyPrefix,
    /// Whom locked pages tell people to ask.
    pub support_contact: Option<String>,
    /// The mail server; without one, mail is only logged.
    pub mail: Option<mail::Server>,
    /// Days after which rows of the Activity Log are removed, if ever.
    pub activity_retention_days: Option<u32>,
    /// A session ends after this long without use.
    pub session_idle: Duration,
    /// A session ends after this long in any case.
    pub session_absolute: Duration,
    /// Connections of the public listener that may be open at once.
    pub max_connections: usize,
    /// How long SIGTERM lets the listener go on accepting.
    pub drain_window: Duration,
}

impl Config {
    /// Reads flags, the process's environment and the settings file, and checks all of it.
    ///
    /// # Errors
    ///
    /// The first setting that is wrong, with where it was set and what to do.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        Self::from_sources(&Sources::load(flags, std::env::vars_os())?)
    }

    /// Checks what the sources say and fills in the defaults.
    ///
    /// # Errors
    ///
    /// The first setting that is wrong, with where it was set and what to do.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let data_dir = PathBuf::from(sources.text("data_dir")?.unwrap_or_else(|| "./data".into()));
        let public_url = sources.parse("public_url", PublicUrl::parse)?;
        let mail = mail_server(sources, public_url.as_ref())?;
        let config = Self {
            database: match sources.secret_url("database_url", secret_url::database)? {
                Some(url) => url,
                None => SecretUrl::sqlite(&data_dir.join("keyline.db")),
            },
            master_key_file: sources
                .text("master_key_file")?
                .map_or_else(|| data_dir.join("master.key"), PathBuf::from),
            data_dir,
            listen: sources
                .parse("listen", socket_address)?
                .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 3000))),
            ops_listen: sources
                .parse("ops_listen", socket_address)?
                .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 3001))),
            public_url,
            token_audience: sources.parse("token_audience", audience)?,
            signing_algorithm: sources.parse("signing_algorithm", algorithm)?.unwrap_or(Algorithm::Es256),
            trusted_proxies: sources.parse("trusted_proxies", networks)?.unwrap_or_default(),
            key_prefix: sources
                .parse("key_prefix", key_prefix)?
                .unwrap_or_else(|| KeyPrefix::parse("kl").expect("two letters")),
            support_contact: sources.parse("support_contact", one_line)?,
            mail,
            activity_retention_days: sources.parse("activity_retention_days", days)?,
            session_idle: sources
                .parse("session_idle_s", |text| seconds(text, 60, 604_800))?
                .unwrap_or(Duration::from_secs(1_800)),
            session_absolute: sources
                .parse("session_absolute_s", |text| seconds(text, 60, 2_592_000))?
                .unwrap_or(Duration::from_secs(43_200)),
            max_connections: sources
                .parse("max_connections", |text| number(text, 1, 65_535))?
                .map_or(1_024, |number| number as usize),
            drain_window: sources
                .parse("drain_window_s", |text| seconds(text, 0, 20))?
                .unwrap_or(Duration::from_secs(2)),
        };
        config.check_together(sources)?;
        Ok(config)
    }

    /// The URL people and clients use. Without the setting it is this machine's, at the port that the
    /// public listener got.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        self.public_url.clone().unwrap_or_else(|| PublicUrl::localhost(bound.port()))
    }

    /// The settings in force by name, passwords masked.
    ///
    /// # Panics
    /// Never: they are a JSON object.
    #[must_use]
    pub fn effective(&self) -> serde_json::Map<String, Value> {
        let settings = json!({
            "activity_retention_days": self.activity_retention_days,
            "data_dir": self.data_dir,
            "database_url": self.database.to_string(),
            "drain_window_s": self.drain_window.as_secs(),
            "key_prefix": self.key_prefix.as_str(),
            "listen": self.listen,
            "mail_from": self.mail.as_ref().map(|server| server.from.to_string()),
            "master_key_file": self.master_key_file,
            "max_connections": self.max_connections,
            "ops_listen": self.ops_listen,
            "public_url": self.public_url(self.listen).to_string(),
            "session_absolute_s": self.session_absolute.as_secs(),
            "session_idle_s": self.session_idle.as_secs(),
            "smtp_url": self.mail.as_ref().map(|server| server.url.to_string()),
            "support_contact": self.support_contact,
            "signing_algorithm": self.signing_algorithm,
            "token_audience": self.token_audience,
            "trusted_proxies": self.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        settings.as_object().cloned().expect("an object was written")
    }

    /// The same configuration over a database and a master key of its own, for sample data, whose people nobody mails.
    ///
    /// # Errors
    ///
    /// The database is PostgreSQL, or a listener is open to other machines.
    pub fn for_demo(&self) -> Result<Self, ConfigError> {
        if !self.database.is_sqlite() {
            return Err(ConfigError::Demo("sample data goes into a SQLite file of its own; leave database_url out"));
        }
        if !self.listen.ip().is_loopback() || !self.ops_listen.ip().is_loopback() {
            return Err(ConfigError::Demo("its passwords are printed; listen on 127.0.0.1 or ::1 only"));
        }
        let data_dir = self.data_dir.join("demo");
        Ok(Self {
            database: SecretUrl::sqlite(&data_dir.join("keyline.db")),
            master_key_file: data_dir.join("master.key"),
            data_dir,
            mail: None,
            ..self.clone()
        })
    }

    fn check_together(&self, sources: &Sources) -> Result<(), ConfigError> {
        if self.listen == self.ops_listen && self.listen.port() != 0 {
            return Err(sources
                .refuse("ops_listen", Reason::new("the public listener has the same address", "choose another port")));
        }
        if self.session_idle > self.session_absolute {
            return Err(sources
                .refuse("session_idle_s", Reason::new("it is longer than session_absolute_s", "make it shorter")));
        }
        Ok(())
    }
}

/// An address alone sends nothing.
fn mail_server(sources: &Sources, public_url: Option<&PublicUrl>) -> Result<Option<mail::Server>, ConfigError> {
    let from = sources.parse("mail_from", sender)?;
    let url = sources.secret_url("smtp_url", secret_url::smtp)?;
    Ok(url.map(|url| mail::Server { url, from: from.unwrap_or_else(|| own_sender(public_url)) }))
}

/// `keyline@` the host of the public URL, where that is a name.
fn own_sender(public_url: Option<&PublicUrl>) -> Mailbox {
    let domain = public_url.map(PublicUrl::host).filter(|host| host.parse::<IpAddr>().is_err());
    let at = |domain| Address::new("keyline", domain).ok();
    let address = domain.and_then(at).or_else(|| at("localhost")).expect("an address");
    Mailbox::new(Some("Keyline".to_owned()), address)
}

fn sender(text: &str) -> Result<Mailbox, Reason> {
    text.parse().map_err(|_| {
        Reason::new("it is not an e-mail address", "write keyline@example.com or Keyline <keyline@example.com>")
    })
}

fn socket_address(text: &str) -> Result<SocketAddr, Reason> {
    text.parse()
        .map_err(|_| Reason::new("it is not an IP address and a port", "write it as 127.0.0.1:3000 or [::]:3000"))
}

/// RFC 7519 §2, StringOrURI: any text here, but one that survives every header and log.
fn audience(text: &str) -> Result<String, Reason> {
    if text.len() <= 255 && text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(Reason::new(
            "it holds a space or a special character, or is longer than 255",
            "write a URI such as https://api.example.com",
        ))
    }
}

fn algorithm(text: &str) -> Result<Algorithm, Reason> {
    Algorithm::parse(text)
        .ok_or_else(|| Reason::new("it is no algorithm that signs tokens here", "write ES256, RS256 or EdDSA"))
}

fn networks(text: &str) -> Result<Vec<IpNet>, Reason> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, std::net::AddrParseError>>()
        .map_err(|_| Reason::new("it is not a list of networks", "write them as 10.0.0.0/8,2001:db8::/32"))
}

fn key_prefix(text: &str) -> Result<KeyPrefix, Reason> {
    KeyPrefix::parse(text)
        .map_err(|_| Reason::new("it is not 2 to 8 characters a-z and 0-9", "choose a short one such as kl"))
}

fn one_line(text: &str) -> Result<String, Reason> {
    if text.chars().count() <= 200 && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Reason::new("it is longer than 200 characters or has line breaks", "shorten it"))
    }
}

fn number(text: &str, least: u64, most: u64) -> Result<u64, Reason> {
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        Reason::new(format!("it is not a whole number from {least} to {most}"), "write digits only, without a unit")
    })
}

fn days(text: &str) -> Result<u32, Reason> {
    number(text, 1, 36_500).map(|days| u32::try_from(days).expect("at most 36 500"))
}

fn seconds(text: &str, least: u64, most: u64) -> Result<Duration, Reason> {
    number(text, least, most).map(Duration::from_secs)
}
