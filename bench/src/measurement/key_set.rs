//! The published key set.

use anyhow::Result;

use super::{AGAINST_FLOOR, against};
use crate::{
    place::Engine,
    report::{Bar, Table},
    request::Request,
    stage::{Stage, floor_target, target},
};

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let few = stage.plan.few;
    let scene = stage.scene(Engine::Sqlite, few).await?;
    let server = stage.serve(&scene)?;
    let floor = stage.floor(&scene, &server, few).await?;
    let requests = vec![Request::key_set()];
    let series = stage.alternate(&[target("Keyline", &server, requests.clone()), floor_target(&floor, requests)])?;
    let mut table = Table::new(
        "Key set",
        "`GET /.well-known/jwks.json`, 16 connections. The floor answers constant bytes.",
        &AGAINST_FLOOR,
    );
    against(&mut table, "key set", &series);
    stage.report.at_least(Bar::Aim, "key set, of its floor", 0.9, series[0].ratio_to(&series[1]));
    stage.report.add(table);
    Ok(())
}
