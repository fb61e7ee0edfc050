//! Latencies at fixed rates.

use std::time::Duration;

use anyhow::Result;
use domain::key::Kind;

use crate::{
    place::Engine,
    report::{Bar, Table, milliseconds, thousands},
    request::Request,
    scene,
    stage::Stage,
};

const RATES: [(u32, Duration); 2] = [(1_000, Duration::from_millis(3)), (5_000, Duration::from_millis(10))];

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "Latency at a fixed rate",
        "Open loop over 64 connections; latency counts from the time a request was due. *Sent late*: how much of it \
         passed before the request was sent, the load generator's own part.",
        &["", "rate", "p50", "p99", "p99.9", "sent late, p99", "errors"],
    );
    for engine in Engine::BOTH {
        let scene = stage.scene(engine, stage.plan.many).await?;
        let server = stage.serve(&scene)?;
        let token = scene::access_token(server.address, &scene.client).await?;
        let cases = [
            ("token issue", scene.uses(Kind::Client)),
            ("introspection of a JWT", vec![Request::introspection(&scene.introspector, &token)]),
            ("introspection of a `token` key", scene.uses(Kind::Token)),
        ];
        for (what, requests) in cases {
            for (rate, most) in RATES {
                let paced = stage.pace(&server, requests.clone(), rate).await?;
                let (latencies, rate) = (&paced.latencies, format!("{}/s", thousands(rate.into())));
                let judged = format!("{what}, {engine}, p99 at {rate}");
                stage.report.at_most(Bar::Must, judged, most, latencies.per_mille(990));
                table.row([
                    format!("{what}, {engine}"),
                    rate,
                    milliseconds(latencies.per_mille(500)),
                    milliseconds(latencies.per_mille(990)),
                    milliseconds(latencies.per_mille(999)),
                    milliseconds(paced.late.per_mille(990)),
                    latencies.errors.to_string(),
                ]);
            }
        }
    }
    stage.report.add(table);
    Ok(())
}
