//! Several server processes on one PostgreSQL.

use anyhow::Result;
use domain::key::Kind;

use crate::{
    place::Engine,
    program::Keyline,
    report::{Table, milliseconds, rate},
    rounds::median,
    scene::Scene,
    stage::{Stage, target},
    wrk::{CONNECTIONS, Run, Target},
};

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let scene = stage.scene(Engine::Postgres, stage.plan.many).await?;
    let mut table = Table::new(
        "Processes on one PostgreSQL",
        "Token issue, working keys in turn, 16 connections in all, each process driven by a generator of its own. With \
         as few processors as here more processes cannot issue more; the figures show what sharing costs.",
        &["processes", "tokens issued/s", "slowest process's p99", "errors"],
    );
    for count in [1_u32, 2, 4] {
        let servers = (0..count).map(|_| stage.serve(&scene)).collect::<Result<Vec<_>>>()?;
        at_once(stage, &scene, &servers)?;
        let rounds = (0..stage.plan.rounds).map(|_| at_once(stage, &scene, &servers)).collect::<Result<Vec<_>>>()?;
        let slowest = rounds.iter().flatten().map(|run| run.p99).max().unwrap_or_default();
        let errors: u64 = rounds.iter().flatten().map(|run| run.errors).sum();
        stage.report.count(rounds.iter().flatten().map(|run| run.requests).sum(), errors);
        let per_second = median(rounds.iter().map(|runs| runs.iter().map(|run| run.per_second).sum()));
        table.row([count.to_string(), rate(per_second), milliseconds(slowest), errors.to_string()]);
    }
    stage.report.add(table);
    Ok(())
}

/// Drives all servers at the same time.
fn at_once(stage: &Stage, scene: &Scene, servers: &[Keyline]) -> Result<Vec<Run>> {
    let connections = CONNECTIONS / u32::try_from(servers.len())?;
    let driving = servers
        .iter()
        .map(|server| {
            let target = Target { connections, ..target("", server, scene.uses(Kind::Client)) };
            stage.wrk.start(&target, stage.plan.run)
        })
        .collect::<Result<Vec<_>>>()?;
    driving.into_iter().map(|driving| driving.finish()).collect()
}
