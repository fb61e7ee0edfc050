use std::{fmt, net::Ipv4Addr};

use url::{Host, Url};

use super::Reason;

/// The origin under which people and clients reach the server: `https://keys.example.com`, without a
/// slash at the end. It is the issuer, the start of every link and the only accepted origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Accepts `https` everywhere and `http` for this machine only.
    ///
    /// # Errors
    ///
    /// The text is no such URL, or holds more than scheme, host and port.
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let url = Url::parse(text)
            .map_err(|_| Reason::new("it is not a URL", "write scheme and host: https://keys.example.com"))?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match url.scheme() {
            "http" | "https" if !bare => {
                Err(Reason::new("it has more than scheme, host and port", "leave out path, query, fragment and user"))
            }
            "https" => Ok(Self(url)),
            "http" if is_this_machine(&url) => Ok(Self(url)),
            "http" => Err(Reason::new(
                "plain http would send secrets and cookies in clear",
                "use https; http is for localhost, 127.0.0.0/8 and ::1 only",
            )),
            _ => Err(Reason::new("it is neither https nor http", "start it with https://")),
        }
    }

    /// `http://localhost:{port}`.
    pub(super) fn localhost(port: u16) -> Self {
        Self(Url::parse(&format!("http://localhost:{port}")).expect("a host and a port are a URL"))
    }

    /// Whether cookies can be `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The value of `Origin` that browsers send from our pages.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// What stands in `Host`: the port only where it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.authority()
    }

    /// Whether a `Host` names it, with the port or, where that is the scheme's own, without.
    #[must_use]
    pub fn is_asked_as(&self, host: &str) -> bool {
        let port = self.0.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        let bare = host.strip_suffix(&port).unwrap_or(host);
        let named = if self.0.port().is_none() { bare } else { host };
        named.eq_ignore_ascii_case(self.authority())
    }

    /// Its host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The URL of a path that starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.origin())
    }
}

/// Whether a URL names the machine it is used on. Where the scheme is none of the web's, an IPv4 address counts as a name.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let is_loopback = |address: Ipv4Addr| address.is_loopback();
            name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_loopback)
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    #[test]
    fn a_port_that_goes_without_saying_may_be_said() {
        let asked = |url: &str, host: &str| PublicUrl::parse(url).expect("a URL").is_asked_as(host);
        for host in ["keys.example.com", "KEYS.example.com", "keys.example.com:443"] {
            assert!(asked("https://keys.example.com", host), "{host}");
        }
        for host in ["keys.example.com:80", "keys.example.com:443:443", "example.com", "", ":443"] {
            assert!(!asked("https://keys.example.com", host), "{host}");
        }
        assert!(asked("http://localhost:3000", "localhost:3000") && !asked("http://localhost:3000", "localhost"));
        assert!(asked("https://[::1]:8443", "[::1]:8443"));
    }
}
