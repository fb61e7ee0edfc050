//! When a key ends: the choices of the form, the policy, and what a date means in a time zone.

use std::fmt;

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use crate::{field::Refusal, time::Timestamp};

/// What a person chooses for a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiration {
    /// A number of calendar days from today.
    Days(u16),
    /// The same calendar date next year.
    Year,
    /// As long as policy allows.
    Longest,
    /// To the end of this date.
    On(Date),
    /// No end.
    Never,
}

/// What an organization allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpirationPolicy {
    /// Longest life, days; `None` for no cap.
    pub longest_days: Option<u32>,
    /// Whether a key may have no end.
    pub allow_never: bool,
}

/// Why an expiration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpirationError {
    /// None of the choices.
    Unchosen,
    /// *Custom* without a date, or with something that is no date.
    NoDate,
    /// Today or before.
    Past,
    /// Later than policy allows.
    BeyondPolicy {
        /// The cap, days.
        days: u32,
        /// The last date allowed.
        last: Date,
    },
    /// No end where policy asks for one.
    NeverForbidden,
}

impl fmt::Display for ExpirationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unchosen => f.write_str("Choose when the key expires."),
            Self::NoDate => f.write_str("Choose a date."),
            Self::Past => f.write_str("Choose a date after today."),
            Self::BeyondPolicy { days, last } => {
                write!(f, "Your organization limits keys to {days} days. Choose {} or earlier.", format_date(*last))
            }
            Self::NeverForbidden => f.write_str("Your organization requires an expiration. Choose a date."),
        }
    }
}

impl Refusal for ExpirationError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unchosen => "required",
            Self::NoDate => "malformed",
            Self::Past => "in_the_past",
            Self::BeyondPolicy { .. } => "beyond_policy",
            Self::NeverForbidden => "expiry_required",
        }
    }
}

impl ExpirationError {
    /// The form field to mend.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Unchosen | Self::NeverForbidden => "expiration",
            Self::NoDate | Self::Past | Self::BeyondPolicy { .. } => "expires_on",
        }
    }
}

impl Expiration {
    /// Reads the form fields `expiration` (`7|30|90|365|longest|custom|never`) and `expires_on` (`YYYY-MM-DD`, used by `custom`).
    ///
    /// # Errors
    /// [`ExpirationError::Unchosen`] or [`ExpirationError::NoDate`].
    pub fn parse(choice: &str, on: &str) -> Result<Self, ExpirationError> {
        match choice {
            "7" => Ok(Self::Days(7)),
            "30" => Ok(Self::Days(30)),
            "90" => Ok(Self::Days(90)),
            "365" => Ok(Self::Year),
            "longest" => Ok(Self::Longest),
            "custom" => parse_date(on).map(Self::On).ok_or(ExpirationError::NoDate),
            "never" => Ok(Self::Never),
            _ => Err(ExpirationError::Unchosen),
        }
    }

    /// The last day of the key in `zone`; `None` for no end.
    ///
    /// # Errors
    /// When the date is not after today or policy forbids it.
    pub fn last_day(
        self,
        now: Timestamp,
        zone: &TimeZone,
        policy: ExpirationPolicy,
    ) -> Result<Option<Date>, ExpirationError> {
        let today = today(now, zone);
        let day = match self {
            Self::Days(days) => today.saturating_add(i64::from(days).days()),
            Self::Year => today.saturating_add(1.year()),
            Self::Longest => {
                let days = policy.longest_days.ok_or(ExpirationError::Unchosen)?;
                today.saturating_add(i64::from(days).days())
            }
            Self::On(date) if date > today => date,
            Self::On(_) => return Err(ExpirationError::Past),
            Self::Never if policy.allow_never && policy.longest_days.is_none() => return Ok(None),
            Self::Never => return Err(ExpirationError::NeverForbidden),
        };
        // The first instant of the day after must be one that can be written.
        if day.year() > 9998 {
            return Err(ExpirationError::NoDate);
        }
        match policy.longest_days {
            Some(days) if day > today.saturating_add(i64::from(days).days()) => {
                Err(ExpirationError::BeyondPolicy { days, last: today.saturating_add(i64::from(days).days()) })
            }
            _ => Ok(Some(day)),
        }
    }

    /// The instant at which the key stops: the first of the day after its last day; exclusive.
    ///
    /// # Errors
    /// As [`Expiration::last_day`].
    pub fn ends_at(
        self,
        now: Timestamp,
        zone: &TimeZone,
        policy: ExpirationPolicy,
    ) -> Result<Option<Timestamp>, ExpirationError> {
        self.last_day(now, zone, policy)?.map(|day| end_of_day(day, zone).ok_or(ExpirationError::NoDate)).transpose()
    }
}

