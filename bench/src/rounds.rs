//! Several servers driven in turn, round after round, so that what else happens on the machine meets all alike.

use std::time::Duration;

use anyhow::Result;

use crate::{
    plan::Plan,
    wrk::{Run, Target, Wrk},
};

/// The runs of one server, one per round.
pub struct Series {
    pub name: String,
    runs: Vec<Run>,
}

/// Warms every server up, then drives each in each round.
///
/// # Errors
/// When a run fails.
pub fn alternate(wrk: &Wrk, plan: &Plan, targets: &[Target]) -> Result<Vec<Series>> {
    for target in targets.iter().filter(|_| !plan.warm_up.is_zero()) {
        wrk.drive(target, plan.warm_up)?;
    }
    let mut series: Vec<_> =
        targets.iter().map(|target| Series { name: target.name.clone(), runs: Vec::new() }).collect();
    for _ in 0..plan.rounds {
        for (target, series) in targets.iter().zip(&mut series) {
            series.runs.push(wrk.drive(target, plan.run)?);
        }
    }
    Ok(series)
}

impl Series {
    /// Requests per second, the median of all rounds.
    pub fn per_second(&self) -> f64 {
        median(self.runs.iter().map(|run| run.per_second))
    }

    /// Requests per second of the server's processor time, the median of all rounds.
    pub fn per_processor_second(&self) -> f64 {
        median(self.runs.iter().map(|run| run.per_processor_second))
    }

    pub fn p50(&self) -> Duration {
        Duration::from_secs_f64(median(self.runs.iter().map(|run| run.p50.as_secs_f64())))
    }

    pub fn p99(&self) -> Duration {
        Duration::from_secs_f64(median(self.runs.iter().map(|run| run.p99.as_secs_f64())))
    }

    /// This one's requests per second in those of another, the median of the rounds' own ratios.
    pub fn ratio_to(&self, other: &Self) -> f64 {
        median(self.runs.iter().zip(&other.runs).map(|(this, other)| this.per_second / other.per_second))
    }

    pub fn requests(&self) -> u64 {
        self.runs.iter().map(|run| run.requests).sum()
    }

    pub fn errors(&self) -> u64 {
        self.runs.iter().map(|run| run.errors).sum()
    }
}

/// The middle one; of an even number, the lower of the two in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.0);
        assert!(median([]).is_nan());
    }
}
