//! *Authentication*.

use super::number::plural;

/// Heading.
pub const HEADING: &str = super::frame::AUTHENTICATION;
/// What it is about.
pub const LEDE: &str = "How people sign in here, and how systems get access tokens.";

/// How people sign in.
pub mod people {
    /// Heading.
    pub const HEADING: &str = "People";
    /// Who decides.
    pub const ABOUT: &str = "The same for everybody on this console. Whoever runs it sets the times.";
    /// With what.
    pub const SIGN_IN: &str = "Sign-in";
    /// With that.
    pub const WITH_PASSWORD: &str = "E-mail address and password";
    /// For how long.
    pub const SIGNED_OUT: &str = "Signed out";

    /// For that long; both are as "30 minutes".
    pub fn signed_out_after(idle: &str, absolute: &str) -> String {
        format!("After {idle} without use, and in any case {absolute} after signing in.")
    }

    /// What keys have to do with it.
    pub const API_KEYS: &str = "API keys";
    /// Nothing.
    pub const NO_SIGN_IN: &str = "A key is not a sign-in: it opens nothing in this console.";
}

/// What access tokens are like.
pub mod tokens {
    /// Heading.
    pub const HEADING: &str = "Access tokens";
    /// Which.
    pub const ABOUT: &str = "What systems get for a key. Tokens already issued stay as they are.";
    /// Their format.
    pub const FORMAT: &str = "Format for new keys";
    /// Signed.
    pub const JWT: &str = "Signed (JWT)";
    /// What that means.
    pub const JWT_DETAIL: &str = "Your systems check it by themselves.";
    /// Not.
    pub const OPAQUE: &str = "Opaque";
    /// What that means.
    pub const OPAQUE_DETAIL: &str = "Your systems ask Keyline whether it is good.";
    /// Their life.
    pub const LIFETIME: &str = "Lifetime, unless a request asks for another";
    /// What it may be.
    pub const LIFETIME_HINT: &str = "From 30 seconds to 60 minutes, and never longer than the key itself.";
    /// After its minutes.
    pub const MINUTES: &str = "minutes";
    /// After its seconds.
    pub const SECONDS: &str = "seconds";
}

/// Where they come from.
pub mod endpoint {
    /// Heading.
    pub const HEADING: &str = "Token endpoint";
    /// What it is.
    pub const ABOUT: &str = "Where a system exchanges its key for an access token (OAuth 2.0, client credentials).";
    /// Its address.
    pub const ADDRESS: &str = "Address";
    /// Copies it.
    pub const COPY_ADDRESS: &str = "Copy address";
    /// Said after that.
    pub const ADDRESS_COPIED: &str = "Address copied";
    /// The metadata.
    pub const METADATA: &str = "For libraries";
    /// The key set.
    pub const KEY_SET: &str = "Public keys";
    /// A command.
    pub const CURL: &str = "With curl";
}

/// Seconds in the largest unit that leaves no rest: "30 minutes", "12 hours".
pub fn duration(seconds: i64) -> String {
    let units = [(3600, "hour"), (60, "minute"), (1, "second")];
    let whole = units.into_iter().find(|(length, _)| seconds % length == 0);
    whole.map(|(length, unit)| plural(seconds / length, unit)).unwrap_or_default()
}
