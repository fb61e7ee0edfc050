//! What was measured, as the part of `docs/performance.md` between two marks.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result};

use crate::rounds::Series;

const BEGIN: &str = "<!-- measured: begin. Written by `cargo xtask bench`; do not edit. -->";
const END: &str = "<!-- measured: end -->";

/// How much a figure matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Without it the product is not good enough.
    Must,
    /// What it strives for.
    Aim,
}

/// Everything that was measured.
#[derive(Default)]
pub struct Report {
    verdicts: Vec<[String; 5]>,
    tables: Vec<Table>,
    requests: u64,
    errors: u64,
    /// How many in which measurement.
    failed_in: Vec<String>,
}

/// A table with a sentence that explains it.
pub struct Table {
    title: &'static str,
    about: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(title: &'static str, about: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { title, about: about.into(), columns: columns.to_vec(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn text(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let columns: Vec<_> = self.columns.iter().map(|&column| column.to_owned()).collect();
        let rule: String = "|---".repeat(columns.len()) + "|\n";
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!("### {}\n\n{}\n\n{}{rule}{rows}\n", self.title, self.about, line(&columns))
    }
}

impl Report {
    /// Adds a table.
    pub fn add(&mut self, table: Table) {
        print!("\n{}", table.text());
        self.tables.push(table);
    }

    /// Counts requests, and how many of them failed.
    pub fn count(&mut self, requests: u64, errors: u64) {
        self.requests += requests;
        self.errors += errors;
    }

    /// Remembers in which measurement requests failed, given how many had failed before it. Returns how many have by now.
    pub fn note_failures(&mut self, measurement: &str, before: u64) -> u64 {
        if self.errors > before {
            self.failed_in.push(format!("{} in {measurement}", self.errors - before));
        }
        self.errors
    }

    /// Counts the requests of a closed loop.
    pub fn count_all(&mut self, series: &[Series]) {
        for series in series {
            self.count(series.requests(), series.errors());
        }
    }

    /// Judges a figure that should be high.
    pub fn at_least(&mut self, bar: Bar, what: impl Into<String>, least: f64, measured: f64) {
        self.judge(bar, what.into(), format!("≥ {least:.2}"), format!("{measured:.2}"), measured >= least);
    }

    /// Judges a time that should be short.
    pub fn at_most(&mut self, bar: Bar, what: impl Into<String>, most: Duration, measured: Duration) {
        self.judge(bar, what.into(), format!("≤ {} ms", most.as_millis()), milliseconds(measured), measured <= most);
    }

    /// Judges a score that should be low.
    pub fn at_most_score(&mut self, bar: Bar, what: impl Into<String>, most: f64, measured: f64) {
        self.judge(bar, what.into(), format!("≤ {most:.2}"), format!("{measured:.3}"), measured <= most);
    }

    /// Judges a size that should be small, in bytes.
    pub fn at_most_bytes(&mut self, bar: Bar, what: impl Into<String>, most: u64, measured: u64) {
        self.judge(bar, what.into(), format!("≤ {}", megabytes(most)), megabytes(measured), measured <= most);
    }

    fn judge(&mut self, bar: Bar, what: String, wanted: String, measured: String, met: bool) {
        let bar = match bar {
            Bar::Must => "Must",
            Bar::Aim => "Aim",
        };
        let met = if met { "met" } else { "**missed**" };
        self.verdicts.push([bar.to_owned(), what, wanted, measured, met.to_owned()]);
    }

    /// The whole report under what is said about the machine.
    pub fn text(mut self, machine: &str) -> String {
        let mut failed = format!("{} of {}", self.errors, thousands(self.requests));
        if !self.failed_in.is_empty() {
            failed = format!("{failed}: {}", self.failed_in.join(", "));
        }
        self.judge(Bar::Must, "requests that failed".to_owned(), "0".to_owned(), failed, self.errors == 0);
        let mut verdicts = Table::new(
            "Must and Aim",
            "*Must*: the product is not good enough without it. *Aim*: what it strives for.",
            &["", "figure", "wanted", "measured", ""],
        );
        self.verdicts.sort_by_key(|[bar, ..]| bar != "Must");
        self.verdicts.into_iter().for_each(|verdict| verdicts.row(verdict));
        let tables: String = self.tables.iter().map(Table::text).collect();
        format!("{machine}\n\n{}{tables}", verdicts.text())
    }
}

/// Puts the report between the marks of a file.
///
/// # Errors
/// When the file cannot be read or written, or has no marks.
pub fn publish(report: &str, file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| format!("no marks in {}", file.display()))?;
    fs::write(file, format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", report.trim_end()))?;
    Ok(())
}

/// `12 345`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rates are small and positive")]
pub fn rate(per_second: f64) -> String {
    thousands(per_second.round() as u64)
}

pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join("\u{202f}")
}

/// `1.23 ms`.
pub fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

/// `12.3 MB`, of a million bytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", thousands(bytes / 1_000_000), bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(thousands(7), "7");
        assert_eq!(rate(1_234_567.4), "1\u{202f}234\u{202f}567");
        assert_eq!(milliseconds(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(megabytes(39_960_000), "39.9 MB");
    }

    #[test]
    fn a_report_takes_the_place_between_the_marks() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, format!("a\n{BEGIN}\nold\n{END}\nz\n")).unwrap();
        publish("new\n", file.path()).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), format!("a\n{BEGIN}\n\nnew\n\n{END}\nz\n"));
        fs::write(&file, "no marks").unwrap();
        assert!(publish("new", file.path()).is_err());
    }

    #[test]
    fn a_missed_bar_is_said() {
        let mut report = Report::default();
        report.at_least(Bar::Aim, "ratio", 0.6, 0.7);
        report.at_most(Bar::Must, "p99", Duration::from_millis(3), Duration::from_millis(4));
        report.count(7, 0);
        assert_eq!(report.note_failures("token", 0), 0);
        report.count(3, 2);
        assert_eq!(report.note_failures("growth", 0), 2);
        let text = report.text("machine");
        let must = text.find("| Must | p99 | ≤ 3 ms | 4.00 ms | **missed** |").unwrap();
        let aim = text.find("| Aim | ratio | ≥ 0.60 | 0.70 | met |").unwrap();
        assert!(must < aim);
        assert!(text.contains("| Must | requests that failed | 0 | 2 of 10: 2 in growth | **missed** |"));
    }
}
