//! What the number of keys changes.

use anyhow::Result;
use domain::key::Kind;

use crate::{
    place::Engine,
    report::{Bar, Table, megabytes, rate, thousands},
    stage::{Stage, target},
};

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let sizes = [stage.plan.few, stage.plan.thousand, stage.plan.some, stage.plan.many, stage.plan.most];
    let mut table = Table::new(
        "Growth",
        "The same load, 16 connections, working keys in turn, on databases of several sizes. Memory is the server's \
         after that load.",
        &["", "keys", "tokens issued/s", "`token` keys introspected/s", "memory", "database"],
    );
    for engine in Engine::BOTH {
        let mut servers = Vec::new();
        for keys in sizes {
            let scene = stage.scene(engine, keys).await?;
            servers.push((keys, stage.serve(&scene)?, scene));
        }
        let mut drive = |kind| {
            let targets =
                servers.iter().map(|(keys, server, scene)| target(keys.to_string(), server, scene.uses(kind)));
            stage.alternate(&targets.collect::<Vec<_>>())
        };
        let (issued, introspected) = (drive(Kind::Client)?, drive(Kind::Token)?);
        for (nth, (keys, server, scene)) in servers.iter().enumerate() {
            table.row([
                engine.to_string(),
                thousands((*keys).into()),
                rate(issued[nth].per_second()),
                rate(introspected[nth].per_second()),
                megabytes(server.process.memory()?.now),
                megabytes(scene.place.size().await?),
            ]);
        }
        let (most, thousand) = (thousands(sizes[4].into()), thousands(sizes[1].into()));
        for (what, series) in [("token issue", &issued), ("introspection of a `token` key", &introspected)] {
            let judged = format!("{what}, {engine}, with {most} keys of that with {thousand}");
            stage.report.at_least(Bar::Must, judged, 0.9, series[4].ratio_to(&series[1]));
        }
    }
    stage.report.add(table);
    Ok(())
}
