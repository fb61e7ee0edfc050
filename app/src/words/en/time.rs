//! Dates, times of day, and how far away they are.

use jiff::{Zoned, civil::Date};

use super::number::plural;
use crate::components::moment::Unit;

/// Less than a minute ago.
pub const JUST_NOW: &str = "just now";
/// Less than a minute from now.
pub const IN_A_MOMENT: &str = "in less than a minute";

/// "4 minutes ago".
pub fn ago(count: i64, unit: Unit) -> String {
    format!("{} ago", amount(count, unit))
}

/// "in 89 days".
pub fn ahead(count: i64, unit: Unit) -> String {
    format!("in {}", amount(count, unit))
}

fn amount(count: i64, unit: Unit) -> String {
    let noun = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Month => "month",
        Unit::Year => "year",
    };
    plural(count, noun)
}

/// "in 23 h": short, for beside other words.
pub fn shortly(count: i64, unit: Unit) -> String {
    let unit = match unit {
        Unit::Minute => "min",
        Unit::Hour => "h",
        Unit::Day => "d",
        Unit::Month | Unit::Year => return ahead(count, unit),
    };
    format!("in {count} {unit}")
}

/// "3 June"; with the year where it is not that of `today`.
pub fn day_in_words(day: Date, today: Date) -> String {
    day.strftime(if day.year() == today.year() { "%-d %B" } else { "%-d %B %Y" }).to_string()
}

/// "21 Nov 2026, 14:05 CET".
pub fn exact(at: &Zoned) -> String {
    at.strftime("%-d %b %Y, %H:%M %Z").to_string()
}

/// The year left out: "22 Nov, 14:05 CET".
pub fn soon(at: &Zoned) -> String {
    at.strftime("%-d %b, %H:%M %Z").to_string()
}

/// "14:05".
pub fn time_of_day(at: &Zoned) -> String {
    at.strftime("%H:%M").to_string()
}

/// "21 Nov 2026".
pub fn date(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// The year left out: "21 Nov".
pub fn day_and_month(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}
