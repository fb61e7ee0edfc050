//! Scopes: what a key or token may do (RFC 6749 §3.3).

use std::{collections::BTreeSet, fmt};

use crate::field::Refusal;

/// Scopes of Keyline's own API. They never stand on one key with an organization's own, so that a
/// resource server cannot replay a token against Keyline.
pub const OWN: [&str; 4] = ["keys:read", "keys:write", "activity:read", "tokens:introspect"];

/// Longest text of a scope parameter, bytes.
pub const SCOPE_MAX_BYTES: usize = 2_000;

/// Why scopes are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeError {
    /// Not of the grammar of RFC 6749 §3.3.
    Malformed,
    /// Not offered by this organization, or not held by the key.
    Unknown,
    /// Own scopes and the organization's on one key.
    Mixed,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => {
                "Separate scopes by single spaces, and use printable ASCII without quotes and backslashes."
            }
            Self::Unknown => "This scope is not offered by your organization.",
            Self::Mixed => "Scopes of Keyline and of your organization cannot stand on one key.",
        })
    }
}

impl Refusal for ScopeError {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unknown => "unknown_scope",
            Self::Mixed => "mixed_scopes",
        }
    }
}

/// A set of scopes, sorted; as text, separated by single spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads a scope parameter; the empty text is the empty set, repeated scopes collapse.
    ///
    /// # Errors
    /// [`ScopeError::Malformed`] outside the grammar.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > SCOPE_MAX_BYTES {
            return Err(ScopeError::Malformed);
        }
        Self::from_list(text.split(' '))
    }

    /// Collects single scopes.
    ///
    /// # Errors
    /// [`ScopeError::Malformed`] when one is outside the grammar.
    pub fn from_list<'a>(scopes: impl IntoIterator<Item = &'a str>) -> Result<Self, ScopeError> {
        scopes
            .into_iter()
            .map(|scope| is_token(scope).then(|| scope.to_owned()).ok_or(ScopeError::Malformed))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether nothing may be done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `scope` is one of these.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// These without `scope`.
    #[must_use]
    pub fn without(mut self, scope: &str) -> Self {
        self.0.remove(scope);
        self
    }

    /// Whether every scope here is in `other`.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether one of Keyline's own scopes is here.
    pub fn has_own(&self) -> bool {
        OWN.iter().any(|own| self.contains(own))
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether these may stand on one key of an organization that offers `offered`.
    ///
    /// # Errors
    /// [`ScopeError::Unknown`] or [`ScopeError::Mixed`].
    pub fn check_for_key(&self, offered: &Self) -> Result<(), ScopeError> {
        let own = self.iter().filter(|scope| OWN.contains(scope)).count();
        if !self.iter().all(|scope| OWN.contains(&scope) || offered.contains(scope)) {
            return Err(ScopeError::Unknown);
        }
        if own > 0 && own < self.0.len() { Err(ScopeError::Mixed) } else { Ok(()) }
    }
}

/// `scope-token` of RFC 6749 §3.3: printable ASCII without space, `"` and `\`.
fn is_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, scope) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn grammar() {
        assert_eq!(
            Scopes::parse("keys:write keys:read keys:write").expect("valid").to_string(),
            "keys:read keys:write"
        );
        assert!(Scopes::parse("").expect("valid").is_empty());
        for bad in [" a", "a ", "a  b", "a\tb", "a\"", "a\\b", "é", &"x".repeat(SCOPE_MAX_BYTES + 1)] {
            assert_eq!(Scopes::parse(bad), Err(ScopeError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn own_and_foreign_scopes_never_mix() {
        let offered = Scopes::parse("invoices:read invoices:write").expect("valid");
        for (scopes, want) in [
            ("", Ok(())),
            ("keys:read tokens:introspect", Ok(())),
            ("invoices:read", Ok(())),
            ("invoices:read keys:read", Err(ScopeError::Mixed)),
            ("invoices:delete", Err(ScopeError::Unknown)),
        ] {
            assert_eq!(Scopes::parse(scopes).expect("valid").check_for_key(&offered), want, "{scopes}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(input in "[a-z:]{1,5}( [a-z:]{1,5}){0,5}") {
            let scopes = Scopes::parse(&input).expect("of the grammar");
            prop_assert_eq!(Scopes::parse(&scopes.to_string()), Ok(scopes));
        }
    }
}
