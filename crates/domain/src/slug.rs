//! Short names that stand in addresses and in secrets.

use std::fmt;

use crate::field::Refusal;

/// Why a slug is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlugError {
    /// Not of the allowed characters and length.
    Malformed {
        /// Which characters are allowed, for the sentence.
        allowed: &'static str,
        /// Longest allowed, characters.
        longest: usize,
    },
    /// `ci` and other words with a meaning of their own.
    Reserved,
}

impl fmt::Display for SlugError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { allowed, longest } => write!(f, "Use {allowed}, at most {longest} characters."),
            Self::Reserved => f.write_str("This word is reserved. Choose another."),
        }
    }
}

impl Refusal for SlugError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::Reserved => "reserved",
        }
    }
}

fn lower_or_digit(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

macro_rules! slugs {
    ($($(#[$doc:meta])* $name:ident: $min:literal..=$max:literal, $fits:expr, $allowed:literal, reserved $reserved:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads a slug.
            ///
            /// # Errors
            /// When a character or the length does not fit, or the word is reserved.
            pub fn parse(text: &str) -> Result<Self, SlugError> {
                let fits: fn(u8) -> bool = $fits;
                if !($min..=$max).contains(&text.len()) || !text.bytes().all(fits) {
                    return Err(SlugError::Malformed { allowed: $allowed, longest: $max });
                }
                let reserved: &[&str] = &$reserved;
                if reserved.contains(&text) {
                    return Err(SlugError::Reserved);
                }
                Ok(Self(text.to_owned()))
            }

            /// The slug as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

slugs! {
    /// An organization's name in addresses.
    OrganizationSlug: 1..=40, |b| lower_or_digit(b) || b == b'-', "lower-case letters, digits and hyphens", reserved [];
    /// An environment's name in addresses and in secrets; it never changes.
    EnvironmentSlug: 1..=12, lower_or_digit, "lower-case letters and digits", reserved ["ci"];
    /// What every client id and secret of a deployment begins with.
    KeyPrefix: 2..=8, lower_or_digit, "two or more lower-case letters and digits", reserved [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_what_they_may_be() {
        for good in ["a", "acme", "acme-eu-2", &"x".repeat(40)] {
            assert!(OrganizationSlug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Acme", "a_b", "a b", "ä", &"x".repeat(41)] {
            assert!(OrganizationSlug::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(EnvironmentSlug::parse("ci"), Err(SlugError::Reserved));
        assert!(EnvironmentSlug::parse("production").is_ok());
        assert!(EnvironmentSlug::parse("pre-prod").is_err());
        assert!(KeyPrefix::parse("k").is_err());
        assert!(KeyPrefix::parse("kl").is_ok());
    }
}
