//! Issuing access tokens to one key, with HTTP Basic.

use anyhow::Result;
use service::signing::Algorithm;

use super::{AGAINST_FLOOR, against};
use crate::{
    place::Engine,
    report::{Bar, Table},
    request::Request,
    stage::{Stage, floor_target, target},
};

const AIMS: [(Engine, f64); 2] = [(Engine::Sqlite, 0.6), (Engine::Postgres, 0.35)];

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Token issue",
        "`POST /oauth/token` with HTTP Basic, 16 connections. The floor compares the hash of one secret, signs, and \
         stores nothing.",
        &AGAINST_FLOOR,
    );
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let few = stage.plan.few;
        let mut servers = Vec::new();
        for engine in Engine::BOTH {
            let scene = stage.new_scene(engine, algorithm, few).await?;
            servers.push((stage.serve(&scene)?, scene));
        }
        let (server, scene) = &servers[0];
        let floor = stage.floor(scene, server, few).await?;
        let mut targets: Vec<_> = servers
            .iter()
            .map(|(server, scene)| target(scene.place.engine.to_string(), server, vec![Request::token(&scene.client)]))
            .collect();
        targets.push(floor_target(&floor, vec![Request::token(&scene.client)]));
        let series = stage.alternate(&targets)?;
        against(&mut table, algorithm.as_str(), &series);
        for (nth, (engine, aim)) in AIMS.into_iter().enumerate() {
            let what = format!("token issue, {}, {engine}, of its floor", algorithm.as_str());
            stage.report.at_least(Bar::Aim, what, aim, series[nth].ratio_to(&series[2]));
        }
    }
    stage.report.add(table);
    Ok(())
}