impl ExpirationPolicy {
    /// Checks an instant chosen through the API or the command line; `None` is no end.
    ///
    /// # Errors
    /// When it is not after `now` or policy forbids it.
    pub fn check_instant(
        self,
        ends_at: Option<Timestamp>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<Timestamp>, ExpirationError> {
        let Some(instant) = ends_at else {
            return if self.allow_never && self.longest_days.is_none() {
                Ok(None)
            } else {
                Err(ExpirationError::NeverForbidden)
            };
        };
        if instant <= now {
            return Err(ExpirationError::Past);
        }
        if let Some(days) = self.longest_days {
            let last = today(now, zone).saturating_add(i64::from(days).days());
            if end_of_day(last, zone).is_some_and(|end| instant > end) {
                return Err(ExpirationError::BeyondPolicy { days, last });
            }
        }
        Ok(Some(instant))
    }
}

/// The calendar date in `zone`.
pub fn today(now: Timestamp, zone: &TimeZone) -> Date {
    now.to_jiff().to_zoned(zone.clone()).date()
}

/// The first instant after `day` in `zone`, whatever daylight saving does at midnight.
fn end_of_day(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = day.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(Timestamp::from_millis(next.timestamp().as_millisecond()))
}

/// The last full day of a key that ends at `ends_at`, in `zone`.
pub fn last_day_of(ends_at: Timestamp, zone: &TimeZone) -> Date {
    today(Timestamp::from_millis(ends_at.as_millis() - 1), zone)
}

/// A date as people read it: `28 Nov 2026`.
pub fn format_date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// Exactly `YYYY-MM-DD`, the form of `<input type=date>`.
fn parse_date(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    shape.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: ExpirationPolicy = ExpirationPolicy { longest_days: None, allow_never: true };

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("bundled zone")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect(text)
    }

    fn ends(choice: &str, on: &str, now: &str, tz: &str) -> Result<String, ExpirationError> {
        let end = Expiration::parse(choice, on)?.ends_at(at(now), &zone(tz), FREE)?;
        Ok(end.map_or_else(|| "never".to_owned(), |end| end.to_string()))
    }

    #[test]
    fn a_date_means_the_end_of_that_day_in_the_zone() {
        for (choice, on, now, tz, want) in [
            ("7", "", "2026-11-21T12:00:00Z", "UTC", "2026-11-29T00:00:00.000Z"),
            ("7", "", "2026-11-21T23:30:00Z", "Europe/Warsaw", "2026-11-29T23:00:00.000Z"),
            ("90", "", "2026-11-21T12:00:00Z", "Europe/Warsaw", "2027-02-19T23:00:00.000Z"),
            ("365", "", "2028-02-29T12:00:00Z", "UTC", "2029-03-01T00:00:00.000Z"),
            ("365", "", "2026-11-21T12:00:00Z", "UTC", "2027-11-22T00:00:00.000Z"),
            // Daylight saving starts at midnight on 6 September 2026 in Santiago: that day begins at 01:00.
            ("custom", "2026-09-05", "2026-08-01T12:00:00Z", "America/Santiago", "2026-09-06T04:00:00.000Z"),
            ("custom", "2028-02-29", "2026-11-21T12:00:00Z", "UTC", "2028-03-01T00:00:00.000Z"),
            ("custom", "9998-12-31", "2026-11-21T12:00:00Z", "UTC", "9999-01-01T00:00:00.000Z"),
            ("never", "", "2026-11-21T12:00:00Z", "UTC", "never"),
        ] {
            assert_eq!(ends(choice, on, now, tz).as_deref(), Ok(want), "{choice} {on} {now} {tz}");
        }
    }

    #[test]
    fn impossible_choices_are_refused() {
        let now = "2026-11-21T23:30:00Z";
        for (choice, on, want) in [
            ("", "", ExpirationError::Unchosen),
            ("8", "", ExpirationError::Unchosen),
            ("custom", "", ExpirationError::NoDate),
            ("custom", "2026-02-29", ExpirationError::NoDate),
            ("custom", "21/11/2026", ExpirationError::NoDate),
            ("custom", "10000-01-01", ExpirationError::NoDate),
            ("custom", "9999-01-01", ExpirationError::NoDate),
            ("custom", "2026-11-21", ExpirationError::Past),
            ("custom", "2026-11-22", ExpirationError::Past),
        ] {
            assert_eq!(ends(choice, on, now, "Europe/Warsaw"), Err(want), "{choice} {on}");
        }
    }

    #[test]
    fn policy_caps_life() {
        let now = at("2026-11-21T12:00:00Z");
        let utc = TimeZone::UTC;
        let capped = ExpirationPolicy { longest_days: Some(60), allow_never: true };
        assert!(Expiration::Days(30).ends_at(now, &utc, capped).is_ok());
        let refused = Expiration::Days(90).ends_at(now, &utc, capped).expect_err("beyond");
        assert_eq!(refused.to_string(), "Your organization limits keys to 60 days. Choose 20 Jan 2027 or earlier.");
        let longest = Expiration::Longest.last_day(now, &utc, capped).map(|day| day.map(format_date));
        assert_eq!(longest, Ok(Some("20 Jan 2027".to_owned())));
        assert_eq!(Expiration::Longest.last_day(now, &utc, FREE), Err(ExpirationError::Unchosen));
        assert_eq!(Expiration::Never.ends_at(now, &utc, capped), Err(ExpirationError::NeverForbidden));
        assert_eq!(capped.check_instant(None, now, &utc), Err(ExpirationError::NeverForbidden));
        assert!(capped.check_instant(Some(at("2027-01-21T00:00:00Z")), now, &utc).is_ok());
        assert!(capped.check_instant(Some(at("2027-01-21T00:00:01Z")), now, &utc).is_err());
        assert_eq!(FREE.check_instant(Some(now), now, &utc), Err(ExpirationError::Past));
    }
}
