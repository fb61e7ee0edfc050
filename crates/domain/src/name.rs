//! Names and descriptions of keys, display names of people and organizations, and whom people ask.

use std::fmt;

use crate::{field::Refusal, text};

/// Longest name, grapheme clusters.
pub const NAME_MAX: usize = 64;
/// Longest name, bytes: a cluster may hold any number of combining marks.
pub const NAME_MAX_BYTES: usize = 256;
/// Longest description, grapheme clusters.
pub const DESCRIPTION_MAX: usize = 500;
/// Longest description, bytes.
pub const DESCRIPTION_MAX_BYTES: usize = 20_000;

/// Longest contact, grapheme clusters.
pub const CONTACT_MAX: usize = 200;
/// Longest contact, bytes.
pub const CONTACT_MAX_BYTES: usize = 800;

/// Why a name, a description or a contact is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing but white space where a text is required.
    Empty,
    /// More grapheme clusters than allowed.
    TooLong {
        /// How many are allowed.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// More bytes than allowed: stacked combining marks.
    TooManyBytes,
    /// A character that is invisible, reorders text or has no meaning.
    Forbidden(char),
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Enter a name."),
            Self::TooLong { max, found } => write!(f, "Use {max} characters or fewer; this has {found}."),
            Self::TooManyBytes => f.write_str("This text stacks too many marks on its letters. Shorten it."),
            Self::Forbidden(c) => {
                write!(f, "Remove the character U+{:04X}: it is invisible or changes how text reads.", u32::from(*c))
            }
        }
    }
}

impl Refusal for TextError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong { .. } | Self::TooManyBytes => "too_long",
            Self::Forbidden(_) => "forbidden_character",
        }
    }
}

fn check(text: &str, max: usize, max_bytes: usize, lines: bool) -> Result<(), TextError> {
    if let Some(c) = text::first_forbidden(text, lines) {
        return Err(TextError::Forbidden(c));
    }
    let found = text::length(text);
    if found > max {
        return Err(TextError::TooLong { max, found });
    }
    if text.len() > max_bytes {
        return Err(TextError::TooManyBytes);
    }
    Ok(())
}

/// A name: 1–64 grapheme clusters, NFC, white space collapsed, nothing invisible.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// Normalises and checks a name.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        let name = text::normalize(input);
        if name.is_empty() {
            return Err(TextError::Empty);
        }
        check(&name, NAME_MAX, NAME_MAX_BYTES, false)?;
        Ok(Self(name))
    }

    /// The name as people read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two names share when they count as the same; unique among live keys of an environment.
    pub fn key(&self) -> String {
        text::fold(&self.0)
    }
}

/// What to look for within [`Name::key`]s when `typed` is searched for, whatever its case, width or white space.
pub fn search_key(typed: &str) -> String {
    text::fold(&text::normalize(typed))
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A description: 0–500 grapheme clusters, NFC; lines are allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// Normalises and checks a description.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        use unicode_normalization::UnicodeNormalization;
        let description: String = text::unix_lines(input.trim()).nfc().collect();
        check(&description, DESCRIPTION_MAX, DESCRIPTION_MAX_BYTES, true)?;
        Ok(Self(description))
    }

    /// The description as people read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whom people ask: an e-mail address, a link, or words such as a telephone number; empty where nobody is named. 0–200
/// grapheme clusters, NFC, white space collapsed, nothing invisible.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct Contact(String);

