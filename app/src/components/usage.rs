//! How often a key is used: a bar for each day, and the same as a table.

use domain::{key::Kind, time::Timestamp};
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::words::{time, usage as words};

/// Height and distance of the bars in the drawing.
const HEIGHT: u64 = 56;
const STEP: usize = 10;
const WIDTH: usize = 7;

/// Uses of a key by day.
#[derive(Clone, Debug)]
pub struct UsageView {
    /// What is counted: requests for tokens, or with the key itself.
    pub kind: Kind,
    /// Day and count, oldest first, without a gap.
    pub days: Vec<(String, u64)>,
}

impl UsageView {
    /// Counts of days, which are those of UTC.
    pub fn new(kind: Kind, days: impl IntoIterator<Item = (Timestamp, u64)>) -> Self {
        let name = |at: Timestamp| time::day_and_month(at.to_jiff().to_zoned(TimeZone::UTC).date());
        Self { kind, days: days.into_iter().map(|(at, count)| (name(at), count)).collect() }
    }

    /// "312 token requests in the last 30 days, 24 on the busiest, 12 Nov."
    fn summary(&self) -> String {
        let Self { kind, days } = self;
        let total = days.iter().map(|(_, count)| count).sum();
        let busiest = days.iter().max_by_key(|(_, count)| *count).filter(|(_, most)| *most > 0);
        words::summary(*kind, total, days.len(), busiest.map(|(day, most)| (day.as_str(), *most)))
    }
}

/// One path for each bar; a day without a use keeps its place on the ground line.
fn bars(days: &[(String, u64)]) -> String {
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or_default().max(1);
    let mut path = String::new();
    for (index, (_, count)) in days.iter().enumerate().filter(|(_, (_, count))| *count > 0) {
        let height = (count * HEIGHT / most).max(2);
        path.push_str(&format!("M{} {HEIGHT}v-{height}h{WIDTH}v{height}z", index * STEP));
    }
    path
}

/// The drawing, its summary in words, and the table.
#[component]
pub fn Usage(
    /// The counts.
    usage: UsageView,
) -> AnyView {
    let summary = usage.summary();
    let used = usage.days.iter().any(|(_, count)| *count > 0);
    let chart = used.then(|| {
        let width = usage.days.len() * STEP;
        let end = |day: Option<&(String, u64)>| day.map(|(day, _)| day.clone());
        let rows = usage.days.iter().rev().map(|(day, count)| {
            view! { <tr><th scope="row">{day.clone()}</th><td>{count.to_string()}</td></tr> }
        });
        view! {
            <div class="bars">
                <svg viewBox=format!("0 0 {width} {}", HEIGHT + 1) preserveAspectRatio="none" aria-hidden="true">
                    <path class="ground" d=format!("M0 {HEIGHT}.5H{width}") />
                    <path class="bar" d=bars(&usage.days) />
                </svg>
                <p class="bar-ends" aria-hidden="true">
                    <span>{end(usage.days.first())}</span>
                    <span>{end(usage.days.last())}</span>
                </p>
            </div>
            <details class="by-day">
                <summary>{words::TABLE}</summary>
                <table>
                    <thead><tr><th scope="col">{words::DAY}</th><th scope="col">{words::COUNT}</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </details>
        }
    });
    view! { <p class="usage-summary">{summary}</p>{chart} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(counts: &[u64]) -> UsageView {
        let days = counts.iter().enumerate().map(|(day, count)| (format!("{} Nov", day + 1), *count)).collect();
        UsageView { kind: Kind::Client, days }
    }

    #[test]
    fn counts_in_words_and_bars() {
        for (counts, words) in [
            (&[0, 0][..], "No token requests in the last 2 days."),
            (&[0, 1], "1 token request in the last 2 days, 1 on the busiest, 2 Nov."),
            (&[3, 28], "31 token requests in the last 2 days, 28 on the busiest, 2 Nov."),
        ] {
            assert_eq!(usage(counts).summary(), words);
        }
        assert_eq!(bars(&usage(&[0, 14, 28]).days), "M10 56v-28h7v28zM20 56v-56h7v56z");
        assert_eq!(bars(&usage(&[1, 10_000]).days), "M0 56v-2h7v2zM10 56v-56h7v56z");
    }
}
