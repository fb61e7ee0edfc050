//! Instants as integer milliseconds, the form the database keeps.

use std::fmt;

use serde::{Serialize, Serializer};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Always in the range of [`jiff::Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `millis` milliseconds after the epoch; out-of-range values are clamped.
    pub fn from_millis(millis: i64) -> Self {
        let (min, max) = (jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
        Self(millis.clamp(min, max))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down, as JWT claims count them.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant plus `seconds`, which may be negative.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Whole seconds until `end`; none once that is past.
    pub fn seconds_until(self, end: Self) -> i64 {
        (end.0 - self.0).max(0) / 1000
    }

    /// Reads an RFC 3339 date-time with a zone offset.
    ///
    /// Stricter than common parsers: no leap second, no missing offset, four-digit year.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let date_time = bytes.get(..19)?;
        let shape = b"dddd-dd-ddTdd:dd:dd";
        let fits = |(byte, want): (&u8, &u8)| match want {
            b'd' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't'),
            other => byte == other,
        };
        if !date_time.iter().zip(shape).all(fits) || date_time.get(17..19)? > b"59".as_slice() {
            return None;
        }
        let rest = text.get(19..)?;
        let offset =
            rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
        let fraction_digits = rest.len() - offset.len();
        let zoned = matches!(offset, "Z" | "z")
            || (offset.len() == 6
                && offset.starts_with(['+', '-'])
                && offset.as_bytes()[3] == b':'
                && offset.as_bytes()[1..3] <= b"23"[..]);
        if fraction_digits == 1 || fraction_digits > 10 || !zoned {
            return None;
        }
        let instant: jiff::Timestamp = text.parse().ok()?;
        Some(Self(instant.as_millisecond()))
    }

    /// The same instant for calendar arithmetic.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).expect("clamped at construction")
    }
}

/// RFC 3339 in UTC with three decimals and `Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.to_jiff())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_three_decimals_and_z() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_795_682_527_120).to_string(), "2026-11-26T08:42:07.120Z");
    }

    #[test]
    fn parses_only_rfc3339() {
        let accepted = [
            ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59.000Z"),
            ("2026-11-21T14:05:00.5+01:00", "2026-11-21T13:05:00.500Z"),
            ("2026-11-21t14:05:00z", "2026-11-21T14:05:00.000Z"),
        ];
        for (text, want) in accepted {
            assert_eq!(Timestamp::parse_rfc3339(text).expect(text).to_string(), want);
        }
        let refused = [
            "",
            "2026-11-21",
            "2026-11-21T14:05:00",
            "2026-11-21 14:05:00Z",
            "2026-02-29T00:00:00Z",
            "2026-12-31T23:59:60Z",
            "2026-11-21T24:00:00Z",
            "10000-01-01T00:00:00Z",
            "+002026-11-21T14:05:00Z",
            "2026-11-21T14:05:00+0100",
            "2026-11-21T14:05:00.Z",
            "2026-11-21T14:05:00Z[UTC]",
            "2026-11-21T14:05:00+99:00",
            "2026-11-21T14:05:00+24:00",
            "2026-11-21T14:05Z",
            "٢٠٢٦-11-21T14:05:00Z",
            "1795682527120",
        ];
        for text in refused {
            assert_eq!(Timestamp::parse_rfc3339(text), None, "{text}");
        }
    }
}
