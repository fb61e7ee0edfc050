//! What is measured, one file each.

mod create;
mod growth;
mod introspection;
mod key_set;
mod list;
mod memory;
mod pace;
mod page;
mod processes;
mod sign_in;
mod start;
mod token;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    report::{Table, milliseconds, rate},
    rounds::Series,
    stage::Stage,
};

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Measurement {
    /// Issuing access tokens.
    Token,
    /// Introspecting JWTs and keys that are sent as they are.
    Introspection,
    /// The published key set.
    KeySet,
    /// Latencies at fixed rates.
    Pace,
    /// A page of the list of keys.
    List,
    /// The list in a browser.
    Page,
    /// What the number of keys changes.
    Growth,
    /// Creating keys.
    Create,
    /// Signing in.
    SignIn,
    /// From the start until ready.
    Start,
    /// Memory, idle and under load.
    Memory,
    /// Several processes on one PostgreSQL.
    Processes,
}

impl Measurement {
    /// The given ones, or all, in the order of the report.
    pub fn chosen(only: &[Self]) -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied().filter(|this| only.is_empty() || only.contains(this))
    }

    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Measures, and adds to the report.
    ///
    /// # Errors
    /// When something does not work; a figure that is bad is none.
    pub async fn run(self, stage: &mut Stage) -> Result<()> {
        match self {
            Self::Token => token::measure(stage).await,
            Self::Introspection => introspection::measure(stage).await,
            Self::KeySet => key_set::measure(stage).await,
            Self::Pace => pace::measure(stage).await,
            Self::List => list::measure(stage).await,
            Self::Page => page::measure(stage).await,
            Self::Growth => growth::measure(stage).await,
            Self::Create => create::measure(stage).await,
            Self::SignIn => sign_in::measure(stage).await,
            Self::Start => start::measure(stage).await,
            Self::Memory => memory::measure(stage).await,
            Self::Processes => processes::measure(stage).await,
        }
    }
}

/// Columns of [`against`].
const AGAINST_FLOOR: [&str; 6] = ["", "requests/s", "of the floor", "per s of its processor time", "p50", "p99"];

/// Adds a row per series; the last one is the floor.
fn against(table: &mut Table, what: &str, series: &[Series]) {
    for this in series {
        let ratio = series.last().map_or(f64::NAN, |floor| this.ratio_to(floor));
        table.row([
            format!("{what}, {}", this.name),
            rate(this.per_second()),
            format!("{ratio:.2}"),
            rate(this.per_processor_second()),
            milliseconds(this.p50()),
            milliseconds(this.p99()),
        ]);
    }
}
