//! Instants for people: "4 minutes ago", with the exact time beside it.

use domain::time::Timestamp;
use jiff::{SignedDuration, ToSpan, Zoned, civil::Date, tz::TimeZone};
use leptos::prelude::*;

pub use crate::words::number::plural;
use crate::words::time as words;

/// What a distance in time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the units say all")]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

/// An instant in three forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339, for machines.
    pub iso: String,
    /// As people say it, relative to when the page was made.
    pub words: String,
    /// With the zone: "21 Nov 2026, 14:05 CET".
    pub exact: String,
    /// Whether the words change as time passes.
    pub passes: bool,
}

/// What time it is, and where.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Timestamp,
    zone: TimeZone,
}

impl Clock {
    /// The clock of a request for a person in `zone`.
    pub fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self { now, zone }
    }

    /// The instant this clock stands at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Where it stands.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The name of the zone: "Europe/Warsaw", "UTC".
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// An instant relative to now: "4 minutes ago", "in 89 days".
    pub fn relative(&self, at: Timestamp) -> Moment {
        Moment { passes: true, ..self.moment(at, relative(at.as_millis() - self.now.as_millis())) }
    }

    /// An instant as its day: "21 Nov 2026".
    pub fn day(&self, at: Timestamp) -> Moment {
        self.moment(at, words::date(self.zoned(at).date()))
    }

    /// An end, exclusive: its exact form names the last minute before it.
    pub fn end(&self, at: Timestamp) -> Moment {
        Moment { exact: self.last_minute(at), ..self.relative(at) }
    }

    /// The last day on which something that ends at `end` (exclusive) works, with its last minute.
    pub fn last_minute(&self, end: Timestamp) -> String {
        words::exact(&self.zoned(end.plus_seconds(-1)))
    }

    /// An instant to be named in a sentence: "14:02" today, "20 Nov 2026, 14:02 CET" on any other day.
    pub fn time(&self, at: Timestamp) -> String {
        let zoned = self.zoned(at);
        let today = zoned.date() == self.zoned(self.now).date();
        if today { words::time_of_day(&zoned) } else { words::exact(&zoned) }
    }

    /// An instant within days, the year left out: "22 Nov, 14:05 CET".
    pub fn soon(&self, at: Timestamp) -> String {
        words::soon(&self.zoned(at))
    }

    /// The first instant of a day, `YYYY-MM-DD`, or of the day that many days `after` it.
    pub fn start_of(&self, day: &str, after: i64) -> Option<Timestamp> {
        let day: Date = day.parse().ok()?;
        let start = day.checked_add(after.days()).ok()?.to_zoned(self.zone.clone()).ok()?.start_of_day().ok()?;
        Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
    }

    /// Today, or the day that many days ago, `YYYY-MM-DD`.
    pub fn date(&self, days_ago: i64) -> String {
        let today = self.zoned(self.now).date();
        today.checked_sub(days_ago.days()).unwrap_or(today).to_string()
    }

    fn moment(&self, at: Timestamp, words: String) -> Moment {
        let exact = words::exact(&self.zoned(at));
        Moment { iso: at.to_string(), words, exact, passes: false }
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.zone.clone())
    }
}

/// `millis` from now in words: whole units only, in the largest that keeps the number telling. `boot.js` says the same as
/// time passes.
pub fn relative(millis: i64) -> String {
    let past = millis <= 0;
    let seconds = SignedDuration::from_millis(millis.saturating_abs()).as_secs();
    let (count, unit) = match seconds {
        ..60 if past => return words::JUST_NOW.to_owned(),
        ..60 => return words::IN_A_MOMENT.to_owned(),
        60..5_400 => (seconds / 60, Unit::Minute),
        5_400..172_800 => (seconds / 3_600, Unit::Hour),
        172_800..8_640_000 => (seconds / 86_400, Unit::Day),
        8_640_000..63_072_000 => (seconds / 2_629_746, Unit::Month),
        _ => (seconds / 31_556_952, Unit::Year),
    };
    if past { words::ago(count, unit) } else { words::ahead(count, unit) }
}

/// A moment, its exact time on hover and focus.
#[component]
pub fn Time(
    /// When.
    moment: Moment,
) -> impl IntoView {
    let passes = moment.passes.then_some("");
    view! { <time datetime=moment.iso title=moment.exact data-passes=passes>{moment.words}</time> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_in_words() {
        let day = 86_400_000;
        for (millis, words) in [
            (0, "just now"),
            (-59_000, "just now"),
            (59_000, "in less than a minute"),
            (-240_000, "4 minutes ago"),
            (-60_000, "1 minute ago"),
            (3_600_000, "in 60 minutes"),
            (31 * 3_600_000, "in 31 hours"),
            (2 * day - 1, "in 47 hours"),
            (6 * day, "in 6 days"),
            (91 * day - 1, "in 90 days"),
            (89 * day, "in 89 days"),
            (365 * day, "in 11 months"),
            (-800 * day, "2 years ago"),
        ] {
            assert_eq!(relative(millis), words);
        }
    }
}
