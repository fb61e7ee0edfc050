//! Signing in.

use anyhow::Result;

use crate::{
    place::Engine,
    report::{Table, milliseconds, rate},
    stage::{Stage, sign_in_target},
};

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Signing in",
        "`POST /sign-in` with the right password, 4 connections. argon2id with 19 MiB and two passes is most of it, \
         one at a time.",
        &["", "sign-ins/s", "p50", "p99"],
    );
    for engine in Engine::BOTH {
        let scene = stage.scene(engine, stage.plan.few).await?;
        let server = stage.serve(&scene)?;
        for series in stage.alternate(&[sign_in_target(&server)])? {
            let latencies = [milliseconds(series.p50()), milliseconds(series.p99())];
            table.row([engine.to_string(), rate(series.per_second())].into_iter().chain(latencies));
        }
    }
    stage.report.add(table);
    Ok(())
}
