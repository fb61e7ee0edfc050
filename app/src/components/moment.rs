//! Instants for people: "4 minutes ago", with the exact time beside it.

use domain::{time::Timestamp, zone::ZoneName};
use jiff::{SignedDuration, ToSpan, Zoned, civil::Date, tz::TimeZone};
use leptos::prelude::*;
use service::store::Member;

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

impl Moment {
    /// The exact time in brackets, to follow the words unless they are the same: " (21 Nov 2026, 14:05 CET)".
    pub fn exact_aside(&self) -> String {
        if self.passes { format!(" ({})", self.exact) } else { String::new() }
    }
}

/// What time it is, where, and how somebody wants to be told.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Timestamp,
    zone: TimeZone,
    organization_zone: TimeZone,
    exact: bool,
}

impl Clock {
    /// A clock in the zone of an organization, for a person without wishes of their own.
    pub fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self { now, organization_zone: zone.clone(), zone, exact: false }
    }

    /// The clock of a request of a person in an organization: it stands in their zone, or else in the organization's.
    pub fn of(now: Timestamp, member: &Member) -> Self {
        let clock = Self::new(now, member.organization.zone());
        let zone = member.times.zone.as_ref().map_or_else(|| clock.zone.clone(), ZoneName::zone);
        Self { zone, exact: member.times.exact, ..clock }
    }

    /// The instant this clock stands at.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The name of the zone in which times are shown: "Europe/Warsaw", "UTC".
    pub fn zone_name(&self) -> &str {
        name_of(&self.zone)
    }

    /// The zone in which days end: keys stop at the same moment, whoever looks at them.
    pub fn organization_zone(&self) -> &TimeZone {
        &self.organization_zone
    }

    /// Its name.
    pub fn organization_zone_name(&self) -> &str {
        name_of(&self.organization_zone)
    }

    /// An instant relative to now: "4 minutes ago", "in 89 days"; to who wants it exact, as its exact form.
    pub fn relative(&self, at: Timestamp) -> Moment {
        self.distance(at, self.exactly(at))
    }

    /// An instant as its day: "21 Nov 2026"; to who wants it exact, as its exact form.
    pub fn day(&self, at: Timestamp) -> Moment {
        let exact = self.exactly(at);
        let words = if self.exact { exact.clone() } else { words::date(self.zoned(at).date()) };
        Moment { iso: at.to_string(), words, exact, passes: false }
    }

    /// The day of an instant in words: "3 June", with its year where that is another.
    pub fn day_in_words(&self, at: Timestamp) -> String {
        words::day_in_words(self.zoned(at).date(), self.zoned(self.now).date())
    }

    /// How far ahead an instant is, short: "in 23 h".
    pub fn shortly(&self, at: Timestamp) -> String {
        match away(at.as_millis() - self.now.as_millis()) {
            None => words::IN_A_MOMENT.to_owned(),
            Some((count, unit)) => words::shortly(count, unit),
        }
    }

    /// An end, exclusive: its exact form names the last minute before it.
    pub fn end(&self, at: Timestamp) -> Moment {
        self.distance(at, self.last_minute(at))
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

    /// An instant in the zone, to the minute: "21 Nov 2026, 14:05 CET".
    pub fn exactly(&self, at: Timestamp) -> String {
        words::exact(&self.zoned(at))
    }

    fn distance(&self, at: Timestamp, exact: String) -> Moment {
        let words = if self.exact { exact.clone() } else { relative(at.as_millis() - self.now.as_millis()) };
        Moment { iso: at.to_string(), words, exact, passes: !self.exact }
    }

    fn zoned(&self, at: Timestamp) -> Zoned {
        at.to_jiff().to_zoned(self.zone.clone())
    }
}

