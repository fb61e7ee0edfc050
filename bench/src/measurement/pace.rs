//! Latencies at fixed rates.

use std::{net::SocketAddr, time::Duration};

use anyhow::Result;
use domain::key::Kind;

use super::introspection;
use crate::{
    paced::Paced,
    place::Engine,
    report::{Bar, Table, milliseconds, thousands},
    request::Request,
    scene::Scene,
    stage::Stage,
};

/// What is asked.
#[derive(Clone, Copy)]
enum Case {
    Token,
    OfJwt,
    OfTokenKey,
}

const CASES: [(&str, Case); 3] = [
    ("token issue", Case::Token),
    ("introspection of a JWT", Case::OfJwt),
    ("introspection of a `token` key", Case::OfTokenKey),
];

const RATES: [(u32, Duration); 2] = [(1_000, Duration::from_millis(3)), (5_000, Duration::from_millis(10))];

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Latency at a fixed rate",
        "Open loop over 64 connections; latency counts from the time a request was due. *Sent late*: how much of it \
         passed before the request was sent, the load generator's own part. What the floor takes is the machine's part: \
         with as few processors as here, server, database and load generator wait for each other.",
        &["", "rate", "p50", "p99", "p99.9", "sent late, p99", "errors"],
    );
    for engine in Engine::BOTH {
        let scene = stage.scene(engine, stage.plan.many).await?;
        let server = stage.serve(&scene)?;
        let floor = match engine {
            Engine::Sqlite => Some(stage.floor(&scene, &server, stage.plan.many).await?),
            Engine::Postgres => None,
        };
        for (what, case) in CASES {
            for (rate, most) in RATES {
                let requests = asked(case, &scene, server.address).await?;
                let paced = stage.pace(server.address, requests, rate).await?;
                let judged = format!("{what}, {engine}, p99 at {}/s", thousands(rate.into()));
                stage.report.at_most(Bar::Must, judged, most, paced.latencies.per_mille(990));
                row(&mut table, format!("{what}, {engine}"), rate, &paced);
                if let Some(floor) = &floor {
                    let requests = match case {
                        // It knows one client.
                        Case::Token => vec![Request::token(&scene.client)],
                        _ => asked(case, &scene, floor.address).await?,
                    };
                    let paced = stage.pace(floor.address, requests, rate).await?;
                    row(&mut table, format!("{what}, floor"), rate, &paced);
                }
            }
        }
    }
    stage.report.add(table);
    Ok(())
}

async fn asked(case: Case, scene: &Scene, address: SocketAddr) -> Result<Vec<Request>> {
    Ok(match case {
        Case::Token => scene.uses(Kind::Client),
        Case::OfJwt => introspection::requests(Kind::Client, scene, address).await?,
        Case::OfTokenKey => introspection::requests(Kind::Token, scene, address).await?,
    })
}

fn row(table: &mut Table, what: String, rate: u32, paced: &Paced) {
    let latencies = &paced.latencies;
    table.row([
        what,
        format!("{}/s", thousands(rate.into())),
        milliseconds(latencies.per_mille(500)),
        milliseconds(latencies.per_mille(990)),
        milliseconds(latencies.per_mille(999)),
        milliseconds(paced.late.per_mille(990)),
        latencies.errors.to_string(),
    ]);
}