impl Contact {
    /// Normalises and checks a contact.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn parse(input: &str) -> Result<Self, TextError> {
        let contact = text::normalize(input);
        check(&contact, CONTACT_MAX, CONTACT_MAX_BYTES, false)?;
        Ok(Self(contact))
    }

    /// The contact as people read it; `None` where nobody is named.
    pub fn named(&self) -> Option<&str> {
        Some(self.as_str()).filter(|contact| !contact.is_empty())
    }

    /// The contact as people read it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(input: &str) -> Result<String, TextError> {
        Name::parse(input).map(|name| name.0)
    }

    #[test]
    fn names_are_normalised() {
        for (input, want) in [
            ("  Billing \u{a0} sync \n", "Billing sync"),
            ("cafe\u{301}", "café"),
            ("👩\u{200D}🚀 rocket", "👩\u{200D}🚀 rocket"),
            (
                "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
                "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            ),
            ("1\u{FE0F}\u{20E3} ☎\u{FE0F} ❤\u{FE0F}\u{200D}🔥", "1\u{FE0F}\u{20E3} ☎\u{FE0F} ❤\u{FE0F}\u{200D}🔥"),
            ("👍\u{1F3FD}", "👍\u{1F3FD}"),
            ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ] {
            assert_eq!(name(input).as_deref(), Ok(want));
        }
    }

    #[test]
    fn hidden_characters_are_refused() {
        for c in [
            '\0',
            '\u{7}',
            '\n',
            '\t',
            '\u{1b}',
            '\u{85}',
            '\u{ad}',
            '\u{200B}',
            '\u{200D}',
            '\u{200E}',
            '\u{202E}',
            '\u{2066}',
            '\u{FEFF}',
            '\u{E000}',
            '\u{0378}',
            '\u{3164}',
            '\u{E0041}',
        ] {
            assert_eq!(name(&format!("a{c}b")), Err(TextError::Forbidden(c)), "U+{:04X}", u32::from(c));
        }
        for hidden in
            ["👍\u{200D}", "👍\u{200D}\u{200D}👍", "©\u{200D}", "👍\u{E0067}", "a\u{FE0F}", "1\u{FE0F}", "字\u{E0100}"]
        {
            assert!(matches!(name(hidden), Err(TextError::Forbidden(_))), "{hidden:?}");
        }
    }

    #[test]
    fn lengths_count_what_a_reader_sees() {
        assert_eq!(name(" \u{3000} "), Err(TextError::Empty));
        assert!(name(&"é".repeat(64)).is_ok());
        assert_eq!(name(&"x".repeat(65)), Err(TextError::TooLong { max: 64, found: 65 }));
        assert!(name(&"👍".repeat(64)).is_ok());
        assert_eq!(name(&format!("a{}", "\u{301}".repeat(129))), Err(TextError::TooManyBytes));
        assert!(Description::parse(&"x".repeat(500)).is_ok());
        assert_eq!(Description::parse(&"x".repeat(501)), Err(TextError::TooLong { max: 500, found: 501 }));
        assert!(Description::parse(&"👩\u{200D}👩\u{200D}👧\u{200D}👦".repeat(500)).is_ok());
        assert_eq!(Description::parse("one\r\ntwo").expect("valid").0, "one\ntwo");
        assert_eq!(Description::parse("a\u{202E}b"), Err(TextError::Forbidden('\u{202E}')));
    }

    #[test]
    fn same_names_have_the_same_key() {
        for (a, b) in [("Billing", "BILLING"), ("Straße", "STRASSE"), ("ﬁle", "FILE"), ("Ｂ", "b"), ("Å", "A\u{30A}")]
        {
            assert_eq!(Name::parse(a).expect(a).key(), Name::parse(b).expect(b).key(), "{a} {b}");
        }
        assert_ne!(Name::parse("a").expect("a").key(), Name::parse("á").expect("á").key());
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent_and_bounded(input in "\\PC{0,80}") {
            if let Ok(first) = Name::parse(&input) {
                prop_assert_eq!(Name::parse(first.as_str()), Ok(first.clone()));
                prop_assert!(first.as_str().len() <= NAME_MAX_BYTES);
                prop_assert!(!first.as_str().contains("  "));
            }
        }

        #[test]
        fn no_input_panics(input in any::<String>()) {
            let _ = Name::parse(&input);
            let _ = Description::parse(&input);
        }
    }
}
