//! E-mail addresses as account names.

use std::{collections::HashSet, fmt};

use crate::{field::Refusal, text};

/// Longest address, bytes (RFC 5321 §4.5.3.1.3 less the angle brackets).
pub const EMAIL_MAX_BYTES: usize = 254;

/// Not an address mail could be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmailError;

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enter an e-mail address, like name@example.com.")
    }
}

impl Refusal for EmailError {
    fn code(&self) -> &'static str {
        "malformed"
    }
}

/// An e-mail address, kept as typed but for white space around it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Checks an address: only what every mail system would refuse is refused here.
    ///
    /// # Errors
    /// When there is no single `@` between two parts, or a character is white space or hidden.
    pub fn parse(input: &str) -> Result<Self, EmailError> {
        let address = input.trim();
        let (local, domain) = address.rsplit_once('@').ok_or(EmailError)?;
        let well_formed = !local.is_empty()
            && !local.contains('@')
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
            && address.len() <= EMAIL_MAX_BYTES
            && !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '\\'))
            && text::first_forbidden(address, false).is_none();
        well_formed.then(|| Self(address.to_owned())).ok_or(EmailError)
    }

    /// The address as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What finds the account, whatever the case or width it is typed in.
    pub fn key(&self) -> String {
        key(&self.0)
    }
}

/// The account key of any text typed as an address, also one that is no address.
pub fn key(typed: &str) -> String {
    text::fold(typed.trim())
}

/// The addresses in a text, between commas, semicolons or white space, each once; what is none, as it was typed.
pub fn list(typed: &str) -> Vec<Result<Email, String>> {
    let mut seen = HashSet::new();
    typed
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .filter(|address| !address.is_empty() && seen.insert(key(address)))
        .map(|address| Email::parse(address).map_err(|EmailError| address.to_owned()))
        .collect()
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_addresses() {
        let read = list(" ana@example.test,, mia@example.test;\r\nben\n ANA@example.test ");
        let read: Vec<_> = read.iter().map(|read| read.as_ref().map(Email::as_str)).collect();
        assert_eq!(read, [Ok("ana@example.test"), Ok("mia@example.test"), Err(&"ben".to_owned())]);
        assert!(list(" ,; \n").is_empty());
    }

    #[test]
    fn addresses() {
        for good in ["ana@example.test", " Ana.Reyes+keys@EXAMPLE.test ", "añá@exämple.test"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.test",
            "ana@",
            "a b@example.test",
            "a@b@c",
            "ana@example.test\nbcc:x@y",
            "a\u{200B}@b.test",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(key(" ALICE@Example.test"), key("alice@example.test "));
    }
}
