//! Introspecting JWTs, and keys that are sent as they are.

use std::net::SocketAddr;

use anyhow::Result;
use domain::key::Kind;

use super::{AGAINST_FLOOR, against};
use crate::{
    place::Engine,
    report::{Bar, Table, thousands},
    request::Request,
    scene::{self, Scene},
    stage::{Stage, floor_target, target},
};

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let (keys, pool) = (stage.plan.many, stage.plan.pool);
    let mut table = Table::new(
        "Introspection",
        format!(
            "`POST /oauth/introspect` with HTTP Basic, 16 connections, {} keys in the database: one JWT, or {pool} \
             `token` keys in turn. The floor verifies the JWT, or finds the key in a map in memory.",
            thousands(keys.into())
        ),
        &AGAINST_FLOOR,
    );
    let mut servers = Vec::new();
    for engine in Engine::BOTH {
        let scene = stage.scene(engine, keys).await?;
        servers.push((stage.serve(&scene)?, scene));
    }
    let (server, scene) = &servers[0];
    let floor = stage.floor(scene, server, keys).await?;
    for (what, kind, aim) in [("JWT", Kind::Client, 0.5), ("`token` key", Kind::Token, 0.65)] {
        let mut targets = Vec::new();
        for (server, scene) in &servers {
            let requests = requests(kind, scene, server.address).await?;
            targets.push(target(scene.place.engine.to_string(), server, requests));
        }
        targets.push(floor_target(&floor, requests(kind, scene, floor.address).await?));
        let series = stage.alternate(&targets)?;
        against(&mut table, what, &series);
        let judged = format!("introspection of a {what}, SQLite, of its floor");
        stage.report.at_least(Bar::Aim, judged, aim, series[0].ratio_to(&series[2]));
    }
    stage.report.add(table);
    Ok(())
}

/// A JWT comes from the server that is asked about it.
pub(super) async fn requests(kind: Kind, scene: &Scene, address: SocketAddr) -> Result<Vec<Request>> {
    Ok(match kind {
        Kind::Client => {
            let token = scene::access_token(address, &scene.client).await?;
            vec![Request::introspection(&scene.introspector, &token)]
        }
        Kind::Token => scene.uses(kind),
    })
}
