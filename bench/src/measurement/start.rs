//! From the start of the process until it is ready, on a database that is there.

use std::time::Duration;

use anyhow::Result;

use crate::{
    place::Engine,
    report::{Bar, Table, milliseconds, thousands},
    rounds::median,
    stage::Stage,
};

const MOST: Duration = Duration::from_millis(100);

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Start",
        format!("Until `/readyz` says yes, on an existing database; the median of {} starts.", stage.plan.starts),
        &["", "keys", "median", "longest"],
    );
    for engine in Engine::BOTH {
        for keys in [stage.plan.few, stage.plan.most] {
            let scene = stage.scene(engine, keys).await?;
            let mut starts = Vec::new();
            for _ in 0..stage.plan.starts {
                starts.push(stage.serve(&scene)?.started_in);
            }
            let middle = Duration::from_secs_f64(median(starts.iter().map(Duration::as_secs_f64)));
            let (keys, longest) = (thousands(keys.into()), starts.into_iter().max().unwrap_or_default());
            let judged = format!("start until ready, {engine}, {keys} keys");
            stage.report.at_most(Bar::Must, judged, MOST, middle);
            table.row([engine.to_string(), keys, milliseconds(middle), milliseconds(longest)]);
        }
    }
    stage.report.add(table);
    Ok(())
}
