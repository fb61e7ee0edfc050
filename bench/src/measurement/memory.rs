//! Memory of the server, idle and under load.

use anyhow::Result;
use domain::key::Kind;

use crate::{
    place::Engine,
    report::{Bar, Table, megabytes},
    request::Request,
    scene::{self, LIST},
    stage::{Stage, sign_in_target, target},
    wrk::Target,
};

const IDLE_MOST: u64 = 40_000_000;
const LOADED_MOST: u64 = 80_000_000;

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Memory",
        "Resident memory of one server: idle after its start, then the most there ever was after busy connections of \
         each kind, one after the other: 16 of machines and of the list, 4 of people who sign in.",
        &["", "idle", "tokens, introspection, key set", "then the list", "then signing in"],
    );
    for engine in Engine::BOTH {
        let scene = stage.scene(engine, stage.plan.many).await?;
        let server = stage.serve(&scene)?;
        tokio::time::sleep(stage.plan.idle).await;
        let idle = server.process.memory()?.now;
        let mut drive = |target: Target| {
            let run = stage.wrk.drive(&target, stage.plan.run)?;
            stage.report.count(run.requests, run.errors);
            anyhow::Ok(server.process.memory()?.peak)
        };
        drive(target("", &server, scene.uses(Kind::Client)))?;
        drive(target("", &server, scene.uses(Kind::Token)))?;
        let machines = drive(target("", &server, vec![Request::key_set()]))?;
        let page = Request::get(LIST).header("cookie", scene::session(server.address).await?);
        let list = drive(target("", &server, vec![page]))?;
        let sign_in = drive(sign_in_target(&server))?;
        stage.report.at_most_bytes(Bar::Must, format!("memory, {engine}, idle"), IDLE_MOST, idle);
        stage.report.at_most_bytes(Bar::Must, format!("memory, {engine}, under load"), LOADED_MOST, sign_in);
        table.row([engine.to_string(), megabytes(idle), megabytes(machines), megabytes(list), megabytes(sign_in)]);
    }
    stage.report.add(table);
    Ok(())
}
