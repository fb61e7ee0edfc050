use std::{fmt, path::Path};

use url::Url;

use super::Reason;
use crate::mail;

/// A URL that may hold a password. Printing it shows `****` in the password's place.
#[derive(Clone)]
pub struct SecretUrl {
    text: String,
    masked: String,
}

impl SecretUrl {
    fn new(text: &str, mut url: Url) -> Self {
        if !has_password(&url) {
            return Self { text: text.to_owned(), masked: text.to_owned() };
        }
        if url.password().is_some() {
            url.set_password(Some("****")).expect("a URL with a password has a host");
        }
        let parameters: Vec<_> = url
            .query_pairs()
            .map(|(name, value)| {
                let value = if name == "password" { "****".into() } else { value };
                (name.into_owned(), value.into_owned())
            })
            .collect();
        if !parameters.is_empty() {
            url.query_pairs_mut().clear().extend_pairs(parameters);
        }
        Self { text: text.to_owned(), masked: url.into() }
    }

    /// The URL of an SQLite file.
    pub(super) fn sqlite(file: &Path) -> Self {
        let text = format!("sqlite:{}", file.display());
        Self { masked: text.clone(), text }
    }

    /// The URL with its password, for the driver alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether it names an SQLite file.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.text.starts_with("sqlite:")
    }

    /// The SQLite file, where it names one.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<&Path> {
        let path = self.text.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    pub(super) fn has_password(&self) -> bool {
        self.text != self.masked
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked)
    }
}

/// `sqlite:FILE` or `postgres://…`.
pub(super) fn database(text: &str) -> Result<SecretUrl, Reason> {
    let advice = "write sqlite:FILE or postgres://USER@HOST/DATABASE";
    let url = Url::parse(text).map_err(|_| Reason::new("it is not a URL", advice))?;
    match url.scheme() {
        "sqlite" if text.contains(":memory:") => {
            Err(Reason::new("a database in memory is another one for each connection", "name a file: sqlite:FILE"))
        }
        "sqlite" if url.query().is_some() || url.fragment().is_some() => {
            Err(Reason::new("what follows ? or # would be part of the file's name", "name the file alone: sqlite:FILE"))
        }
        "sqlite" => Ok(SecretUrl::new(text, url)),
        "postgres" | "postgresql" if names_server(&url) => Ok(SecretUrl::new(text, url)),
        _ => Err(Reason::new("it is neither SQLite nor PostgreSQL", advice)),
    }
}

/// `smtp://…` or `smtps://…`.
pub(super) fn smtp(text: &str) -> Result<SecretUrl, Reason> {
    let none = || Reason::new("it is not the URL of a mail server", "write smtps://USER@HOST:PORT or smtp://HOST:PORT");
    let url = Url::parse(text).ok().filter(Url::has_host).ok_or_else(none)?;
    mail::Server::check(&url)?;
    Ok(SecretUrl::new(text, url))
}

/// The folder of a socket can only be a parameter.
fn names_server(url: &Url) -> bool {
    url.has_host() || url.query_pairs().any(|(name, value)| name == "host" && !value.is_empty())
}

/// PostgreSQL's drivers also take the password as a parameter.
fn has_password(url: &Url) -> bool {
    url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
}
