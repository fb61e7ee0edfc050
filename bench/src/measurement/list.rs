//! A page of the list of keys, for people and for machines.

use std::time::Duration;

use anyhow::Result;
use axum::http::StatusCode;

use crate::{
    client::Client,
    place::Engine,
    program::Keyline,
    report::{Bar, Table, milliseconds, rate, thousands},
    request::Request,
    rounds::Series,
    scene::{self, LIST, Scene},
    stage::{Stage, target},
    wrk::Target,
};

/// Longest time on the server for a page of 10 000 keys that is asked for alone.
const MOST: Duration = Duration::from_millis(50);

/// Who asks.
#[derive(Clone, Copy)]
enum What {
    /// A signed-in administrator.
    Page,
    /// A machine.
    Api,
}

pub async fn measure(stage: &mut Stage) -> Result<()> {
    let mut table = Table::new(
        "A page of the list",
        "50 rows, newest first, 16 connections, *alone* with one: the console's page with a session, and \
         `GET /api/v1/keys` with an access token.",
        &["", "keys", "requests/s", "p50", "p99", "alone, p50", "errors"],
    );
    for engine in Engine::BOTH {
        for what in [What::Page, What::Api] {
            // One after the other: what a database is still busy with when a run ends must not meet another size.
            for keys in [stage.plan.few, stage.plan.some, stage.plan.most] {
                let scene = stage.scene(engine, keys).await?;
                let server = stage.serve(&scene)?;
                let Some(request) = what.request(&scene, &server).await? else { continue };
                let alone = Target { connections: 1, ..target("", &server, vec![request.clone()]) };
                if let [series, alone] = &stage.alternate(&[target("", &server, vec![request]), alone])?[..] {
                    if keys == stage.plan.some {
                        let judged = format!("{} of {} keys, {engine}, p50 alone", what.name(), thousands(keys.into()));
                        stage.report.at_most(Bar::Must, judged, MOST, alone.p50());
                    }
                    table.row([
                        format!("{}, {engine}", what.name()),
                        thousands(keys.into()),
                        rate(series.per_second()),
                        latency(series, Series::p50),
                        latency(series, Series::p99),
                        latency(alone, Series::p50),
                        series.errors().to_string(),
                    ]);
                }
            }
        }
    }
    stage.report.add(table);
    Ok(())
}

fn latency(series: &Series, part: fn(&Series) -> Duration) -> String {
    if series.requests() == 0 { "no answer in time".to_owned() } else { milliseconds(part(series)) }
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "console page",
            Self::Api => "`/api/v1/keys`",
        }
    }

    /// What is asked; `None` where the server has no such thing.
    async fn request(self, scene: &Scene, server: &Keyline) -> Result<Option<Request>> {
        let request = match self {
            Self::Page => Request::get(LIST).header("cookie", scene::session(server.address).await?),
            Self::Api => match scene::api_token(scene, server.address).await? {
                Some(token) => Request::get("/api/v1/keys?limit=50").bearer(&token),
                None => return Ok(None),
            },
        };
        // A refusal would be fast.
        Client::connect(server.address).await?.send(&request).await?.text(StatusCode::OK)?;
        Ok(Some(request))
    }
}