fn name_of(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// `millis` from now in words: whole units only, in the largest that keeps the number telling. `boot.js` says the same as
/// time passes.
pub fn relative(millis: i64) -> String {
    let past = millis <= 0;
    match away(millis) {
        None if past => words::JUST_NOW.to_owned(),
        None => words::IN_A_MOMENT.to_owned(),
        Some((count, unit)) if past => words::ago(count, unit),
        Some((count, unit)) => words::ahead(count, unit),
    }
}

/// How far away `millis` are, before or after; `None` within a minute.
fn away(millis: i64) -> Option<(i64, Unit)> {
    let seconds = SignedDuration::from_millis(millis.saturating_abs()).as_secs();
    Some(match seconds {
        ..60 => return None,
        60..3_600 => (seconds / 60, Unit::Minute),
        3_600..172_800 => (seconds / 3_600, Unit::Hour),
        172_800..8_640_000 => (seconds / 86_400, Unit::Day),
        8_640_000..63_072_000 => (seconds / 2_629_746, Unit::Month),
        _ => (seconds / 31_556_952, Unit::Year),
    })
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

/// The exact time of a moment, and in brackets how far away it is.
#[component]
pub fn ExactTime(
    /// When.
    moment: Moment,
) -> impl IntoView {
    let distance = moment.passes.then(|| view! { " ("<Time moment=moment.clone() />")" });
    view! { {moment.exact}{distance} }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).expect("RFC 3339")
    }

    fn clock(own: &str, exact: bool) -> Clock {
        let zone = domain::zone::zone("Europe/Warsaw");
        Clock { zone: domain::zone::zone(own), exact, ..Clock::new(at("2026-10-24T12:00:00Z"), zone) }
    }

    #[test]
    fn the_hour_that_comes_twice_and_the_one_that_never_comes_are_told_apart() {
        for (zone, instant, exact) in [
            ("Europe/Warsaw", "2026-10-25T00:30:00Z", "25 Oct 2026, 02:30 CEST"),
            ("Europe/Warsaw", "2026-10-25T01:30:00Z", "25 Oct 2026, 02:30 CET"),
            ("Europe/Warsaw", "2027-03-28T00:59:00Z", "28 Mar 2027, 01:59 CET"),
            ("Europe/Warsaw", "2027-03-28T01:00:00Z", "28 Mar 2027, 03:00 CEST"),
            ("America/New_York", "2026-11-01T05:30:00Z", "1 Nov 2026, 01:30 EDT"),
            ("America/New_York", "2026-11-01T06:30:00Z", "1 Nov 2026, 01:30 EST"),
            ("UTC", "2026-10-25T01:30:00Z", "25 Oct 2026, 01:30 UTC"),
        ] {
            assert_eq!(clock(zone, false).exactly(at(instant)), exact);
        }
    }

    #[test]
    fn days_of_a_change_are_as_long_as_they_are() {
        let clock = clock("Europe/Warsaw", false);
        for (day, first, next) in [
            ("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
            ("2027-03-28", "2027-03-27T23:00:00.000Z", "2027-03-28T22:00:00.000Z"),
        ] {
            let starts = |after| clock.start_of(day, after).expect("a day").to_string();
            assert_eq!((starts(0), starts(1)), (first.to_owned(), next.to_owned()));
            assert!(clock.last_minute(at(next)).contains("23:59"), "{day}");
        }
    }

    #[test]
    fn the_same_end_is_told_in_the_zone_of_who_looks() {
        let end = at("2026-10-25T23:00:00Z");
        for (zone, exact) in [
            ("Europe/Warsaw", "25 Oct 2026, 23:59 CET"),
            ("America/New_York", "25 Oct 2026, 18:59 EDT"),
            ("Asia/Kathmandu", "26 Oct 2026, 04:44 +0545"),
        ] {
            let told = clock(zone, false).end(end);
            assert_eq!((told.exact.as_str(), told.words.as_str(), told.passes), (exact, "in 35 hours", true));
            let told = clock(zone, true).end(end);
            assert_eq!((told.exact.as_str(), told.words.as_str(), told.passes), (exact, exact, false));
            assert_eq!(clock(zone, true).organization_zone_name(), "Europe/Warsaw");
        }
    }

    #[test]
    fn distances_in_words() {
        let day = 86_400_000;
        for (millis, words) in [
            (0, "just now"),
            (-59_000, "just now"),
            (59_000, "in less than a minute"),
            (-240_000, "4 minutes ago"),
            (-60_000, "1 minute ago"),
            (3_600_000, "in 1 hour"),
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
